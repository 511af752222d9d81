// The face of tidemark. One header an app includes; only the standard library and oplog/ values in
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "oplog/entry.h"
#include "oplog/error.h"
#include "oplog/ids.h"
#include "oplog/logger.h"
#include "oplog/peer_cursors.h"

namespace tidemark {

struct DeviceOptions {
  std::string name{};        ///< of the device, for people; empty = the host's name. Used by init only
  std::string state_dir{};   ///< empty = TIDEMARK_STATE_DIR, else $XDG_STATE_HOME/tidemark
  std::string vfs{};         ///< SQLite VFS; empty = the default
  int busy_ms = 5000;      ///< how long to wait for another writer
  Logger logger{};           ///< null = silent
};

struct TrackOptions {
  bool dry_run{};          ///< only say what would happen
  bool natural_key{};      ///< equal integer keys mean the same row on every device
};

struct TrackReport {
  struct Table {
    std::string name;
    std::string key;                 ///< "id TEXT"
    bool tracked{};                  ///< now (or would be, in a dry run)
    std::optional<ErrorCode> code;   ///< why not
    std::string reason;
    std::string hint;                ///< what to do, for example the CREATE TABLE to use
    std::int64_t rows{};
    std::int64_t null_keys{};        ///< of these, rows that stay local: NULL in the key
  };
  std::vector<Table> tables;
};

struct Progress {
  std::string_view phase;   ///< "seal", "pull", "publish"
  std::uint64_t done{};     ///< entries
  std::uint64_t total{};    ///< entries, as far as known; done == total at the end
};

/// What became of one peer in a sync.
struct PeerReport {
  std::string location;
  std::string state;                ///< "current", "behind", "blocked", "waiting"
  std::optional<ErrorCode> code;    ///< why it is not current
  std::string reason;
  std::string hint;
  std::uint64_t to_send{};          ///< entries of ours that are not published there
  std::uint64_t to_get{};           ///< entries known to exist there that are not here
  double lag_seconds{};             ///< age of the last good sync; 0 when nothing is pending
};

struct SyncReport {
  std::uint64_t pulled{};           ///< entries received
  std::uint64_t pushed{};           ///< entries published
  std::uint64_t repaired{};         ///< own segment files written again
  std::uint64_t bytes_read{};       ///< of frames pulled
  std::uint64_t bytes_written{};    ///< of segments published
  std::map<std::string, std::uint64_t> files;  ///< files of the folder by class
  PeerReport peer;
};

struct Status {
  struct Origin {
    std::string name;               ///< of the device; may be empty
    EntryIndex received{};
    EntryIndex applied{};
    EntryIndex known{};             ///< highest index that any peer has shown
  };
  std::string device;
  PeerId origin;
  GroupId group;
  std::vector<PeerReport> peers;
  std::map<PeerId, Origin> origins;
  std::map<std::string, std::string> tables;   ///< name: "tracked", "seeding", "dropped", ...
  std::uint64_t unsealed{};         ///< captured changes that are in no entry yet
  std::uint64_t parked{};           ///< live rows that the local schema refuses
  std::uint64_t waiting{};          ///< rows with values for tables or columns unknown here
  std::uint64_t quarantined{};      ///< entries and frames that can't be merged
  std::uint64_t conflicts{};        ///< open conflicts
  std::uint64_t null_keys{};        ///< changes that stayed local: NULL in the key
  std::uint64_t oversized{};        ///< keys and values too large to travel
  std::map<std::string, std::uint64_t> files;  ///< of the folders, by class, at the last sync
  bool rolled_back{};               ///< others hold entries of our log that we lack: publishing stops
};

struct TableDigest {
  std::string digest;               ///< 32 hexadecimal digits
  std::int64_t rows{};              ///< live rows
  bool operator==(const TableDigest&) const = default;
};

/// Equal cursors mean equal table digests, on every device of the group.
struct DigestReport {
  GroupId group;
  PeerId origin;                    ///< of this device
  PeerCursors cursors;              ///< the applied plane
  std::map<std::string, TableDigest> tables;
};

/// One entry of the log, in words.
struct LogLine {
  PeerId origin;
  std::string device;               ///< name of the origin's device
  EntryIndex index{};
  Hlc hlc;
  std::string operation;            ///< "insert", "update", "delete", "schema", ...
  std::string table;
  std::string key;
  std::vector<std::string> columns; ///< that the entry carries
};

struct VerifyReport {
  std::vector<std::string> problems;  ///< one sentence each; empty = sound
  std::map<PeerId, EntryIndex> checked;  ///< per log, how many entries were checked
};

/// A tidemark database: the app's own SQLite file, with tidemark's tables beside the app's. The app
/// keeps its own connections, of whatever library: its writes are captured by triggers.
/// Thread: one at a time, except notify().
/// Every call throws Error: the code says what, hint() says what to do.
class Device {
 public:
  /// Makes `database` a tidemark database; the file is created if there is none. With
  /// `join_folder`, this device takes the group of that folder and never makes one.
  static void init(const std::string& database, const DeviceOptions& options,
                   const std::string& join_folder = {});

  static std::unique_ptr<Device> open(const std::string& database, const DeviceOptions& options = {});
  virtual ~Device() = default;

  /// Tracks tables; all that can be tracked where `tables` is empty. Per table: tracked, or a code.
  virtual TrackReport track(const std::vector<std::string>& tables, const TrackOptions& options) = 0;
  /// Stops tracking: the table stays as it is, and neither sends nor receives any more.
  virtual void untrack(const std::string& table) = 0;

  /// What is pending becomes one transaction of the log, now. False when nothing was.
  virtual bool seal() = 0;
  /// "I committed": a hint, from any thread. The next seal_if_notified() seals.
  virtual void notify() noexcept = 0;
  virtual bool seal_if_notified() = 0;

  /// Takes the group of `folder` (which must hold one) instead of the own provisional one.
  virtual void join(const std::string& folder) = 0;

  /// Pulls what the folder has, publishes what it lacks of ours. Damaged, foreign or incomplete
  /// files are no error: they are counted. `progress` is called on this thread.
  virtual SyncReport sync(const std::string& folder, std::stop_token stop = {},
                          const std::function<void(const Progress&)>& progress = {}) = 0;

  /// Cheap; seals nothing, never waits for a lock.
  virtual Status status() = 0;
  /// Seals first.
  virtual DigestReport digest() = 0;
  /// Seals, then checks every frame and chain, and the tables against a replay of the log.
  virtual VerifyReport verify() = 0;
  /// Seals first. The newest `limit` entries, newest first; of one table if `table` is not empty.
  virtual std::vector<LogLine> log(const std::string& table, std::size_t limit) = 0;

  /// Schema change that triggers stand in the way of (DROP COLUMN, rebuilding a table): `ddl` runs
  /// on the app's own connection while our triggers are off; what it changed in the rows of tracked
  /// tables is captured after. Not safe against other writers meanwhile: their changes are captured
  /// as part of the migration.
  virtual void migrate(const std::function<void()>& ddl) = 0;
  /// The same with SQL text, run in one transaction.
  virtual void migrate(const std::string& sql) = 0;

  /// Copies the database to a new file that opens as a new origin.
  virtual void backup(const std::string& to) = 0;
};

}  // namespace tidemark
