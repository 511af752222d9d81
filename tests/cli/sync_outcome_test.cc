#include "cli/sync_outcome.h"

#include <optional>

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

FolderOutcome reached(const std::string& state, std::optional<ErrorCode> code = {}) {
  SyncReport report;
  report.pulled = 2;
  report.pushed = 30;
  report.peer.state = state;
  report.peer.code = code;
  return SyncOutcome::reached(report);
}

FolderOutcome missing() {
  return SyncOutcome::failed("f", Error(ErrorCode::folder_missing, "it is gone", "mount it"));
}

TEST(SyncOutcome, SumsTheFolders) {
  const SyncOutcome outcome{.folders = {reached("current"), reached("current")}, .elapsed_ms = 1};
  EXPECT_EQ(outcome.pulled(), 4U);
  EXPECT_EQ(outcome.pushed(), 60U);
  EXPECT_EQ(outcome.exit_code(), ExitCode::ok);
}

TEST(SyncOutcome, AFailureKeepsItsReason) {
  const FolderOutcome folder = missing();
  EXPECT_TRUE(folder.failed);
  EXPECT_EQ(folder.report.peer.location, "f");
  EXPECT_EQ(folder.report.peer.state, "blocked");
  EXPECT_EQ(folder.report.peer.code, ErrorCode::folder_missing);
  EXPECT_EQ(folder.report.peer.reason, "it is gone");
  EXPECT_EQ(folder.report.peer.hint, "mount it");
}

TEST(SyncOutcome, TheOnlyFoldersFailureHasItsOwnCode) {
  EXPECT_EQ((SyncOutcome{.folders = {missing()}}).exit_code(), ExitCode::unreachable);
}

TEST(SyncOutcome, OneOfSeveralIsThree) {
  EXPECT_EQ((SyncOutcome{.folders = {reached("current"), missing()}}).exit_code(),
            ExitCode::peer_failed);
  EXPECT_EQ((SyncOutcome{.folders = {missing(), missing()}}).exit_code(), ExitCode::peer_failed);
}

TEST(SyncOutcome, BeingStoppedComesFirst) {
  const FolderOutcome stopped = SyncOutcome::failed("f", Error(ErrorCode::stopped, "stopped"));
  EXPECT_EQ((SyncOutcome{.folders = {missing(), stopped}}).exit_code(), ExitCode::interrupted);
}

TEST(SyncOutcome, TroubleWithSomeFilesIsNoFailure) {
  EXPECT_EQ((SyncOutcome{.folders = {reached("behind")}}).exit_code(), ExitCode::ok);
  EXPECT_EQ((SyncOutcome{.folders = {reached("waiting", ErrorCode::folder_unmarked)}}).exit_code(),
            ExitCode::ok);
  EXPECT_EQ((SyncOutcome{.folders = {reached("blocked", ErrorCode::frame_damaged)}}).exit_code(),
            ExitCode::ok);
}

TEST(SyncOutcome, ADatabaseOlderThanItsLogIsAFailure) {
  const FolderOutcome folder = reached("blocked", ErrorCode::log_rolled_back);
  EXPECT_TRUE(folder.failed);
  EXPECT_EQ((SyncOutcome{.folders = {folder}}).exit_code(), ExitCode::error);
}

}  // namespace
}  // namespace tidemark::cli
