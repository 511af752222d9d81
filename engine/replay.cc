#include "engine/replay.h"

#include "oplog/check.h"
#include "replica/schema.h"

namespace tidemark::engine {
namespace {

/// The scratch database's view of the source log: everything is received, nothing applied.
class ReplayTransaction final : public replica::LogTransaction {
 public:
  ReplayTransaction(const ReplaySource& source, replica::Connection& scratch)
      : source_(source), scratch_(scratch) {}

  replica::Connection& sql() override { return scratch_; }
  PeerId self() override { return source_.self; }
  std::int64_t now_ms() override { return 0; }
  Tick next_tick(std::int64_t) override { TIDEMARK_CHECK(!"a replay appends nothing"); return {}; }
  void append_local(const Tick&, EntryKind, ByteView) override {
    TIDEMARK_CHECK(!"a replay appends nothing");
  }
  std::vector<replica::OriginState> origins() override {
    auto origins = source_.origins;
    for (auto& origin : origins) {
      origin.complete = origin.applied;
      origin.applied = EntryIndex{0};
    }
    return origins;
  }
  void set_applied(const PeerId&, EntryIndex) override {}
  std::vector<Frame> received(const PeerId& origin, EntryIndex from,
                              const ReadLimits& limits) override {
    return source_.read(origin, from, limits);
  }
  // What the first merge quarantined is quarantined again; it has been told.
  void quarantine(const PeerId&, EntryIndex, ErrorCode, std::string_view) override {}

 private:
  const ReplaySource& source_;
  replica::Connection& scratch_;
};

void copy_table(replica::Connection& from, replica::Connection& to, const std::string& table) {
  auto sql = from.prepare(
      "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE");
  sql.bind_text(1, table);
  if (sql.step()) to.execute(std::string(sql.text(0)));
}

replica::ConnectionOptions scratch_options() {
  replica::ConnectionOptions options;
  options.role = replica::Role::scratch;
  return options;
}

}  // namespace

Replay::Replay(const ReplaySource& source, Rng& rng)
    : sql_(scratch_options()), projection_(rng), catalog_(sql_) {
  replica::WriteTransaction write(sql_);
  replica::migrate(sql_);
  ReplayTransaction transaction(source, sql_);
  for (const auto& table : source.tables) {
    copy_table(source.sql, sql_, table);
    projection_.track(transaction, table);
  }
  projection_.project(transaction);
  write.commit();
  catalog_.reload(true);
}

}  // namespace tidemark::engine
