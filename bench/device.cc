#include "bench/device.h"

#include <stdexcept>

#include "convergence/converge.h"

namespace tidemark::bench {
namespace {

// What a sync takes in one step.
constexpr ReadLimits kBatch{.entries_max = 64 * 1024, .bytes_max = std::size_t{4} << 20};

}  // namespace

BenchDevice::BenchDevice(const std::string& path) : app_(path), projection_(rng_) {
  SqliteReplicaOptions options;
  options.database.path = path;
  options.clock = &clock_;
  options.rng = &rng_;
  options.projection = &projection_;
  const bool fresh =
      app_.integer("SELECT count(*) FROM sqlite_master WHERE name = 'tidemark_meta'") == 0;
  if (fresh) SqliteReplica::initialise(options, "bench");
  replica_ = SqliteReplica::open(options);
  if (!fresh) return;
  replica_->adopt_group(proto::GroupSpec{});
  replica_->transact([&](replica::LogTransaction& t) { projection_.track(t, "todos"); });
  replica_->settle();  // the table was empty: nothing is left to seed
}

double BenchDevice::pull(BenchDevice& from) {
  const RunReport report = tidemark::pull(from.replica(), replica(), PullOptions{.limits = kBatch});
  if (!report.troubles.empty()) throw std::runtime_error("an origin could not be pulled");
  return static_cast<double>(report.bytes);
}

void BenchDevice::checkpoint() {
  app_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
}

void require_equal_tables(App& app, const std::string& other_path) {
  AppStatement(app.handle(), "ATTACH ?1 AS other").bind(1, other_path).run();
  const std::int64_t differing = app.integer(
      "SELECT count(*) + (SELECT count(*) FROM (SELECT * FROM other.todos EXCEPT"
      " SELECT * FROM main.todos)) FROM (SELECT * FROM main.todos EXCEPT"
      " SELECT * FROM other.todos)");
  app.execute("DETACH other");
  if (differing != 0) throw std::runtime_error("the tables differ after the sync");
}

}  // namespace tidemark::bench
