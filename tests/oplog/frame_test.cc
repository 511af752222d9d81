#include "oplog/frame.h"

#include <set>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(Frame, NextIsTheIndexBehindItsLastEntry) {
  EXPECT_EQ((Frame{{}, EntryIndex{5}, 3, {}}.next()), EntryIndex{8});
}

TEST(Applied, EveryOutcomeHasATextOfItsOwn) {
  std::set<std::string> texts = {to_text(Applied::Outcome{255})};
  EXPECT_EQ(*texts.begin(), "unknown");
  for (int i = 0; i <= static_cast<int>(Applied::Outcome::closed); ++i) {
    EXPECT_TRUE(texts.insert(to_text(static_cast<Applied::Outcome>(i))).second) << i;
  }
  EXPECT_STREQ(to_text(Applied::Outcome::fork), "fork");
}

}  // namespace
}  // namespace tidemark
