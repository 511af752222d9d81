// A log in memory for one test: what a projection sees of a LogTransaction, on a scratch database
// with tidemark's tables, and foreign logs of any content.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "oplog/chain.h"
#include "proto/frame_codec.h"
#include "proto/record.h"
#include "replica/projection.h"
#include "replica/schema.h"

namespace tidemark::test {

inline replica::ConnectionOptions scratch_options() {
  replica::ConnectionOptions options;
  options.role = replica::Role::scratch;
  return options;
}

/// A private database with tidemark's own tables, and whatever `schema` makes.
struct Scratch {
  explicit Scratch(const std::string& schema = {}) : sql(scratch_options()) {
    replica::WriteTransaction write(sql);
    replica::migrate(sql);
    write.commit();
    sql.execute(schema);
  }
  replica::Connection sql;
};

/// NOCASE in the schema becomes the name of a collation that only the app has.
inline void pretend_collation(replica::Connection& sql) {
  sql.execute(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, 'NOCASE', 'mine');"
      "PRAGMA writable_schema = RESET");
}

inline PeerId peer(std::uint8_t number) {
  PeerId id;
  id.bytes[0] = std::byte{number};
  return id;
}

inline Stamp stamp(std::uint64_t h, std::uint8_t origin = 1, std::uint64_t index = 0) {
  return {h, peer(origin), 0, EntryIndex{index}};
}

/// A foreign log, entry by entry.
class ForeignLog {
 public:
  ForeignLog() : ForeignLog(peer(200)) {}
  explicit ForeignLog(const PeerId& origin) : origin_(origin) {}

  /// A log that a real replica accepts: it begins with its genesis.
  static ForeignLog with_genesis(std::uint8_t number, const GroupId& group) {
    proto::Genesis genesis;
    genesis.nonce[0] = std::byte{number};
    genesis.device_name = "foreign";
    ForeignLog log(derive_origin(genesis.key, genesis.nonce));
    log.group_ = group;
    log.say(EntryKind::genesis, proto::encode(genesis));
    return log;
  }

  /// Says one entry; returns its index.
  EntryIndex say(EntryKind kind, Bytes payload, bool commit = true) {
    said_.push_back({kind, commit, std::move(payload)});
    return EntryIndex{said_.size() - 1};
  }
  EntryIndex say(const proto::RowChange& change, bool commit = true) {
    Bytes payload;
    proto::encode(change, payload);
    return say(EntryKind::row, std::move(payload), commit);
  }
  EntryIndex say(const proto::TableDecl& decl) {
    return say(EntryKind::schema, proto::encode(decl));
  }

  const PeerId& origin() const { return origin_; }
  EntryIndex next() const { return EntryIndex{said_.size()}; }
  /// Behind the last entry that ends a transaction.
  EntryIndex complete() const {
    std::size_t end = said_.size();
    while (end > 0 && !said_[end - 1].commit) --end;
    return EntryIndex{end};
  }
  /// The view that a reader gets; borrows from this.
  proto::EntryView view(EntryIndex index) const {
    const Said& said = said_.at(to_number(index));
    return {hlc(to_number(index)), said.kind, said.commit, said.payload};
  }
  static Hlc hlc(std::uint64_t index) {
    return Hlc{(std::uint64_t{1'700'000'000'000} << 16) + index};
  }

  std::vector<Frame> frames(std::uint32_t entries_max = 1024) const {
    proto::FrameBuilder::Options options;
    options.group = group_;
    options.origin = origin_;
    options.entries_max = entries_max;
    proto::FrameBuilder builder(options, {EntryIndex{0}, chain_start(origin_), EntryIndex{0}});
    std::vector<Frame> frames;
    for (std::size_t i = 0; i < said_.size(); ++i) {
      builder.add(hlc(i), said_[i].kind, said_[i].commit, said_[i].payload);
      if (auto full = builder.full_frame({})) frames.push_back(std::move(*full));
    }
    if (auto last = builder.finish({})) frames.push_back(std::move(*last));
    return frames;
  }

 private:
  struct Said {
    EntryKind kind{};
    bool commit{};
    Bytes payload;
  };
  GroupId group_;
  PeerId origin_;
  std::vector<Said> said_;
};

/// The transaction: own entries are remembered, foreign ones come from ForeignLogs that were added.
class LogModel final : public replica::LogTransaction {
 public:
  struct Own {
    Tick tick;
    EntryKind kind{};
    Bytes payload;
  };
  struct Refused {
    PeerId origin;
    EntryIndex index{};
    ErrorCode code{};
    std::string reason;
  };

  explicit LogModel(replica::Connection& sql) : sql_(sql) { add_origin(self()); }

  /// The log is received up to its end; `log` outlives this.
  void add(const ForeignLog& log) {
    add_origin(log.origin());
    logs_.push_back(&log);
  }

  replica::Connection& sql() override { return sql_; }
  PeerId self() override { return peer(1); }
  std::int64_t now_ms() override { return now_ms_; }
  Tick next_tick(std::int64_t captured_ms) override {
    const auto floor = static_cast<std::uint64_t>(captured_ms) << 16;
    last_ = Hlc{std::max(floor, last_.bits + 1)};
    return {EntryIndex{own.size()}, last_};
  }
  void append_local(const Tick& tick, EntryKind kind, ByteView payload) override {
    own.push_back({tick, kind, Bytes(payload.begin(), payload.end())});
  }
  std::vector<replica::OriginState> origins() override {
    const EntryIndex end{own.size()};
    std::vector<replica::OriginState> all = {{1, self(), end, end, end}};
    for (const ForeignLog* log : logs_) {
      const auto ref = static_cast<std::int64_t>(all.size()) + 1;
      all.push_back({ref, log->origin(), log->next(), log->complete(), applied[log->origin()]});
    }
    return all;
  }
  void set_applied(const PeerId& origin, EntryIndex next) override { applied[origin] = next; }
  std::vector<Frame> received(const PeerId& origin, EntryIndex from,
                              const ReadLimits& limits) override {
    std::vector<Frame> found;
    for (const ForeignLog* log : logs_) {
      if (log->origin() != origin) continue;
      for (auto& frame : log->frames(frame_entries)) {
        if (frame.next() > from && found.size() < limits.entries_max) found.push_back(frame);
      }
    }
    return found;
  }
  void quarantine(const PeerId& origin, EntryIndex index, ErrorCode code,
                  std::string_view reason) override {
    refused.push_back({origin, index, code, std::string(reason)});
  }

  /// The own entries of one kind, as records.
  std::vector<proto::RowChange> rows() const {
    std::vector<proto::RowChange> changes;
    for (const Own& entry : own) {
      if (entry.kind != EntryKind::row) continue;
      proto::RowChange change;
      if (proto::decode(entry.payload, change) == proto::RecordReject::none) {
        changes.push_back(std::move(change));
      }
    }
    return changes;
  }

  std::vector<Own> own;
  std::vector<Refused> refused;
  std::map<PeerId, EntryIndex> applied;
  std::uint32_t frame_entries = 1024;

 private:
  void add_origin(const PeerId& id) {
    auto insert = sql_.prepare(
        "INSERT INTO tidemark_origin(id, branch, next, chain, floor, complete, applied, told, "
        "known, "
        "last_hlc, skew_ms, name, state) VALUES(?1, 0, 0, x'', 0, 0, 0, 0, 0, 0, 0, '', 0)");
    insert.bind_blob(1, id.bytes).run();
  }

  replica::Connection& sql_;
  std::int64_t now_ms_ = 1'700'000'000'000;
  Hlc last_;
  std::vector<const ForeignLog*> logs_;
};

/// A declared table with key column 0 and plain columns.
inline proto::TableDecl declare(const std::string& name, const std::vector<std::string>& columns,
                                std::uint32_t id = 1) {
  proto::TableDecl decl;
  decl.table = id;
  decl.name = name;
  decl.key.push_back({0, proto::Collation::binary});
  for (std::size_t i = 0; i < columns.size(); ++i) {
    proto::ColumnDecl column;
    column.id = static_cast<std::uint16_t>(i);
    column.name = columns[i];
    decl.columns.push_back(std::move(column));
  }
  return decl;
}

inline proto::RowChange change(proto::Operation operation, const proto::Cell& key,
                               std::vector<std::pair<std::uint16_t, proto::Cell>> columns = {}) {
  proto::RowChange out;
  out.table = 1;
  out.operation = operation;
  out.key = {key};
  out.columns = std::move(columns);
  return out;
}

}  // namespace tidemark::test
