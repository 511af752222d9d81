#include "engine/reconcile.h"

#include <algorithm>

#include "engine/merge/table_scan.h"
#include "oplog/check.h"

namespace tidemark::engine {
namespace {

/// A column of the replay's catalog, by name. Both catalogs read the same declarations.
ColumnNo same_column(const CatalogTable& table, std::string_view folded_name) {
  const auto found = std::ranges::find(table.columns, folded_name);
  TIDEMARK_CHECK(found != table.columns.end());
  return static_cast<ColumnNo>(found - table.columns.begin());
}

}  // namespace

Replay& Reconciler::replay() {
  if (!replay_) {
    std::vector<std::string> tables;
    for (const CatalogTable* table : parts_.catalog.tables()) {
      if (table->captured()) tables.push_back(table->spelling);
    }
    const auto read = [this](const PeerId& origin, EntryIndex from, const ReadLimits& limits) {
      return transaction_.received(origin, from, limits);
    };
    replay_ = std::make_unique<Replay>(
        ReplaySource{read, transaction_.sql(), transaction_.self(), transaction_.origins(), tables},
        parts_.rng);
  }
  return *replay_;
}

/// Requires: `values` by position of from.local. Rows that the clock does not show are there already.
void Reconciler::shelve_row(CatalogTable& to, ByteView identity, const CatalogTable& from,
                            std::span<const proto::Cell> values) {
  const RowAddress address = parts_.addresser.address(to.no, identity);
  auto at = parts_.clocks.load(address);
  if (!at.clock.visible()) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ColumnNo column = same_column(to, from.columns[from.local->column_nos[i]]);
    if (!at.clock.registers.column_stamp(column)) continue;
    parts_.shadow.put(to.no, identity, column, values[i]);
  }
  at.clock.parked = true;
  at.clock.shadowed = true;
  parts_.clocks.store(address, at.clock, at.where);
  parts_.clocks.flush_if_large();
}

void Reconciler::shelve(CatalogTable& to, replica::Connection& sql, const CatalogTable& from) {
  TableScan rows(sql, *from.local);
  while (rows.next()) shelve_row(to, rows.identity(), from, rows.values());
}

void Reconciler::shelve_present(CatalogTable& table) {
  shelve(table, transaction_.sql(), table);
}

void Reconciler::shelve_lost(CatalogTable& table) {
  CatalogTable* logged = replay().catalog().find(table.name);
  if (logged == nullptr) return;  // nothing was ever said of it
  // The replay knows no local table either: all values are in its shadow.
  Shadow shadow(replay().sql());
  for (const Bytes& identity : shadow.rows(logged->no)) {
    const RowAddress address = parts_.addresser.address(table.no, identity);
    auto at = parts_.clocks.load(address);
    if (!at.clock.visible()) continue;
    for (const auto& [column, value] : shadow.read(logged->no, identity)) {
      parts_.shadow.put(table.no, identity, same_column(table, logged->columns[column]),
                        value.view());
    }
    at.clock.parked = true;
    at.clock.shadowed = true;
    parts_.clocks.store(address, at.clock, at.where);
    parts_.clocks.flush_if_large();
  }
}

void Reconciler::capture_difference(CatalogTable& table, OplogSink& sink) {
  CatalogTable* logged = replay().catalog().find(table.name);
  if (logged == nullptr || !logged->local) return;
  keep_lost_columns(table, *logged);
  capture_changed(table, *logged, sink);
  capture_removed(table, *logged, sink);
}

/// Rows that are new, or whose values are not those of the log.
void Reconciler::capture_changed(CatalogTable& table, CatalogTable& logged, OplogSink& sink) {
  TableAccess log_rows(replay().sql(), *logged.local);
  TableScan rows(transaction_.sql(), *table.local);
  std::vector<proto::OwnedCell> was;
  std::vector<std::size_t> changed;
  const std::int64_t now = transaction_.now_ms();
  while (rows.next()) {
    const CapturedRow row{table, now, rows.values()};
    if (!log_rows.read(rows.key(), was)) {
      sink.insert(row);
      continue;
    }
    changed.clear();
    for (std::size_t i = 0; i < was.size(); ++i) {
      if (!(was[i].view() == rows.values()[i])) changed.push_back(i);
    }
    sink.update(row, changed);
  }
}

/// Rows of the log that are no longer in the table.
void Reconciler::capture_removed(CatalogTable& table, CatalogTable& logged, OplogSink& sink) {
  TableAccess present(transaction_.sql(), *table.local);
  TableScan rows(replay().sql(), *logged.local);
  const std::int64_t now = transaction_.now_ms();
  while (rows.next()) {
    if (!present.exists(rows.key())) sink.remove({table, now, rows.values()});
  }
}

/// Values of columns that the table had and has no more wait in the shadow, as others' do.
void Reconciler::keep_lost_columns(CatalogTable& table, const CatalogTable& logged) {
  Shadow shadow(replay().sql());
  for (const Bytes& identity : shadow.rows(logged.no)) {
    const RowAddress address = parts_.addresser.address(table.no, identity);
    auto at = parts_.clocks.load(address);
    if (!at.clock.visible()) continue;
    bool kept = false;
    for (const auto& [column, value] : shadow.read(logged.no, identity)) {
      const ColumnNo no = same_column(table, logged.columns[column]);
      if (table.local->position(no) < table.local->column_nos.size()) continue;
      parts_.shadow.put(table.no, identity, no, value.view());
      kept = true;
    }
    if (!kept) continue;
    at.clock.shadowed = true;
    parts_.clocks.store(address, at.clock, at.where);
    parts_.clocks.flush_if_large();
  }
}

}  // namespace tidemark::engine
