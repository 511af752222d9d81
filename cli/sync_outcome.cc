#include "cli/sync_outcome.h"

#include <algorithm>

namespace tidemark::cli {

FolderOutcome SyncOutcome::reached(SyncReport report) {
  const bool closed = report.peer.code == ErrorCode::log_rolled_back;
  return {std::move(report), closed};
}

FolderOutcome SyncOutcome::failed(const std::string& folder, const Error& why) {
  SyncReport report;
  report.peer.location = folder;
  report.peer.state = "blocked";
  report.peer.code = why.code();
  report.peer.reason = why.what();
  report.peer.hint = why.hint();
  return {std::move(report), true};
}

std::uint64_t SyncOutcome::pulled() const {
  std::uint64_t sum = 0;
  for (const FolderOutcome& folder : folders) sum += folder.report.pulled;
  return sum;
}

std::uint64_t SyncOutcome::pushed() const {
  std::uint64_t sum = 0;
  for (const FolderOutcome& folder : folders) sum += folder.report.pushed;
  return sum;
}

ExitCode SyncOutcome::exit_code() const {
  const auto stopped = [](const FolderOutcome& folder) {
    return folder.report.peer.code == ErrorCode::stopped;
  };
  if (std::ranges::any_of(folders, stopped)) return ExitCode::interrupted;
  const auto first = std::ranges::find_if(folders, &FolderOutcome::failed);
  if (first == folders.end()) return ExitCode::ok;
  if (folders.size() > 1) return ExitCode::peer_failed;
  return exit_code_of(first->report.peer.code.value_or(ErrorCode::io_failed));
}

}  // namespace tidemark::cli
