#include "tests/support/reference_fold.h"

#include <algorithm>
#include <cstring>

#include "engine/capture/table_shape.h"
#include "engine/merge/identity.h"
#include "oplog/hash.h"

namespace tidemark::test {
namespace {

using Values = std::map<std::string, std::optional<proto::OwnedCell>>;

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// One record, with names instead of ids and values instead of chunks.
struct Saying {
  std::string table;
  Bytes identity;
  Stamp stamp;
  std::optional<proto::Operation> operation;  ///< none = yield
  Values values;
};

/// Reads one origin's log from its beginning.
class Listener {
 public:
  explicit Listener(const OriginHistory& history) : history_(history) {}

  void hear(std::vector<Saying>& out) {
    std::size_t complete = history_.entries.size();
    while (complete > 0 && !entry(complete - 1).commit) --complete;
    for (std::size_t at = 0; at < complete; ++at) {
      if (entry(at).kind == EntryKind::schema) hear_schema(at);
      if (entry(at).kind == EntryKind::row) hear_row(at, out);
      if (entry(at).kind == EntryKind::yield) hear_yield(at, out);
    }
  }

 private:
  const Entry& entry(std::size_t at) const { return std::get<Entry>(history_.entries[at].entry); }

  void hear_schema(std::size_t at) {
    proto::TableDecl decl;
    if (proto::decode(entry(at).payload, decl) == proto::RecordReject::none) {
      tables_[decl.table] = decl;
    }
  }

  void hear_yield(std::size_t at, std::vector<Saying>& out) const {
    proto::Yield yield;
    if (proto::decode(entry(at).payload, yield) != proto::RecordReject::none) return;
    const auto table = tables_.find(yield.table);
    if (table == tables_.end()) return;
    out.push_back(address(at, table->second, yield.lift, yield.key));
  }

  void hear_row(std::size_t at, std::vector<Saying>& out) const {
    proto::RowChange change;
    if (proto::decode(entry(at).payload, change) != proto::RecordReject::none) return;
    const auto found = tables_.find(change.table);
    if (found == tables_.end()) return;
    const proto::TableDecl& table = found->second;
    Saying saying = address(at, table, change.lift, change.key);
    if (change.seed) saying.stamp.h = 0;
    saying.operation = change.operation;
    if (change.operation == proto::Operation::insert) {
      for (std::size_t i = 0; i < change.key.size(); ++i) {
        saying.values[name_of(table, table.key[i].column)] = proto::OwnedCell(change.key[i]);
      }
    }
    for (const auto& [id, cell] : change.columns) {
      saying.values[name_of(table, id)] = whole(at, cell);
    }
    out.push_back(std::move(saying));
  }

  Saying address(std::size_t at, const proto::TableDecl& table, std::uint64_t lift,
                 const std::vector<proto::Cell>& key) const {
    Saying saying;
    saying.table = lower(table.name);
    for (std::size_t i = 0; i < key.size(); ++i) {
      engine::append_identity(saying.identity, key[i], table.key[i].collation);
    }
    saying.stamp = {entry(at).hlc.bits + lift, history_.origin, 0, EntryIndex{at}};
    return saying;
  }

  static std::string name_of(const proto::TableDecl& table, std::uint16_t id) {
    return lower(std::ranges::find(table.columns, id, &proto::ColumnDecl::id)->name);
  }

  std::optional<proto::OwnedCell> whole(std::size_t at, const proto::Cell& cell) const {
    if (cell.type == proto::CellType::omitted) return std::nullopt;
    if (cell.type != proto::CellType::chunked) return proto::OwnedCell(cell);
    Bytes bytes;
    for (std::size_t i = 0; i < cell.chunks; ++i) {
      ByteView piece;
      if (proto::decode_chunk(entry(at - cell.back + i).payload, piece) !=
          proto::RecordReject::none) {
        return std::nullopt;
      }
      append(bytes, piece);
    }
    return proto::OwnedCell(cell.of == proto::CellType::text ? proto::Cell::of_text(as_text(bytes))
                                                             : proto::Cell::of_blob(bytes));
  }

  const OriginHistory& history_;
  std::map<std::uint32_t, proto::TableDecl> tables_;
};

void raise(std::optional<Stamp>& stamp, const Stamp& to) {
  if (!stamp || *stamp < to) stamp = to;
}

void put_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
}

void put_stamp(Bytes& out, const Stamp& stamp) {
  put_u64(out, stamp.h);
  append(out, stamp.origin.bytes);
  put_u64(out, stamp.branch);
  put_u64(out, to_number(stamp.index));
}

Hash128 name_hash(const std::string& name) {
  return hash128("tidemark.name..1", as_bytes(name));
}

std::string words(const proto::Cell& cell) {
  switch (cell.type) {
    case proto::CellType::null:
      return "NULL";
    case proto::CellType::integer:
      return std::to_string(cell.integer);
    case proto::CellType::real:
      return std::to_string(cell.real) + " (real)";
    case proto::CellType::text:
      return "'" + std::string(as_text(cell.bytes)) + "'";
    default:
      return "a blob '" + std::string(as_text(cell.bytes)) + "'";
  }
}

std::string words(ByteView identity) {
  std::string text;
  for (const auto& part : engine::parse_identity(identity).value()) {
    text += (text.empty() ? "" : ", ") + words(part.view());
  }
  return text;
}

/// One table of the device: what it shows, and what the shadow keeps.
struct Held {
  std::map<std::string, proto::OwnedCell> defaults;  ///< of the columns that the table has
  std::map<Bytes, std::map<std::string, proto::OwnedCell>> shown;
  std::map<Bytes, std::map<std::string, proto::OwnedCell>> kept;
};

void read_shown(replica::Connection& device, const engine::TableShape& shape, Held& held) {
  std::string names;
  for (const auto& column : shape.columns) {
    names += (names.empty() ? "" : ", ") + replica::quoted(column.name);
    const proto::Cell absent = engine::absent_value(column);
    held.defaults[lower(column.name)] = proto::OwnedCell(absent);
  }
  auto rows = device.prepare("SELECT " + names + " FROM " + replica::quoted(shape.name));
  while (rows.step()) {
    Bytes identity;
    bool local_only = false;
    for (const auto& part : shape.key) {
      const proto::Cell key = rows.cell(static_cast<int>(part.column));
      local_only = local_only || key.type == proto::CellType::null;
      if (!local_only) {
        engine::append_identity(identity, key, engine::known_collation(part.collation).value());
      }
    }
    if (local_only) continue;
    auto& row = held.shown[identity];
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      row[lower(shape.columns[i].name)] = proto::OwnedCell(rows.cell(static_cast<int>(i)));
    }
  }
}

Held read_held(replica::Connection& device, const std::string& table) {
  Held held;
  auto state = device.prepare("SELECT state FROM tidemark_table WHERE name = ?1");
  state.bind_text(1, table);
  const bool captured = state.step() && (state.integer(0) == 1 || state.integer(0) == 2);
  if (captured) read_shown(device, engine::read_shape(device, table).value(), held);
  auto cells = device.prepare(
      "SELECT c.identity, n.name, c.value FROM tidemark_cell c JOIN tidemark_table t ON t.no = "
      "c.tbl "
      "JOIN tidemark_column n ON n.tbl = c.tbl AND n.no = c.col WHERE t.name = ?1");
  cells.bind_text(1, table);
  while (cells.step()) {
    const ByteView identity = cells.blob(0);
    held.kept[Bytes(identity.begin(), identity.end())][std::string(cells.text(1))] =
        proto::OwnedCell(cells.cell(2));
  }
  return held;
}

/// What of the row must be in the shadow, given what the table shows of it.
std::map<std::string, proto::OwnedCell> expected_kept(const ReferenceRow& row, const Held& held,
                                                      bool shown) {
  std::map<std::string, proto::OwnedCell> kept;
  for (const auto& [name, column] : row.columns) {
    if (column.value && !(shown && held.defaults.contains(name))) kept[name] = *column.value;
  }
  return kept;
}

class Comparison {
 public:
  Comparison(const std::string& table, const Held& held, std::vector<std::string>& out)
      : table_(table), held_(held), out_(out) {}

  void compare(const Bytes& identity, const ReferenceRow& row) {
    const auto shown = held_.shown.find(identity);
    const bool is_shown = shown != held_.shown.end();
    if (is_shown && !row.live()) say(identity, "is shown, but is not alive");
    if (is_shown && row.live()) {
      for (const auto& [name, value] : shown->second) compare_shown(identity, row, name, value);
    }
    const auto kept = held_.kept.find(identity);
    const auto have =
        kept == held_.kept.end() ? std::map<std::string, proto::OwnedCell>() : kept->second;
    if (have != expected_kept(row, held_, is_shown))
      say(identity, "has other values in the shadow");
    if (row.live() && !is_shown && have.empty()) say(identity, "is nowhere");
  }

  void require_known(const std::map<Bytes, ReferenceRow>& rows) {
    for (const auto& [identity, values] : held_.shown) {
      if (!rows.contains(identity)) say(identity, "is shown, but nobody said so");
    }
    for (const auto& [identity, values] : held_.kept) {
      if (!rows.contains(identity)) say(identity, "is in the shadow, but nobody said so");
    }
  }

 private:
  void compare_shown(const Bytes& identity, const ReferenceRow& row, const std::string& name,
                     const proto::OwnedCell& value) {
    const auto column = row.columns.find(name);
    const bool written = column != row.columns.end() && column->second.value;
    const proto::OwnedCell want = written ? *column->second.value : held_.defaults.at(name);
    if (want == value) return;
    say(identity, "column " + name + " is " + words(value.view()) + ", not " + words(want.view()));
  }
  void say(const Bytes& identity, const std::string& what) {
    out_.push_back("table " + table_ + ": row " + words(identity) + ": " + what);
  }

  const std::string& table_;
  const Held& held_;
  std::vector<std::string>& out_;
};

}  // namespace

std::vector<OriginHistory> histories(LogSource& log) {
  std::vector<OriginHistory> all;
  for (const auto& [origin, next] : log.cursors()) {
    OriginHistory history{origin, {}};
    while (history.entries.size() < to_number(next)) {
      const auto batch = log.read_since(origin, EntryIndex{history.entries.size()}, {});
      history.entries.insert(history.entries.end(), batch.begin(), batch.end());
    }
    all.push_back(std::move(history));
  }
  return all;
}

ReferenceState reference_fold(const std::vector<OriginHistory>& origins) {
  std::vector<Saying> sayings;
  for (const OriginHistory& origin : origins) Listener(origin).hear(sayings);
  ReferenceState state;
  for (const Saying& saying : sayings) {
    ReferenceRow& row = state[saying.table][saying.identity];
    if (!saying.operation) raise(row.yielded, saying.stamp);
    if (saying.operation == proto::Operation::insert) raise(row.inserted, saying.stamp);
    if (saying.operation == proto::Operation::remove) raise(row.deleted, saying.stamp);
  }
  for (const Saying& saying : sayings) {
    ReferenceRow& row = state[saying.table][saying.identity];
    if (row.deleted && saying.stamp <= *row.deleted) continue;
    for (const auto& [name, value] : saying.values) {
      const auto known = row.columns.find(name);
      if (known == row.columns.end() || known->second.stamp < saying.stamp) {
        row.columns[name] = {saying.stamp, value};
      }
    }
  }
  for (auto& [table, rows] : state) {
    for (auto& [identity, row] : rows) {
      if (row.deleted && row.inserted && *row.inserted <= *row.deleted) row.inserted.reset();
      if (row.deleted && row.yielded && *row.yielded <= *row.deleted) row.yielded.reset();
    }
  }
  return state;
}

std::pair<engine::Digest, std::int64_t> reference_digest(
    const std::string& table, const std::map<Bytes, ReferenceRow>& rows) {
  engine::Digest sum;
  std::int64_t live = 0;
  for (const auto& [identity, row] : rows) {
    Bytes input;
    append(input, name_hash(table));
    put_u64(input, identity.size());
    append(input, identity);
    input.push_back(static_cast<std::byte>((row.inserted ? 1 : 0) | (row.deleted ? 2 : 0) |
                                           (row.yielded ? 4 : 0)));
    Bytes with_insert;
    Bytes apart;
    for (const auto& [name, column] : row.columns) {
      const bool same = row.inserted && column.stamp == *row.inserted;
      append(same ? with_insert : apart, name_hash(name));
      if (!same) put_stamp(apart, column.stamp);
    }
    if (row.inserted) {
      put_stamp(input, *row.inserted);
      append(input, hash128("tidemark.name..1", with_insert));
    }
    if (row.deleted) put_stamp(input, *row.deleted);
    if (row.yielded) put_stamp(input, *row.yielded);
    append(input, apart);
    const Hash128 hash = hash128("tidemark.row...1", input);
    engine::Digest term;
    std::memcpy(&term.lo, hash.data(), 8);
    std::memcpy(&term.hi, hash.data() + 8, 8);
    const std::uint64_t before = sum.lo;
    sum.lo += term.lo;
    sum.hi += term.hi + (sum.lo < before ? 1 : 0);
    if (row.live()) ++live;
  }
  return {sum, live};
}

std::vector<std::string> differences(const ReferenceState& ideal, replica::Connection& device) {
  std::vector<std::string> out;
  for (const auto& [table, rows] : ideal) {
    const Held held = read_held(device, table);
    Comparison comparison(table, held, out);
    comparison.require_known(rows);
    for (const auto& [identity, row] : rows) comparison.compare(identity, row);
  }
  return out;
}

}  // namespace tidemark::test
