// What became of `sync` with one or more folders.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "api/device.h"
#include "cli/exit_code.h"

namespace tidemark::cli {

struct FolderOutcome {
  SyncReport report;
  bool failed{};  ///< it could not be used at all, or nothing of ours can be published there
};

/// One per folder, in the order they were named.
struct SyncOutcome {
  std::vector<FolderOutcome> folders;
  std::uint64_t elapsed_ms{};

  /// A folder that was reached. What is wrong with some of its files is no failure; a database that
  /// is older than its own published log is one, because it publishes nothing until somebody acts.
  static FolderOutcome reached(SyncReport report);
  /// A folder whose sync threw `why`.
  static FolderOutcome failed(const std::string& folder, const Error& why);

  std::uint64_t pulled() const;
  std::uint64_t pushed() const;
  /// The only folder's own code; peer_failed if one of several failed; interrupted before all.
  ExitCode exit_code() const;
};

}  // namespace tidemark::cli
