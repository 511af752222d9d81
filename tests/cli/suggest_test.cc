#include "cli/suggest.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

const std::vector<std::string> kVerbs = {"init", "track", "untrack", "sync", "status"};

TEST(Suggest, EditDistanceCountsEachKindOfSlip) {
  EXPECT_EQ(edit_distance("status", "status"), 0U);
  EXPECT_EQ(edit_distance("status", "stats"), 1U);
  EXPECT_EQ(edit_distance("stats", "status"), 1U);
  EXPECT_EQ(edit_distance("status", "statis"), 1U);
  EXPECT_EQ(edit_distance("status", "statsu"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
}

TEST(Suggest, FindsTheNearestWord) {
  EXPECT_EQ(nearest("statsu", kVerbs), "status");
  EXPECT_EQ(nearest("snyc", kVerbs), "sync");
  EXPECT_EQ(nearest("trak", kVerbs), "track");
}

TEST(Suggest, SaysNothingWhenNothingIsNear) {
  EXPECT_EQ(nearest("frobnicate", kVerbs), std::nullopt);
  EXPECT_EQ(nearest("", kVerbs), std::nullopt);
  EXPECT_EQ(nearest("x", {"y"}), std::nullopt);
}

TEST(Suggest, TakesTheFirstOfEquallyNearWords) {
  EXPECT_EQ(nearest("bat", {"cat", "hat"}), "cat");
}

}  // namespace
}  // namespace tidemark::cli
