// A tidemark database with the app's own connection beside it.
#pragma once

#include <memory>
#include <string>

#include "bench/app.h"
#include "engine/table_projection.h"
#include "oplog/clock.h"
#include "oplog/rng.h"
#include "replica/sqlite_replica.h"

namespace tidemark::bench {

/// Tracks the table of todos. All devices share one group.
class BenchDevice {
 public:
  /// Opens the database, or makes it.
  explicit BenchDevice(const std::string& path);

  App& app() { return app_; }
  SqliteReplica& replica() { return *replica_; }
  /// What the app wrote becomes entries.
  void seal() { replica_->settle(); }
  /// Everything that `from` has sealed arrives here. Returns the bytes that moved.
  double pull(BenchDevice& from);
  /// The WAL goes into the database: a later run does not pay for an earlier one.
  void checkpoint();

 private:
  SystemClock clock_;
  SystemRng rng_;
  App app_;
  engine::TableProjection projection_;
  std::unique_ptr<SqliteReplica> replica_;
};

/// Throws std::runtime_error if the tables of two databases differ.
void require_equal_tables(App& app, const std::string& other_path);

}  // namespace tidemark::bench
