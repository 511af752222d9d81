// A device whose clock the test sets, on one level below Device.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/folder_sync.h"
#include "api/status.h"
#include "engine/table_projection.h"
#include "tests/support/app_db.h"
#include "tests/support/fake_clock.h"
#include "tests/support/seeded_rng.h"

namespace tidemark::test {

inline constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY, text TEXT)";

/// Has the table notes, tracked. Thread: one at a time.
class Member {
 public:
  /// Its own group is as old as `created_ms`: the oldest is the first in order.
  Member(const std::filesystem::path& home, const std::string& name, std::int64_t created_ms)
      : path((home / (name + ".db")).string()),
        state_dir((home / (name + "-state")).string()),
        clock(created_ms),
        rng_(static_cast<std::uint64_t>(created_ms) * 31 + name.size() +
             std::hash<std::string>{}(name)) {
    AppDb(path).exec(kNotes);
    SqliteReplica::initialise(options(), name);
    open();
    track("notes");
  }

  void track(const std::string& table) {
    replica_->transact([&](replica::LogTransaction& t) { projection_->track(t, table); });
  }

  void close() {
    replica_.reset();
    projection_.reset();
    app_.reset();
  }
  void open() {
    app_ = std::make_unique<AppDb>(path);
    projection_ = std::make_unique<engine::TableProjection>(rng_);
    auto with_projection = options();
    with_projection.projection = projection_.get();
    replica_ = SqliteReplica::open(with_projection);
  }

  void write(const std::string& id, const std::string& text) {
    clock.pass(1);
    app_->exec("INSERT OR REPLACE INTO notes VALUES('" + id + "', '" + text + "')");
  }
  std::vector<std::string> rows() { return app_->table("notes"); }

  SyncReport sync(const std::filesystem::path& folder, std::stop_token stop = {},
                  const std::function<void(const Progress&)>& progress = {}) {
    return folder_sync(folder).run(stop, progress);
  }
  void join(const std::filesystem::path& folder) { folder_sync(folder).join(); }

  SqliteReplica& replica() { return *replica_; }
  AppDb& app() { return *app_; }
  PeerId origin() { return replica_->self(); }
  GroupId group() { return proto::group_id(replica_->group_spec()); }
  DigestReport digest() {
    replica_->settle();
    return api::read_digest(*replica_);
  }
  Status status() { return api::read_status(*replica_, clock.unix_ms()); }

  std::string path;
  std::string state_dir;
  FakeClock clock;

 private:
  SqliteReplicaOptions options() {
    SqliteReplicaOptions all;
    all.database.path = path;
    all.clock = &clock;
    all.rng = &rng_;
    return all;
  }
  api::FolderSync folder_sync(const std::filesystem::path& folder) {
    std::filesystem::create_directories(state_dir);
    return {{*replica_, clock, state_dir}, folder.string()};
  }

  SeededRng rng_;
  std::unique_ptr<AppDb> app_;
  std::unique_ptr<engine::TableProjection> projection_;
  std::unique_ptr<SqliteReplica> replica_;
};

}  // namespace tidemark::test
