#include "api/device.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>

#include "api/folder_sync.h"
#include "api/log_lines.h"
#include "api/state_dir.h"
#include "api/status.h"
#include "engine/capture/tracking.h"
#include "engine/table_projection.h"
#include "engine/verify.h"
#include "oplog/clock.h"
#include "oplog/rng.h"
#include "replica/schema.h"
#include "replica/sqlite_replica.h"

namespace tidemark {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 && name[0] != 0 ? name.data() : "device";
}

replica::ConnectionOptions connection_options(const std::string& path,
                                              const DeviceOptions& options) {
  replica::ConnectionOptions out;
  out.path = path;
  out.vfs = options.vfs;
  out.busy_ms = options.busy_ms;
  return out;
}

class SqliteDevice final : public Device {
 public:
  SqliteDevice(const std::string& database, const DeviceOptions& options)
      : options_(options), path_(database), projection_(rng_) {
    SqliteReplicaOptions replica_options;
    replica_options.database = connection_options(database, options);
    replica_options.clock = &clock_;
    replica_options.rng = &rng_;
    replica_options.projection = &projection_;
    replica_ = SqliteReplica::open(replica_options);
  }

  TrackReport track(const std::vector<std::string>& tables, const TrackOptions& options) override;
  void untrack(const std::string& table) override;
  bool seal() override;
  void notify() noexcept override { notified_ = true; }
  bool seal_if_notified() override { return notified_.exchange(false) && seal(); }
  void join(const std::string& folder) override { folder_sync(folder).join(); }
  SyncReport sync(const std::string& folder, std::stop_token stop,
                  const std::function<void(const Progress&)>& progress) override {
    return folder_sync(folder).run(stop, progress);
  }
  Status status() override { return api::read_status(*replica_, clock_.unix_ms()); }
  DigestReport digest() override;
  VerifyReport verify() override;
  std::vector<LogLine> log(const std::string& table, std::size_t limit) override;
  void migrate(const std::function<void()>& ddl) override;
  void migrate(const std::string& sql) override;
  void backup(const std::string& to) override;

 private:
  api::FolderSync folder_sync(const std::string& folder) {
    return {{*replica_, clock_, api::state_directory(options_.state_dir)}, folder};
  }
  TrackReport::Table track_one(const std::string& table, const TrackOptions& options);
  std::vector<std::string> captured_tables();

  DeviceOptions options_;
  std::string path_;
  SystemClock clock_;
  SystemRng rng_;
  engine::TableProjection projection_;
  std::unique_ptr<SqliteReplica> replica_;
  std::atomic<bool> notified_ = false;
};

TrackReport::Table SqliteDevice::track_one(const std::string& table, const TrackOptions& options) {
  const auto verdict = engine::assess(replica_->connection(), table, options.natural_key);
  TrackReport::Table out{verdict.table,  verdict.key,  !verdict.code, verdict.code,
                         verdict.reason, verdict.hint, verdict.rows,  verdict.null_keys};
  if (out.tracked && !options.dry_run) {
    replica_->transact(
        [&](replica::LogTransaction& t) { projection_.track(t, verdict.table); });
  }
  return out;
}

TrackReport SqliteDevice::track(const std::vector<std::string>& tables,
                                const TrackOptions& options) {
  TrackReport report;
  for (const auto& table : tables.empty() ? engine::app_tables(replica_->connection()) : tables) {
    report.tables.push_back(track_one(table, options));
  }
  return report;
}

void SqliteDevice::untrack(const std::string& table) {
  replica_->settle();
  replica_->transact([&](replica::LogTransaction& t) { projection_.untrack(t, table); });
}

bool SqliteDevice::seal() {
  const auto before = replica_->cursor(replica_->self());
  replica_->settle();
  return replica_->cursor(replica_->self()) != before;
}

DigestReport SqliteDevice::digest() {
  replica_->settle();
  return api::read_digest(*replica_);
}

std::vector<LogLine> SqliteDevice::log(const std::string& table, std::size_t limit) {
  replica_->settle();
  return api::log_lines(*replica_, table, limit);
}

std::vector<std::string> SqliteDevice::captured_tables() {
  std::vector<std::string> names;
  engine::Catalog catalog(replica_->connection());
  catalog.reload(false);
  for (const auto* table : catalog.tables()) {
    if (table->captured()) names.push_back(table->spelling);
  }
  return names;
}

VerifyReport SqliteDevice::verify() {
  replica_->settle();
  VerifyReport report;
  const auto group = proto::group_id(replica_->group_spec());
  auto problems = engine::verify_chains(*replica_, group);
  for (const auto& [origin, next] : replica_->cursors()) report.checked[origin] = next;
  if (problems.empty()) {
    const auto read = [this](const PeerId& origin, EntryIndex from, const ReadLimits& limits) {
      return replica_->read_frames(origin, from, limits);
    };
    problems = engine::verify_tables({read, replica_->connection(), replica_->self(),
                                      replica_->origins(), captured_tables()},
                                     rng_);
  }
  for (const auto& problem : problems) {
    report.problems.push_back(problem.text + " (" + to_text(problem.code) + ")");
  }
  return report;
}

void SqliteDevice::migrate(const std::function<void()>& ddl) {
  replica_->settle();
  replica_->transact([&](replica::LogTransaction& t) { projection_.suspend(t); });
  // Whatever happens now, the next settle() finds the triggers gone and captures the difference.
  try {
    ddl();
  } catch (...) {
    replica_->settle();
    throw;
  }
  replica_->settle();
}

void SqliteDevice::migrate(const std::string& sql) {
  migrate([&] {
    auto options = connection_options(path_, options_);
    options.role = replica::Role::app;
    replica::Connection app(options);
    replica::WriteTransaction write(app);
    app.execute(sql);
    write.commit();
  });
}

void SqliteDevice::backup(const std::string& to) {
  if (std::filesystem::exists(to)) {
    throw Error(ErrorCode::invalid_argument, to + " exists already", "name a new file");
  }
  replica_->settle();
  auto copy = replica_->connection().prepare("VACUUM INTO ?1");
  copy.bind_text(1, to).run();
  SqliteReplicaOptions options;
  options.database = connection_options(to, options_);
  options.clock = &clock_;
  options.rng = &rng_;
  SqliteReplica::begin_new_origin(options, "backup");
}

}  // namespace

void Device::init(const std::string& database, const DeviceOptions& options,
                  const std::string& join_folder) {
  SystemClock clock;
  SystemRng rng;
  SqliteReplicaOptions replica_options;
  replica_options.database = connection_options(database, options);
  replica_options.database.create = true;
  replica_options.clock = &clock;
  replica_options.rng = &rng;
  SqliteReplica::initialise(replica_options, options.name.empty() ? host_name() : options.name);
  if (join_folder.empty()) return;
  const auto device = open(database, options);
  try {
    device->join(join_folder);
  } catch (const Error& error) {
    // It waits for the folder's first group at each sync.
    if (error.code() != ErrorCode::folder_unmarked && error.code() != ErrorCode::folder_missing) {
      throw;
    }
  }
}

std::unique_ptr<Device> Device::open(const std::string& database, const DeviceOptions& options) {
  return std::make_unique<SqliteDevice>(database, options);
}

}  // namespace tidemark
