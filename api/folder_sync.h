// One sync with one folder: which group, what to pull, what to publish.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "api/device.h"
#include "api/peer_tables.h"
#include "filelog/file_log_replica.h"
#include "filelog/posix_storage.h"
#include "oplog/clock.h"
#include "replica/sqlite_replica.h"

namespace tidemark::api {

/// Keys of tidemark_meta that decide about groups (replica/SCHEMA.md).
namespace meta_key {
inline constexpr std::string_view released = "group_released";  ///< 1: something was published
inline constexpr std::string_view join = "join_waiting";        ///< 1: take a group, never make one
}  // namespace meta_key

/// What a sync works with; all outlive it.
struct FolderSyncParts {
  SqliteReplica& replica;
  Clock& clock;
  std::string state_dir;
};

/// Thread: one at a time. The object lives for one sync.
class FolderSync {
 public:
  /// `folder` as the user names it; it is known by its absolute path from here on.
  FolderSync(const FolderSyncParts& parts, const std::string& folder);

  /// Takes the folder's group, its first one, whatever the own one is: the user has asked for it.
  /// Throws Error{folder_unmarked}: then each sync waits for a folder that holds one.
  void join();

  /// Pulls, repairs, publishes, and remembers how it went. Throws when the folder can't be used at
  /// all; what can't be merged or published for a reason that others don't share is reported.
  SyncReport run(std::stop_token stop, const std::function<void(const Progress&)>& progress);

  const std::string& location() const { return location_; }

 private:
  SyncReport run_unguarded(std::stop_token stop,
                           const std::function<void(const Progress&)>& progress);
  FileLogReplica& folder();
  bool settle_group();
  void adopt(const proto::GroupSpec& spec);
  void require_peace(const filelog::FoundGroup& theirs, const proto::GroupSpec& ours);
  void leave_old_group();
  void pull(SyncReport& report, std::stop_token stop,
            const std::function<void(const Progress&)>& progress);
  void publish(SyncReport& report, std::stop_token stop,
               const std::function<void(const Progress&)>& progress);
  void face_other_history(SyncReport& report);
  void conclude(SyncReport& report);
  void remember(const PeerReport& report);
  bool flag(std::string_view key);
  void set_flag(std::string_view key, bool value);

  FolderSyncParts parts_;
  std::string location_;
  filelog::PosixStorage storage_;
  FolderLedger ledger_;
  std::optional<FileLogReplica> folder_;  ///< of the group at hand: every file is verified once
};

}  // namespace tidemark::api
