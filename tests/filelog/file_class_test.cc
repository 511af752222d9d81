#include "filelog/file_class.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace tidemark::filelog {
namespace {

TEST(FileClass, EachHasItsOwnName) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kFileClasses; ++i) names.insert(to_text(FileClass(i)));
  EXPECT_EQ(names.size(), kFileClasses);
  EXPECT_FALSE(names.contains("unknown"));
  EXPECT_STREQ(to_text(FileClass{kFileClasses}), "unknown");
}

TEST(FileCounts, CountsEachClassByItself) {
  FileCounts counts;
  counts.add(FileClass::fork);
  counts.add(FileClass::fork);
  counts.add(FileClass::not_ours);
  EXPECT_EQ(counts.of(FileClass::fork), 2U);
  EXPECT_EQ(counts.of(FileClass::not_ours), 1U);
  EXPECT_EQ(counts.of(FileClass::next), 0U);
}

}  // namespace
}  // namespace tidemark::filelog
