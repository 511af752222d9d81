#include "replica/sqlite_frame_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "oplog/chain.h"
#include "oplog/check.h"
#include "oplog/limits.h"
#include "replica/log_broken.h"
#include "replica/schema.h"

namespace tidemark::replica {
namespace {

constexpr std::int64_t kStateClosed = 1;

std::int64_t to_sql(EntryIndex index) {
  return static_cast<std::int64_t>(to_number(index));
}
EntryIndex to_index(std::int64_t value) {
  return EntryIndex{static_cast<std::uint64_t>(value)};
}

template <std::size_t size>
std::array<std::byte, size> fixed_blob(const Statement& row, int column) {
  const ByteView blob = row.blob(column);
  if (blob.size() != size) {
    throw log_broken("a row of tidemark_origin");
  }
  std::array<std::byte, size> value{};
  std::ranges::copy(blob, value.begin());
  return value;
}

// Columns next, chain, floor, complete, last_hlc, state, from `column` on.
OriginTail read_tail(const Statement& row, int column) {
  OriginTail tail;
  tail.log.next = to_index(row.integer(column));
  tail.log.chain = fixed_blob<32>(row, column + 1);
  tail.log.floor = to_index(row.integer(column + 2));
  tail.complete = to_index(row.integer(column + 3));
  tail.last_hlc = Hlc{static_cast<std::uint64_t>(row.integer(column + 4))};
  tail.closed = row.integer(column + 5) == kStateClosed;
  return tail;
}

}  // namespace

struct SqliteFrameStore::Statements {
  explicit Statements(Connection& c)
      : group(c.prepare("SELECT value FROM tidemark_meta WHERE key = 'group'")),
        tail(c.prepare("SELECT next, chain, floor, complete, last_hlc, state FROM tidemark_origin "
                       "WHERE id = ?1 AND branch = 0")),
        tails(c.prepare("SELECT id, next, chain, floor, complete, last_hlc, state "
                        "FROM tidemark_origin WHERE branch = 0")),
        ref(c.prepare("SELECT ref FROM tidemark_origin WHERE id = ?1 AND branch = 0")),
        origins(c.prepare("SELECT ref, id, next, complete, applied FROM tidemark_origin "
                          "WHERE branch = 0 ORDER BY ref")),
        // Frames inside others are never kept, so by rising first the ends rise too, and the
        // nearest that begins at or before `from` reaches farthest.
        read(c.prepare("SELECT first, count, bytes FROM tidemark_frame WHERE origin = ?1 AND first "
                       ">= coalesce((SELECT max(first) FROM tidemark_frame WHERE origin = ?1 AND "
                       "first <= ?2), ?2) ORDER BY first")),
        add_origin(c.prepare("INSERT INTO tidemark_origin(id, chain, name) VALUES(?1, ?2, ?3)")),
        drop_inside(c.prepare("DELETE FROM tidemark_frame WHERE origin = ?1 AND first >= ?2 AND "
                              "first < ?3 AND first + count <= ?3")),
        put(c.prepare(
            "INSERT INTO tidemark_frame(origin, first, count, bytes) VALUES(?1, ?2, ?3, ?4)")),
        move(c.prepare("UPDATE tidemark_origin SET next = ?2, chain = ?3, floor = ?4, complete = "
                       "?5, last_hlc = ?6 WHERE ref = ?1")),
        close(c.prepare("UPDATE tidemark_origin SET state = ?2 WHERE id = ?1 AND branch = 0")),
        name(c.prepare("SELECT name FROM tidemark_origin WHERE id = ?1 AND branch = 0")),
        set_applied(
            c.prepare("UPDATE tidemark_origin SET applied = ?2 WHERE id = ?1 AND branch = 0")),
        set_clock(
            c.prepare("UPDATE tidemark_origin SET last_hlc = ?2 WHERE id = ?1 AND branch = 0")),
        set_skew(c.prepare("UPDATE tidemark_origin SET skew_ms = ?2 WHERE id = ?1 AND branch = 0 "
                           "AND skew_ms <> ?2")),
        is_recorded(c.prepare("SELECT 1 FROM tidemark_quarantine WHERE origin = ?1 AND first = ?2 "
                              "AND code = ?3")),
        recorded(c.prepare("SELECT count(*) FROM tidemark_quarantine WHERE (bytes IS NULL) = ?1")),
        record(c.prepare("INSERT INTO tidemark_quarantine(origin, first, code, reason, bytes, "
                         "seen_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6)")) {}

  Statement group, tail, tails, ref, origins, read, add_origin, drop_inside, put, move, close, name,
      set_applied, set_clock, set_skew, is_recorded, recorded, record;
};

// The transaction keeps the tails that it has read and moved: nobody else can move them.
class SqliteFrameStore::Transaction final : public FrameTransaction {
 public:
  explicit Transaction(SqliteFrameStore& store) : store_(store), lock_(store.connection_) {}

  GroupId group() override {
    if (!group_) group_ = store_.group();
    return *group_;
  }
  std::vector<Frame> read(const PeerId& origin, EntryIndex from,
                          const ReadLimits& limits) override {
    return store_.read(origin, from, limits);
  }
  StoreState state() override { return store_.state(); }
  bool is_recorded(const Refusal& refusal) override { return store_.is_recorded(refusal); }
  std::optional<OriginTail> tail(const PeerId& origin) override;
  void add_origin(const PeerId& origin, std::string_view name) override;
  void put(const Frame& frame, const OriginTail& after) override;
  void close(const PeerId& origin) override;
  void record(const Refusal& refusal, std::int64_t now_ms) override;
  void commit() override { lock_.commit(); }

 private:
  struct Known {
    std::int64_t ref{};
    OriginTail tail;
  };
  Known* find(const PeerId& origin);

  SqliteFrameStore& store_;
  WriteTransaction lock_;
  std::optional<GroupId> group_;
  std::map<PeerId, Known> known_;
};

SqliteFrameStore::SqliteFrameStore(Connection& connection) : connection_(connection) {}
SqliteFrameStore::~SqliteFrameStore() = default;

SqliteFrameStore::Statements& SqliteFrameStore::sql() {
  if (!statements_) statements_ = std::make_unique<Statements>(connection_);
  return *statements_;
}

GroupId SqliteFrameStore::group() {
  return proto::group_id(group_spec());
}

proto::GroupSpec SqliteFrameStore::group_spec() {
  Statement& get = sql().group;
  const ResetOnExit reset(get);
  proto::GroupSpec spec;
  const bool sound = get.step() && proto::decode(get.blob(0), spec) == proto::GroupSpecReject::none;
  if (!sound) throw log_broken("the group of " + connection_.path());
  return spec;
}

std::optional<std::int64_t> SqliteFrameStore::find_ref(const PeerId& origin) {
  Statement& get = sql().ref;
  const ResetOnExit reset(get);
  get.bind_blob(1, origin.bytes);
  return get.step() ? std::optional(get.integer(0)) : std::nullopt;
}

std::optional<OriginTail> SqliteFrameStore::tail(const PeerId& origin) {
  Statement& get = sql().tail;
  const ResetOnExit reset(get);
  get.bind_blob(1, origin.bytes);
  return get.step() ? std::optional(read_tail(get, 0)) : std::nullopt;
}

StoreState SqliteFrameStore::state() {
  StoreState all;
  // The version first: a commit in between leaves a state that is newer than it says.
  all.version = version();
  all.group = group();
  Statement& get = sql().tails;
  const ResetOnExit reset(get);
  while (get.step()) {
    all.origins.emplace(PeerId{fixed_blob<16>(get, 0)}, read_tail(get, 1));
  }
  return all;
}

std::vector<OriginState> SqliteFrameStore::origins() {
  std::vector<OriginState> all;
  Statement& get = sql().origins;
  const ResetOnExit reset(get);
  while (get.step()) {
    all.push_back({get.integer(0), PeerId{fixed_blob<16>(get, 1)}, to_index(get.integer(2)),
                   to_index(get.integer(3)), to_index(get.integer(4))});
  }
  return all;
}

std::string SqliteFrameStore::name(const PeerId& origin) {
  Statement& get = sql().name;
  const ResetOnExit reset(get);
  get.bind_blob(1, origin.bytes);
  return get.step() ? std::string(get.text(0)) : std::string();
}

void SqliteFrameStore::set_applied(const PeerId& origin, EntryIndex next) {
  sql().set_applied.bind_blob(1, origin.bytes).bind(2, to_sql(next)).run();
}

void SqliteFrameStore::set_clock(const PeerId& origin, Hlc last) {
  sql().set_clock.bind_blob(1, origin.bytes).bind(2, static_cast<std::int64_t>(last.bits)).run();
}

void SqliteFrameStore::set_skew(const PeerId& origin, std::int64_t skew_ms) {
  sql().set_skew.bind_blob(1, origin.bytes).bind(2, skew_ms).run();
}

std::vector<Frame> SqliteFrameStore::read(const PeerId& origin, EntryIndex from,
                                          const ReadLimits& limits) {
  std::vector<Frame> frames;
  if (to_number(from) >= kIndexEnd) return frames;
  const auto ref = find_ref(origin);
  if (!ref) return frames;
  Statement& get = sql().read;
  const ResetOnExit reset(get);
  get.bind(1, *ref).bind(2, to_sql(from));
  EntryIndex wanted = from;
  std::size_t bytes = 0;
  while (get.step()) {
    Frame frame{origin, to_index(get.integer(0)), static_cast<std::uint32_t>(get.integer(1)), {}};
    if (frame.first > wanted) break;  // Invariant no-holes: nothing behind a hole is offered.
    if (frame.next() <= wanted) continue;
    const ByteView stored = get.blob(2);
    bytes += stored.size();
    const std::uint64_t entries = to_number(frame.next()) - to_number(from);
    if (!frames.empty() && (entries > limits.entries_max || bytes > limits.bytes_max)) break;
    frame.bytes.assign(stored.begin(), stored.end());
    wanted = frame.next();
    frames.push_back(std::move(frame));
    if (entries >= limits.entries_max || bytes >= limits.bytes_max) break;
  }
  return frames;
}

bool SqliteFrameStore::is_recorded(const Refusal& refusal) {
  Statement& same = sql().is_recorded;
  same.bind_blob(1, refusal.origin.bytes).bind(2, to_sql(refusal.first));
  same.bind(3, static_cast<std::int64_t>(refusal.code));
  const bool there = same.step();
  same.reset();
  if (there) return true;
  Statement& count = sql().recorded;
  count.bind(1, static_cast<std::int64_t>(refusal.header.empty()));
  count.step();
  const bool full = count.integer(0) >= kQuarantineRowsMax;
  count.reset();
  return full;
}

std::unique_ptr<FrameTransaction> SqliteFrameStore::begin() {
  return std::make_unique<Transaction>(*this);
}

std::int64_t SqliteFrameStore::version() {
  return connection_.data_version();
}

SqliteFrameStore::Transaction::Known* SqliteFrameStore::Transaction::find(const PeerId& origin) {
  if (const auto found = known_.find(origin); found != known_.end()) return &found->second;
  const auto ref = store_.find_ref(origin);
  const auto tail = store_.tail(origin);
  if (!ref || !tail) return nullptr;
  return &known_.emplace(origin, Known{*ref, *tail}).first->second;
}

std::optional<OriginTail> SqliteFrameStore::Transaction::tail(const PeerId& origin) {
  const Known* known = find(origin);
  return known == nullptr ? std::nullopt : std::optional(known->tail);
}

void SqliteFrameStore::Transaction::add_origin(const PeerId& origin, std::string_view name) {
  const Hash start = chain_start(origin);
  store_.sql().add_origin.bind_blob(1, origin.bytes).bind_blob(2, start).bind_text(3, name).run();
}

void SqliteFrameStore::Transaction::put(const Frame& frame, const OriginTail& after) {
  Known* known = find(frame.origin);
  TIDEMARK_CHECK(known != nullptr);
  TIDEMARK_CHECK(after.log.next >= known->tail.log.next);  // Invariant cursor-only-grows.
  Statements& sql = store_.sql();
  if (frame.first < known->tail.log.next) {
    sql.drop_inside.bind(1, known->ref).bind(2, to_sql(frame.first)).bind(3, to_sql(frame.next()));
    sql.drop_inside.run();
  }
  sql.put.bind(1, known->ref).bind(2, to_sql(frame.first)).bind(3, std::int64_t{frame.count});
  sql.put.bind_blob(4, frame.bytes).run();
  sql.move.bind(1, known->ref).bind(2, to_sql(after.log.next)).bind_blob(3, after.log.chain);
  sql.move.bind(4, to_sql(after.log.floor)).bind(5, to_sql(after.complete));
  sql.move.bind(6, static_cast<std::int64_t>(after.last_hlc.bits)).run();
  known->tail = after;
}

void SqliteFrameStore::Transaction::close(const PeerId& origin) {
  store_.sql().close.bind_blob(1, origin.bytes).bind(2, kStateClosed).run();
  if (Known* known = find(origin)) known->tail.closed = true;
}

void SqliteFrameStore::Transaction::record(const Refusal& refusal, std::int64_t now_ms) {
  if (is_recorded(refusal)) return;
  Statement& record = store_.sql().record;
  record.bind_blob(1, refusal.origin.bytes).bind(2, to_sql(refusal.first));
  record.bind(3, static_cast<std::int64_t>(refusal.code)).bind_text(4, refusal.reason);
  if (refusal.header.empty()) {
    record.bind_null(5);
  } else {
    record.bind_blob(5, refusal.header);
  }
  record.bind(6, now_ms).run();
}

}  // namespace tidemark::replica
