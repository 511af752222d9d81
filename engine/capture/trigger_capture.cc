#include "engine/capture/trigger_capture.h"

#include <algorithm>
#include <cmath>

#include "engine/merge/table_scan.h"

namespace tidemark::engine {
namespace {

using replica::quoted;

// Columns of tidemark_pending (replica/SCHEMA.md), seq first.
constexpr int kTable = 1, kOp = 2, kAt = 3, kMask = 4, kValues = 5;

/// Triggers log julianday('now'), the cheapest clock that plain SQL has.
std::int64_t to_unix_ms(double julian_day) {
  constexpr double kUnixEpoch = 2440587.5;
  constexpr double kDayMs = 86'400'000;
  const double ms = std::round((julian_day - kUnixEpoch) * kDayMs);
  return ms > 0 && ms < 0x1p46 ? static_cast<std::int64_t>(ms) : 0;
}

std::string column_list(const LocalTable& table) {
  std::string names;
  for (const ShapeColumn& column : table.shape.columns) {
    names += (names.empty() ? "" : ", ") + quoted(column.name);
  }
  return names;
}

void read_cells(replica::Statement& row, int first, std::size_t count,
                std::vector<proto::Cell>& out) {
  out.clear();
  for (std::size_t i = 0; i < count; ++i) out.push_back(row.cell(first + static_cast<int>(i)));
}

}  // namespace

/// tidemark_pending has as many value columns as the widest tracked table.
void TriggerCapture::widen_pending(std::size_t columns) {
  const auto fixed = sql_.integer(
      "SELECT count(*) FROM pragma_table_info('tidemark_pending') WHERE name NOT GLOB 'v[0-9]*'");
  const auto all = sql_.integer("SELECT count(*) FROM pragma_table_info('tidemark_pending')");
  for (auto i = static_cast<std::size_t>(all - fixed); i < columns; ++i) {
    sql_.execute("ALTER TABLE tidemark_pending ADD COLUMN v" + std::to_string(i));
  }
}

void TriggerCapture::install(CatalogTable& table) {
  uninstall(table);
  widen_pending(table.local->shape.columns.size());
  for (const auto& statement : create_triggers(table.no, table.local->shape)) {
    sql_.execute(statement);
  }
  catalog_.set_triggers(table, CapturedShape::of(*table.local));
}

void TriggerCapture::uninstall(const CatalogTable& table) {
  for (const auto& statement : drop_triggers(table.no)) sql_.execute(statement);
}

bool TriggerCapture::installed(const CatalogTable& table) {
  auto count = sql_.prepare(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger' AND name = ?1 "
      "AND tbl_name = ?2 COLLATE NOCASE");
  const auto names = trigger_names(table.no);
  for (const auto& name : names) {
    count.bind_text(1, name).bind_text(2, table.name);
    const bool found = count.step() && count.integer(0) == 1;
    count.reset();
    if (!found) return false;
  }
  // SQLite runs the newest trigger first. An app's trigger that writes its own row must come after
  // ours, or the log has its changes before those that caused them.
  auto newer = sql_.prepare(
      "SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE type = 'trigger' "
      "AND tbl_name = ?2 COLLATE NOCASE AND name NOT LIKE 'tidemark\\_%' ESCAPE '\\' "
      "AND rowid > (SELECT rowid FROM sqlite_schema WHERE type = 'trigger' AND name = ?1))");
  newer.bind_text(1, names.front()).bind_text(2, table.name);
  return newer.step() && newer.integer(0) == 0;
}

void TriggerCapture::read_mask(replica::Statement& row, std::size_t columns) {
  changed_.clear();
  if (columns <= kIntegerMaskColumns) {
    const auto mask = static_cast<std::uint64_t>(row.integer(kMask));
    for (std::size_t i = 0; i < columns; ++i) {
      if (((mask >> i) & 1U) != 0) changed_.push_back(i);
    }
    return;
  }
  const std::string_view mask = row.text(kMask);
  for (std::size_t i = 0; i < columns && i < mask.size(); ++i) {
    if (mask[i] == '1') changed_.push_back(i);
  }
}

void TriggerCapture::drain_row(CatalogTable& table, replica::Statement& row, OplogSink& sink) {
  const std::size_t columns = table.triggers.columns.size();
  read_cells(row, kValues, columns, values_);
  const CapturedRow captured{table, to_unix_ms(row.real(kAt)), values_};
  switch (static_cast<PendingOp>(row.integer(kOp))) {
    case PendingOp::insert: sink.insert(captured); return;
    case PendingOp::update:
      read_mask(row, columns);
      sink.update(captured, changed_);
      return;
    case PendingOp::remove: sink.remove(captured); return;
    case PendingOp::old_row: sink.old_row(captured); return;
    case PendingOp::candidate: sink.candidate(captured); return;
  }
}

void TriggerCapture::drain(OplogSink& sink) {
  auto rows = sql_.prepare("SELECT * FROM tidemark_pending ORDER BY seq");
  while (rows.step()) {
    CatalogTable* table = catalog_.by_number(static_cast<std::uint32_t>(rows.integer(kTable)));
    // Changes of a table that was given up before they were sealed concern nobody.
    if (table == nullptr || table->declared.empty() || table->triggers.columns.empty()) continue;
    drain_row(*table, rows, sink);
  }
  rows.reset();
  sql_.execute("DELETE FROM tidemark_pending");
}

void TriggerCapture::capture_new_columns(CatalogTable& table, OplogSink& sink,
                                         std::int64_t now_ms) {
  const LocalTable& local = *table.local;
  std::vector<std::size_t> fresh;
  std::string differs;
  for (std::size_t i = 0; i < local.column_nos.size(); ++i) {
    const auto& known = table.triggers.columns;
    if (std::ranges::find(known, local.column_nos[i]) != known.end()) continue;
    const ShapeColumn& column = local.shape.columns[i];
    fresh.push_back(i);
    differs += (differs.empty() ? "" : " OR ") + quoted(column.name) + " IS NOT ?" +
               std::to_string(fresh.size());
  }
  if (fresh.empty()) return;
  catalog_.set_triggers(table, CapturedShape::of(local));
  auto rows = sql_.prepare("SELECT " + column_list(local) + " FROM " + quoted(local.shape.name) +
                           " WHERE " + differs);
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto& value = local.shape.columns[fresh[i]].constant_default;
    rows.bind(static_cast<int>(i + 1), value ? value->view() : proto::Cell::null());
  }
  while (rows.step()) {
    read_cells(rows, 0, local.column_nos.size(), values_);
    sink.update({table, now_ms, values_}, fresh);
  }
}

void TriggerCapture::capture_seeds(CatalogTable& table, OplogSink& sink, std::int64_t now_ms) {
  TableScan rows(sql_, *table.local);
  while (rows.next()) sink.seed({table, now_ms, rows.values()});
}

}  // namespace tidemark::engine
