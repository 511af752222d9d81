#include "bench/options.h"

#include <gtest/gtest.h>

namespace tidemark::bench {
namespace {

TEST(Options, WithoutArgumentsEverythingRunsThreeTimesOn100000Rows) {
  const Asked asked = parse({});
  EXPECT_FALSE(asked.exit_code);
  EXPECT_TRUE(asked.options.selects("W1"));
  EXPECT_TRUE(asked.options.selects("W4-seal"));
  EXPECT_EQ(asked.options.rows, 100'000U);
  EXPECT_EQ(asked.options.runs, 3U);
  EXPECT_FALSE(asked.options.txn);
}

TEST(Options, AWorkloadSelectsAllThatBeginsWithItAndADash) {
  const Options options = parse({"--workload", "W2,W4"}).options;
  EXPECT_TRUE(options.selects("W2-folder"));
  EXPECT_TRUE(options.selects("W2-replica"));
  EXPECT_TRUE(options.selects("W4"));
  EXPECT_TRUE(options.selects("W4-seal"));
  EXPECT_FALSE(options.selects("W1"));
}

TEST(Options, AFullNameSelectsItselfAlone) {
  const Options options = parse({"--workload", "W3-idle"}).options;
  EXPECT_TRUE(options.selects("W3-idle"));
  EXPECT_FALSE(options.selects("W3"));
}

TEST(Options, NumbersAreTaken) {
  const Options options = parse({"--rows", "10", "--txn", "5", "--runs", "1"}).options;
  EXPECT_EQ(options.rows, 10U);
  EXPECT_EQ(options.txn, 5U);
  EXPECT_EQ(options.runs, 1U);
}

TEST(Options, RefusesAnUnknownWorkload) {
  const Asked asked = parse({"--workload", "W9"});
  EXPECT_EQ(asked.exit_code, 2);
  EXPECT_NE(asked.message.find("W9"), std::string::npos);
}

TEST(Options, RefusesNoRowsNoRunsAndEmptyTransactions) {
  EXPECT_EQ(parse({"--rows", "0"}).exit_code, 2);
  EXPECT_EQ(parse({"--runs", "0"}).exit_code, 2);
  EXPECT_EQ(parse({"--txn", "0"}).exit_code, 2);
}

TEST(Options, HelpIsNoError) {
  const Asked asked = parse({"--help"});
  EXPECT_EQ(asked.exit_code, 0);
  EXPECT_NE(asked.message.find("--workload"), std::string::npos);
}

}  // namespace
}  // namespace tidemark::bench
