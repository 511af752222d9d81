#include "oplog/check.h"

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(CheckDeathTest, ABrokenConditionAbortsAndSaysWhichAndWhere) {
  EXPECT_DEATH(TIDEMARK_CHECK(1 + 1 == 3), "check_test.cc:[0-9]+: .*1 \\+ 1 == 3");
}

TEST(Check, ATrueConditionIsEvaluatedOnceAndPasses) {
  int evaluated = 0;
  TIDEMARK_CHECK(++evaluated == 1);
  EXPECT_EQ(evaluated, 1);
}

}  // namespace
}  // namespace tidemark
