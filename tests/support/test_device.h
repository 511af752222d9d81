// A device without folders: a database, its replica and projection, and the app's connection.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/table_projection.h"
#include "replica/sqlite_replica.h"
#include "tests/support/app_db.h"
#include "tests/support/fake_clock.h"
#include "tests/support/seeded_rng.h"

namespace tidemark::test {

/// Thread: one at a time.
class TestDevice {
 public:
  /// Makes the database at `path` and runs `schema` on it as the app.
  TestDevice(const std::string& path, const std::string& schema, std::uint64_t seed);
  /// Opens a database that is one already (a copy of another test's).
  TestDevice(const std::string& path, std::uint64_t seed);

  void track(const std::string& table);
  void untrack(const std::string& table);
  /// Seals what is pending; false when nothing was.
  bool seal() { return replica_->settle(); }
  /// Pulls everything that `from` has and this lacks, in frames, in one call; seals `from` first.
  void pull(TestDevice& from);
  /// One batch of at most `entries_max` entries per origin.
  void pull_some(TestDevice& from, std::size_t entries_max);
  /// Closes and opens everything again.
  void reopen();

  AppDb& app() { return *app_; }
  SqliteReplica& replica() { return *replica_; }
  engine::TableProjection& projection() { return *projection_; }
  FakeClock& clock() { return clock_; }
  const std::string& path() const { return path_; }

  struct Table {
    std::string digest;
    std::int64_t live{};
    bool operator==(const Table&) const = default;
  };
  /// Clock digest and row count of every known table.
  std::map<std::string, Table> digests();
  /// What verify says; empty = sound.
  std::vector<std::string> problems();

 private:
  SqliteReplicaOptions options();
  void open();

  std::string path_;
  FakeClock clock_;
  SeededRng rng_;
  std::unique_ptr<AppDb> app_;
  std::unique_ptr<engine::TableProjection> projection_;
  std::unique_ptr<SqliteReplica> replica_;
};

}  // namespace tidemark::test
