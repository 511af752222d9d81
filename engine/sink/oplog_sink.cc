#include "engine/sink/oplog_sink.h"

#include <algorithm>

#include "engine/merge/identity.h"
#include "oplog/check.h"
#include "oplog/limits.h"

namespace tidemark::engine {
namespace {

constexpr std::size_t kOldRowsMax = 4096;
/// Small enough that a record of as many columns as SQLite allows can always be made to fit.
constexpr std::size_t kSmallestMovedValue = 64;

proto::Cell stand_in(proto::CellType type, const proto::Cell& value) {
  proto::Cell cell;
  cell.type = type;
  cell.of = value.type;
  cell.total_bytes = value.bytes.size();
  return cell;
}

/// Entries that the seal itself adds must not push the clock to the time of the seal: the changes
/// behind them would lose the time at which they were made, and a late sync would win over newer edits.
constexpr std::int64_t kBeforeAllCaptures = 0;

}  // namespace

OplogSink::OplogSink(replica::LogTransaction& transaction, const SinkParts& parts)
    : transaction_(transaction), parts_(parts), self_(transaction.self()) {}

void OplogSink::declare(CatalogTable& table) {
  const proto::TableDecl decl = parts_.catalog.own_declaration(table);
  const Bytes payload = proto::encode(decl);
  if (payload == table.declared) return;
  write_context();
  const auto tick = transaction_.next_tick(kBeforeAllCaptures);
  transaction_.append_local(tick, EntryKind::schema, payload);
  parts_.catalog.set_declared(table, payload);
  parts_.catalog.declare(parts_.refs.ref(self_), decl, payload);
}

/// What we had applied before this transaction, where that moved since the last one said so.
void OplogSink::write_context() {
  if (std::exchange(context_written_, true)) return;
  proto::ContextDelta delta;
  auto moved = transaction_.sql().prepare(
      "SELECT id, applied FROM tidemark_origin WHERE applied > told AND id <> ?1 ORDER BY id");
  moved.bind_blob(1, self_.bytes);
  while (moved.step()) {
    PeerId origin;
    std::ranges::copy(moved.blob(0), origin.bytes.begin());
    delta.moved.emplace_back(origin, EntryIndex{static_cast<std::uint64_t>(moved.integer(1))});
  }
  if (delta.moved.empty()) return;
  transaction_.sql().execute("UPDATE tidemark_origin SET told = applied WHERE applied > told");
  const auto tick = transaction_.next_tick(kBeforeAllCaptures);
  transaction_.append_local(tick, EntryKind::context, proto::encode(delta));
}

void OplogSink::count_local_row(std::string_view counter) {
  auto count = transaction_.sql().prepare(
      "INSERT INTO tidemark_meta(key, value) VALUES(?1, 1) "
      "ON CONFLICT(key) DO UPDATE SET value = value + 1");
  count.bind_text(1, counter).run();
}

std::optional<RowAddress> OplogSink::locate(const CapturedRow& row) {
  const CapturedShape& shape = row.table.triggers;
  std::size_t bytes = 0;
  identity_.clear();
  key_.clear();
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    const proto::Cell& value = row.values[shape.key[i]];
    if (value.type == proto::CellType::null) {
      count_local_row("null_keys");
      return std::nullopt;
    }
    bytes += proto::encoded_size(value);
    if (bytes > kKeyBytesMax) {
      count_local_row("oversized_keys");
      return std::nullopt;
    }
    append_identity(identity_, value, shape.collations[i]);
    key_.push_back(value);
  }
  return parts_.addresser.address(row.table.no, identity_);
}

void OplogSink::begin_change(const CatalogTable& table, proto::Operation operation) {
  change_.table = table.no;
  change_.operation = operation;
  change_.seed = false;
  change_.key.assign(key_.begin(), key_.end());
  change_.columns.clear();
  carried_.clear();
}

/// All columns of an insert: the key's cells are carried by the key itself.
void OplogSink::carry_all(const CapturedRow& row) {
  const CapturedShape& shape = row.table.triggers;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    carried_.push_back(shape.columns[i]);
    if (std::ranges::find(shape.key, i) == shape.key.end()) {
      change_.columns.emplace_back(shape.columns[i], row.values[i]);
    }
  }
  std::ranges::sort(carried_);
  std::ranges::sort(change_.columns, {}, [](const auto& c) { return c.first; });
}

/// Values move, longest first, to chunk entries just before the record until it fits (V1).
void OplogSink::move_to_chunks(std::int64_t captured_ms) {
  std::vector<std::pair<std::size_t, EntryIndex>> moved;  // column position, first chunk
  chunked_.clear();
  std::size_t total = 0;
  for (auto& [column, cell] : change_.columns) {
    if (cell.bytes.size() > kValueBytesMax) {
      cell = stand_in(proto::CellType::omitted, cell);
      count_local_row("omitted_values");
    }
    total += proto::encoded_size(cell);
  }
  while (total + kKeyBytesMax > kRecordBytesMax) {
    const auto longest = std::ranges::max_element(
        change_.columns, {}, [](const auto& c) { return c.second.bytes.size(); });
    if (longest == change_.columns.end() || longest->second.bytes.size() < kSmallestMovedValue) break;
    proto::Cell& cell = longest->second;
    total -= proto::encoded_size(cell);
    const ByteView value = cell.bytes;
    const auto count = (value.size() + kChunkBytesMax - 1) / kChunkBytesMax;
    EntryIndex first{};
    for (std::size_t i = 0; i < count; ++i) {
      const auto tick = transaction_.next_tick(captured_ms);
      if (i == 0) first = tick.index;
      const auto piece = value.subspan(i * kChunkBytesMax,
                                       std::min(kChunkBytesMax, value.size() - i * kChunkBytesMax));
      transaction_.append_local(tick, EntryKind::chunk, proto::encode_chunk(piece));
    }
    moved.emplace_back(longest - change_.columns.begin(), first);
    chunked_.emplace_back(first, value);
    cell = stand_in(proto::CellType::chunked, cell);
    cell.chunks = static_cast<std::uint32_t>(count);
  }
  if (moved.empty()) return;
  // The record follows its last chunk at once.
  const EntryIndex next = advanced(moved.back().second,
                                   change_.columns[moved.back().first].second.chunks);
  for (const auto& [position, first] : moved) {
    change_.columns[position].second.back =
        static_cast<std::uint32_t>(to_number(next) - to_number(first));
  }
}

Stamp OplogSink::emit(std::int64_t captured_ms, std::uint64_t highest) {
  write_context();
  move_to_chunks(captured_ms);
  const auto tick = transaction_.next_tick(captured_ms);
  change_.lift = 0;
  if (!change_.seed && highest >= tick.hlc.bits) change_.lift = highest + 1 - tick.hlc.bits;
  record_.clear();
  proto::encode(change_, record_);
  transaction_.append_local(tick, EntryKind::row, record_);
  const std::uint64_t h = change_.seed ? 0 : tick.hlc.bits + change_.lift;
  return {h, self_, 0, tick.index};
}

void OplogSink::write_insert(const CapturedRow& row, const RowAddress& address,
                             ClockStore::Loaded at) {
  const RowRegisters before = at.clock.registers;
  // What the shadow holds belongs to another life of the row: the user saw none.
  if (at.clock.registers.live() || at.clock.shadowed) {
    write_remove(row.table, row.captured_ms, at.clock);
  }
  begin_change(row.table, proto::Operation::insert);
  carry_all(row);
  RowRegisters& registers = at.clock.registers;
  const Stamp stamp = emit(row.captured_ms, registers.highest());
  registers.fold_insert(stamp, carried_, row.table.columns_total());
  RowMerger::account(row.table, identity_, before, registers);
  parts_.clocks.store(address, at.clock, at.where);
}

void OplogSink::write_update(const CapturedRow& row, const RowAddress& address,
                             ClockStore::Loaded at, std::span<const std::size_t> changed) {
  const RowRegisters before = at.clock.registers;
  begin_change(row.table, proto::Operation::update);
  for (const std::size_t position : changed) {
    const ColumnNo column = row.table.triggers.columns[position];
    carried_.push_back(column);
    change_.columns.emplace_back(column, row.values[position]);
    // The user wrote a column whose value from another device was still waiting.
    if (at.clock.shadowed) parts_.shadow.erase(row.table.no, identity_, column);
  }
  std::ranges::sort(carried_);
  std::ranges::sort(change_.columns, {}, [](const auto& c) { return c.first; });
  RowRegisters& registers = at.clock.registers;
  const Stamp stamp = emit(row.captured_ms, registers.highest());
  registers.fold_update(stamp, carried_);
  RowMerger::account(row.table, identity_, before, registers);
  parts_.clocks.store(address, at.clock, at.where);
}

/// Requires: key_ and identity_ are the row's. The caller accounts and stores.
void OplogSink::write_remove(CatalogTable& table, std::int64_t captured_ms, RowClock& clock) {
  begin_change(table, proto::Operation::remove);
  const Stamp stamp = emit(captured_ms, clock.registers.highest());
  clock.registers.fold_delete(stamp);
  if (clock.shadowed) parts_.shadow.erase_row(table.no, identity_);
  if (clock.parked) parts_.shadow.unpark(table.no, identity_);
  clock.shadowed = false;
  clock.parked = false;
}

void OplogSink::insert(const CapturedRow& row) {
  parts_.merger.mark_changed(row.table);
  parts_.clocks.flush_if_large();
  const auto address = locate(row);
  if (!address) return;
  if (const auto old = old_rows_.extract(*address)) {
    replace(row, *address, old.mapped());
  } else {
    write_insert(row, *address, parts_.clocks.load(*address));
  }
}

/// REPLACE, or a key that moved onto another row: an update of what differs.
void OplogSink::replace(const CapturedRow& row, const RowAddress& address, const OldRow& old) {
  auto at = parts_.clocks.load(address);
  if (!at.clock.visible()) {
    write_insert(row, address, std::move(at));
    return;
  }
  std::vector<std::size_t> changed;
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (!(row.values[i] == old.values[i].view())) changed.push_back(i);
  }
  if (!changed.empty()) write_update(row, address, std::move(at), changed);
}

void OplogSink::update(const CapturedRow& row, std::span<const std::size_t> changed) {
  parts_.merger.mark_changed(row.table);
  parts_.clocks.flush_if_large();
  const auto address = locate(row);
  if (!address) return;
  old_rows_.erase(*address);  // an upsert took the other way
  if (changed.empty()) return;
  auto at = parts_.clocks.load(*address);
  if (at.clock.visible() || row.table.unseeded()) {
    write_update(row, *address, std::move(at), changed);
  } else {
    missed_insert(row);
  }
}

/// A row in the table that no capture saw come: its first captured edit brings all of it.
void OplogSink::missed_insert(const CapturedRow& row) {
  if (!row.table.local || CapturedShape::of(*row.table.local) != row.table.triggers) return;
  std::vector<proto::OwnedCell> stored;
  if (!parts_.merger.access(row.table).read(key_, stored)) return;
  std::vector<proto::Cell> values;
  for (const auto& value : stored) values.push_back(value.view());
  const CapturedRow whole{row.table, row.captured_ms, values};
  if (const auto address = locate(whole)) {
    write_insert(whole, *address, parts_.clocks.load(*address));
  }
}

void OplogSink::remove(const CapturedRow& row) {
  parts_.merger.mark_changed(row.table);
  parts_.clocks.flush_if_large();
  const auto address = locate(row);
  if (!address) return;
  if (const auto old = old_rows_.find(*address); old != old_rows_.end()) {
    old->second.removed_ms = row.captured_ms;  // part of a REPLACE, if its insert follows
    return;
  }
  remove_known(row.table, identity_, row.captured_ms);
}

/// Requires: key_ and identity_ are the row's.
void OplogSink::remove_known(CatalogTable& table, ByteView identity, std::int64_t captured_ms) {
  const RowAddress address = parts_.addresser.address(table.no, identity);
  auto at = parts_.clocks.load(address);
  // Before the seeds are written, a row may be in the table and in no clock, or known by an edit
  // alone, or parked.
  const RowRegisters& known = at.clock.registers;
  const bool was_there = table.state == TableState::returning ||
                         (table.state == TableState::seeding && !known.inserted && !known.deleted);
  if (!at.clock.visible() && !was_there) return;
  const RowRegisters before = at.clock.registers;
  write_remove(table, captured_ms, at.clock);
  RowMerger::account(table, identity_, before, at.clock.registers);
  parts_.clocks.store(address, at.clock, at.where);
}

void OplogSink::old_row(const CapturedRow& row) {
  const auto address = locate(row);
  if (!address) return;
  if (old_rows_.size() >= kOldRowsMax) resolve_old_rows();
  OldRow& old = old_rows_[*address];
  old = {old_order_++, &row.table, {}, std::nullopt};
  for (const proto::Cell& value : row.values) old.values.emplace_back(value);
}

void OplogSink::candidate(const CapturedRow& row) {
  if (!locate(row)) return;
  candidates_.insert({&row.table, identity_, row.captured_ms});
}

/// Rows that were deleted without being written again. In the order of capture: a set's order
/// would not be the same twice.
void OplogSink::resolve_old_rows() {
  std::vector<OldRow> rows;
  for (auto& [address, old] : old_rows_) {
    if (old.removed_ms) rows.push_back(std::move(old));
  }
  old_rows_.clear();
  std::ranges::sort(rows, {}, &OldRow::order);
  for (const OldRow& old : rows) {
    std::vector<proto::Cell> values;
    for (const auto& value : old.values) values.push_back(value.view());
    remove({*old.table, *old.removed_ms, values});
  }
}

void OplogSink::finish() {
  resolve_old_rows();
  for (const Candidate& c : candidates_) {
    if (!c.table->local) continue;
    const auto values = parse_identity(c.identity);
    TIDEMARK_CHECK(values.has_value());
    key_.clear();
    for (const auto& value : *values) key_.push_back(value.view());
    // Confirmed by absence: OR IGNORE and upserts log candidates that stay.
    if (parts_.merger.access(*c.table).exists(key_)) continue;
    identity_ = c.identity;
    remove_known(*c.table, c.identity, c.captured_ms);
  }
  candidates_.clear();
}

void OplogSink::seed(const CapturedRow& row) {
  parts_.clocks.flush_if_large();
  const auto address = locate(row);
  if (!address) return;
  auto at = parts_.clocks.load(*address);
  if (at.clock.visible()) return;  // it came, or was inserted, after tracking began
  if (row.table.state == TableState::returning && at.clock.parked) {
    return_row(row, *address, at);
    return;
  }
  begin_change(row.table, proto::Operation::insert);
  change_.seed = true;
  carry_all(row);
  const Stamp stamp = emit(row.captured_ms, 0);
  if (!at.clock.registers.empty()) {
    merge_own(row, *address, stamp);
    return;
  }
  at.clock.registers.fold_insert(stamp, carried_, row.table.columns_total());
  RowMerger::account(row.table, identity_, {}, at.clock.registers);
  parts_.clocks.store(*address, at.clock, at.where);
}

/// The shadow has the values that the table showed when it was given up, or what others wrote since:
/// the former the app may have changed, the latter it has not seen.
void OplogSink::return_row(const CapturedRow& row, const RowAddress& address,
                           const ClockStore::Loaded& at) {
  const ShadowCells shelved = parts_.shadow.read(row.table.no, identity_);
  const auto edited = [&](ColumnNo column, const proto::Cell& value) {
    const auto found = std::ranges::find(shelved, column, &ShadowCells::value_type::first);
    if (found == shelved.end() || found->second.view() == value) return false;
    const auto stamp = at.clock.registers.column_stamp(column);
    return !stamp || stamp->index < row.table.base.at(stamp->origin);
  };
  begin_change(row.table, proto::Operation::update);
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const ColumnNo column = row.table.triggers.columns[i];
    if (edited(column, row.values[i])) change_.columns.emplace_back(column, row.values[i]);
  }
  if (change_.columns.empty()) {
    parts_.merger.settle({row.table, identity_, address});
    return;
  }
  std::ranges::sort(change_.columns, {}, [](const auto& c) { return c.first; });
  merge_own(row, address, emit(row.captured_ms, at.clock.registers.highest()));
}

/// The record just emitted, on a row of which others have spoken already: the table may have to
/// give way.
void OplogSink::merge_own(const CapturedRow& row, const RowAddress& address, const Stamp& stamp) {
  const auto* declaration = parts_.catalog.declaration(parts_.refs.ref(self_), row.table.no);
  TIDEMARK_CHECK(declaration != nullptr);
  const RowWrite write{declaration, stamp, record_};
  parts_.merger.merge({row.table, identity_, address}, std::span(&write, 1), *this, true);
}

/// The own log does not have them yet, so they come from the captured row.
std::optional<Bytes> OplogSink::load(const PeerId&, EntryIndex first, std::uint32_t,
                                     std::uint64_t) {
  const auto found = std::ranges::find(chunked_, first, &decltype(chunked_)::value_type::first);
  if (found == chunked_.end()) return std::nullopt;
  return Bytes(found->second.begin(), found->second.end());
}

}  // namespace tidemark::engine
