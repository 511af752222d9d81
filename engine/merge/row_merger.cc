#include "engine/merge/row_merger.h"

#include <algorithm>

#include "engine/merge/identity.h"
#include "oplog/check.h"

namespace tidemark::engine {
namespace {

/// False for key columns whose equal values have one spelling only: nothing to write there.
bool needs_writing(const LocalTable& table, std::size_t position) {
  for (std::size_t i = 0; i < table.key_columns.size(); ++i) {
    if (table.key_columns[i] != position) continue;
    return table.key_collations[i] != proto::Collation::binary ||
           affinity_of(table.shape.columns[position].type) == Affinity::blob;
  }
  return true;
}

constexpr std::string_view kRefused = "the local schema refuses the row";

}  // namespace

RowMerger::RowMerger(replica::Connection& sql, Catalog& catalog, ClockStore& clocks, Shadow& shadow)
    : sql_(sql), catalog_(catalog), clocks_(clocks), shadow_(shadow) {}

TableAccess& RowMerger::access(CatalogTable& table) {
  TIDEMARK_CHECK(table.local.has_value());
  auto& slot = access_[table.no];
  if (!slot) slot = std::make_unique<TableAccess>(sql_, *table.local);
  return *slot;
}

void RowMerger::account(CatalogTable& table, ByteView identity, const RowRegisters& before,
                        const RowRegisters& after) {
  table.digest.subtract(table.names.row(identity, before));
  table.digest.add(table.names.row(identity, after));
  table.live += (after.live() ? 1 : 0) - (before.live() ? 1 : 0);
  table.dirty = true;
}

void RowMerger::fold_cells(RowRegisters& registers, const RowWrite& write) {
  const Declaration& decl = *write.declaration;
  cells_.clear();
  if (change_.operation == proto::Operation::insert) {
    for (std::size_t i = 0; i < decl.key.size(); ++i) {
      cells_.emplace_back(decl.key[i], change_.key[i]);
    }
  }
  for (const auto& [id, cell] : change_.columns) {
    if (id < decl.columns.size() && decl.columns[id] != kNoColumn) {
      cells_.emplace_back(decl.columns[id], cell);
    }
  }
  const auto column_of = [](const auto& c) { return c.first; };
  std::ranges::stable_sort(cells_, {}, column_of);
  // A record of another's may name a key column twice, in its key and among its cells.
  cells_.erase(std::ranges::unique(cells_, {}, column_of).begin(), cells_.end());
  carried_.clear();
  for (const auto& [column, cell] : cells_) carried_.push_back(column);
  if (change_.operation == proto::Operation::insert) {
    registers.fold_insert(write.stamp, carried_, decl.table->columns_total());
  } else {
    registers.fold_update(write.stamp, carried_);
  }
  for (const auto& [column, cell] : cells_) {
    const auto stamp = registers.column_stamp(column);
    if (stamp && *stamp == write.stamp) winners_.push_back({column, write.stamp, cell});
  }
}

bool RowMerger::fold(RowRegisters& registers, const RowWrite& write) {
  if (write.yield) {
    registers.fold_yield(write.stamp);
    return false;
  }
  if (proto::decode(write.payload, change_) != proto::RecordReject::none) return false;
  if (change_.operation == proto::Operation::remove) {
    registers.fold_delete(write.stamp);
  } else {
    fold_cells(registers, write);
  }
  return true;
}

/// Later writes of the batch may have beaten or voided earlier ones.
void RowMerger::drop_beaten(const RowRegisters& registers) {
  std::erase_if(winners_, [&](const Winner& w) {
    const auto stamp = registers.column_stamp(w.column);
    return !stamp || *stamp != w.stamp;
  });
}

/// Chunked values are joined; what did not travel, or does not join, counts as absent. Whether all
/// winners have their values.
bool RowMerger::resolve_chunks(ChunkSource& chunks) {
  joined_.clear();
  const auto lost = std::erase_if(winners_, [&](Winner& w) {
    if (w.cell.type == proto::CellType::omitted) return true;
    if (w.cell.type != proto::CellType::chunked) return false;
    const EntryIndex first{to_number(w.stamp.index) - w.cell.back};
    auto bytes = chunks.load(w.stamp.origin, first, w.cell.chunks, w.cell.total_bytes);
    if (!bytes) return true;
    const ByteView joined = joined_.emplace_back(std::move(*bytes));
    w.cell = w.cell.of == proto::CellType::text ? proto::Cell::of_text(as_text(joined))
                                                : proto::Cell::of_blob(joined);
    return false;
  });
  return lost == 0;
}

void RowMerger::merge(const RowRef& row, std::span<const RowWrite> writes, ChunkSource& chunks,
                      bool in_table) {
  const auto [before, where] = clocks_.load(row.address);
  RowClock after = before;
  winners_.clear();
  key_values_.clear();
  key_.clear();
  for (const RowWrite& write : writes) {
    if (fold(after.registers, write) && key_.empty()) {
      key_.assign(change_.key.begin(), change_.key.end());
    }
  }
  if (after == before && !in_table) return;
  drop_beaten(after.registers);
  const bool complete = resolve_chunks(chunks);
  // An absent winner voids the value that the table shows: only the slow way looks for those.
  if (in_table || !complete || !place_fast(row, before, after)) {
    place_slowly(row, in_table || before.visible(), before, after);
  }
  account(row.table, row.identity, before.registers, after.registers);
  clocks_.store(row.address, after, where);
  changed_.insert(row.table.no);
}

void RowMerger::settle(const RowRef& row) {
  const auto [before, where] = clocks_.load(row.address);
  if (!before.shadowed) return;
  RowClock after = before;
  winners_.clear();
  key_values_.clear();
  key_.clear();
  place_slowly(row, before.visible(), before, after);
  clocks_.store(row.address, after, where);
}

std::span<const proto::Cell> RowMerger::key_of(const RowRef& row) {
  if (key_.empty()) {
    key_values_ = parse_identity(row.identity).value_or(std::vector<proto::OwnedCell>());
    for (const auto& value : key_values_) key_.push_back(value.view());
  }
  return key_;
}

/// The cases that almost every row is. False: nothing was done, take the slow way.
bool RowMerger::place_fast(const RowRef& row, const RowClock& before, RowClock& after) {
  if (before.shadowed) return false;
  const bool was_live = before.registers.live();
  const bool live = after.registers.live();
  if (!was_live && !live) return winners_.empty();
  if (!row.table.local) return false;
  if (!was_live) return insert_new(row);
  if (live) return before.registers.deleted == after.registers.deleted && update_shown(row);
  if (!winners_.empty() || after.registers.has_own_stamps()) return false;
  access(row.table).remove(key_of(row));
  return true;
}

bool RowMerger::insert_new(const RowRef& row) {
  const LocalTable& local = *row.table.local;
  values_.clear();
  for (const ShapeColumn& column : local.shape.columns) values_.push_back(absent_value(column));
  for (const Winner& w : winners_) {
    const std::size_t position = local.position(w.column);
    if (position == values_.size()) return false;  // a column that this table lacks
    values_[position] = w.cell;
  }
  return access(row.table).insert(values_) == replica::Step::done;
}

bool RowMerger::update_shown(const RowRef& row) {
  const LocalTable& local = *row.table.local;
  positions_.clear();
  values_.clear();
  for (const Winner& w : winners_) {
    const std::size_t position = local.position(w.column);
    if (position == local.column_nos.size()) return false;
    if (!needs_writing(local, position)) continue;
    positions_.push_back(position);
    values_.push_back(w.cell);
  }
  if (positions_.empty()) return true;
  return access(row.table).update(key_of(row), positions_, values_) == replica::Step::done;
}

/// All values that the row has after this merge, from table, shadow and winners.
RowMerger::Image RowMerger::image(const RowRef& row, bool in_table, const RowClock& before,
                                  const RowClock& after) {
  Image image;
  if (in_table && row.table.local) {
    std::vector<proto::OwnedCell> stored;
    const LocalTable& local = *row.table.local;
    if (access(row.table).read(key_of(row), stored)) {
      for (std::size_t i = 0; i < stored.size(); ++i) image[local.column_nos[i]] = stored[i];
    }
  }
  if (before.shadowed) {
    for (auto& [column, value] : shadow_.read(row.table.no, row.identity)) {
      image[column] = std::move(value);
    }
  }
  for (const auto& w : winners_) image[w.column] = proto::OwnedCell(w.cell);
  // What was written in an earlier life of the row is void.
  const auto is_void = [&](ColumnNo column) {
    const auto was = before.registers.column_stamp(column);
    const auto now = after.registers.column_stamp(column);
    const bool won = std::ranges::find(winners_, column, &Winner::column) != winners_.end();
    return !now || (!won && was && *was != *now);
  };
  std::erase_if(image, [&](const auto& cell) { return is_void(cell.first); });
  return image;
}

bool RowMerger::show(const RowRef& row, bool in_table, const Image& image) {
  if (!row.table.local) return false;
  const LocalTable& local = *row.table.local;
  values_.clear();
  positions_.clear();
  for (std::size_t i = 0; i < local.column_nos.size(); ++i) {
    const auto found = image.find(local.column_nos[i]);
    values_.push_back(found == image.end() ? absent_value(local.shape.columns[i])
                                           : found->second.view());
    positions_.push_back(i);
  }
  TableAccess& table = access(row.table);
  const auto step = in_table ? table.update(key_of(row), positions_, values_)
                             : table.insert(values_);
  return step == replica::Step::done;
}

/// Leaves in the shadow what the table does not show: everything, or what it has no column for.
void RowMerger::keep(const RowRef& row, const Image& image, bool all, RowClock& after) {
  shadow_.erase_row(row.table.no, row.identity);
  after.shadowed = false;
  for (const auto& [column, value] : image) {
    const bool shown = !all && row.table.local &&
                       row.table.local->position(column) < row.table.local->column_nos.size();
    if (shown) continue;
    shadow_.put(row.table.no, row.identity, column, value.view());
    after.shadowed = true;
  }
}

void RowMerger::place_slowly(const RowRef& row, bool in_table, const RowClock& before,
                             RowClock& after) {
  const Image values = image(row, in_table, before, after);
  const bool live = after.registers.live();
  bool present = in_table;
  // A row that no capture saw may stand where this one goes.
  if (live && !present && row.table.local) present = access(row.table).exists(key_of(row));
  const bool shown = live && show(row, present, values);
  if (!shown && present && row.table.local) access(row.table).remove(key_of(row));
  keep(row, values, !shown, after);
  after.parked = live && !shown;
  if (after.parked && row.table.local) {
    shadow_.park(row.table.no, row.identity, kRefused);
  } else if (before.parked) {
    shadow_.unpark(row.table.no, row.identity);
  }
}

void RowMerger::retry_parked(const RowAddresser& addresser) {
  const auto tables = std::exchange(changed_, {});
  for (const std::uint32_t no : tables) {
    CatalogTable* table = catalog_.by_number(no);
    if (table == nullptr || !table->local) continue;
    for (const Bytes& identity : shadow_.parked_rows(no)) {
      settle({*table, identity, addresser.address(no, identity)});
    }
  }
}

}  // namespace tidemark::engine
