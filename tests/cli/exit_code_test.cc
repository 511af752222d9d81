#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

TEST(ExitCode, NumbersAreThePromisedOnes) {
  EXPECT_EQ(to_number(ExitCode::ok), 0);
  EXPECT_EQ(to_number(ExitCode::error), 1);
  EXPECT_EQ(to_number(ExitCode::usage), 2);
  EXPECT_EQ(to_number(ExitCode::peer_failed), 3);
  EXPECT_EQ(to_number(ExitCode::problems), 4);
  EXPECT_EQ(to_number(ExitCode::not_tidemark), 10);
  EXPECT_EQ(to_number(ExitCode::busy), 11);
  EXPECT_EQ(to_number(ExitCode::schema), 13);
  EXPECT_EQ(to_number(ExitCode::unreachable), 14);
  EXPECT_EQ(to_number(ExitCode::newer_format), 15);
  EXPECT_EQ(to_number(ExitCode::interrupted), 130);
}

TEST(ExitCode, FailuresThatScriptsTellApartHaveTheirOwn) {
  EXPECT_EQ(exit_code_of(ErrorCode::not_a_database), ExitCode::not_tidemark);
  EXPECT_EQ(exit_code_of(ErrorCode::database_missing), ExitCode::not_tidemark);
  EXPECT_EQ(exit_code_of(ErrorCode::database_busy), ExitCode::busy);
  EXPECT_EQ(exit_code_of(ErrorCode::publish_locked), ExitCode::busy);
  EXPECT_EQ(exit_code_of(ErrorCode::newer_schema), ExitCode::newer_format);
  EXPECT_EQ(exit_code_of(ErrorCode::frame_newer), ExitCode::newer_format);
  EXPECT_EQ(exit_code_of(ErrorCode::folder_missing), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(ErrorCode::folder_emptied), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(ErrorCode::folder_not_writable), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(ErrorCode::stopped), ExitCode::interrupted);
}

TEST(ExitCode, EveryTableCodeIsSchema) {
  for (int number = 100; number <= 109; ++number) {
    EXPECT_EQ(exit_code_of(static_cast<ErrorCode>(number)), ExitCode::schema) << number;
  }
}

TEST(ExitCode, AllElseIsOne) {
  EXPECT_EQ(exit_code_of(ErrorCode::io_failed), ExitCode::error);
  EXPECT_EQ(exit_code_of(ErrorCode::database_corrupt), ExitCode::error);
  EXPECT_EQ(exit_code_of(ErrorCode::groups_conflict), ExitCode::error);
}

}  // namespace
}  // namespace tidemark::cli
