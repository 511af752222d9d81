#include "tests/support/test_device.h"

#include "engine/verify.h"
#include "proto/group_spec.h"

namespace tidemark::test {

TestDevice::TestDevice(const std::string& path, const std::string& schema, std::uint64_t seed)
    : path_(path), rng_(seed), app_(std::make_unique<AppDb>(path)) {
  app_->exec(schema);
  SqliteReplica::initialise(options(), "device-" + std::to_string(seed));
  open();
  // All test devices share one group: how groups are joined is tested elsewhere.
  replica_->adopt_group(proto::GroupSpec{});
}

TestDevice::TestDevice(const std::string& path, std::uint64_t seed)
    : path_(path), rng_(seed), app_(std::make_unique<AppDb>(path)) {
  open();
}

SqliteReplicaOptions TestDevice::options() {
  SqliteReplicaOptions options;
  options.database.path = path_;
  options.clock = &clock_;
  options.rng = &rng_;
  options.projection = projection_.get();
  return options;
}

void TestDevice::open() {
  projection_ = std::make_unique<engine::TableProjection>(rng_);
  replica_ = SqliteReplica::open(options());
}

void TestDevice::reopen() {
  replica_.reset();
  projection_.reset();
  app_.reset();
  app_ = std::make_unique<AppDb>(path_);
  open();
}

void TestDevice::track(const std::string& table) {
  replica_->transact([&](replica::LogTransaction& t) { projection_->track(t, table); });
}

void TestDevice::untrack(const std::string& table) {
  replica_->transact([&](replica::LogTransaction& t) { projection_->untrack(t, table); });
}

void TestDevice::pull(TestDevice& from) {
  from.seal();
  pull_some(from, 1'000'000);
}

void TestDevice::pull_some(TestDevice& from, std::size_t entries_max) {
  std::vector<Frame> frames;
  for (const auto& range : replica_->cursors().missing(from.replica_->cursors())) {
    const ReadLimits limits{.entries_max = entries_max, .bytes_max = std::size_t{64} << 20};
    const auto found = from.replica_->read_frames(range.origin, range.from, limits);
    frames.insert(frames.end(), found.begin(), found.end());
  }
  replica_->apply(frames);
}

std::map<std::string, TestDevice::Table> TestDevice::digests() {
  engine::Catalog catalog(replica_->connection());
  catalog.reload(false);
  std::map<std::string, Table> out;
  for (const engine::CatalogTable* table : catalog.tables()) {
    out[table->name] = {engine::to_text(table->digest), table->live};
  }
  return out;
}

std::vector<std::string> TestDevice::problems() {
  std::vector<std::string> out;
  replica_->settle();
  for (const auto& p : engine::verify_chains(*replica_, proto::group_id(replica_->group_spec()))) {
    out.push_back(p.text);
  }
  engine::Catalog catalog(replica_->connection());
  catalog.reload(false);
  std::vector<std::string> tables;
  for (const engine::CatalogTable* table : catalog.tables()) {
    if (table->captured()) tables.push_back(table->spelling);
  }
  const auto read = [this](const PeerId& origin, EntryIndex from, const ReadLimits& limits) {
    return replica_->read_frames(origin, from, limits);
  };
  const engine::ReplaySource source{read, replica_->connection(), replica_->self(),
                                    replica_->origins(), tables};
  for (const auto& p : engine::verify_tables(source, rng_)) {
    out.push_back(p.text);
  }
  return out;
}

}  // namespace tidemark::test
