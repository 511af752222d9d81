#include "engine/capture/schema_notice.h"

#include <algorithm>

namespace tidemark::engine {
namespace {

/// A row's identity must not change under its clock.
bool same_key(Catalog& catalog, CatalogTable& table, const TableShape& shape) {
  const CapturedShape& known = table.triggers;
  if (known.key.size() != shape.key.size()) return false;
  for (std::size_t i = 0; i < shape.key.size(); ++i) {
    const ColumnNo column = catalog.column(table, shape.columns[shape.key[i].column].name);
    if (column != known.columns[known.key[i]]) return false;
    if (known_collation(shape.key[i].collation) != known.collations[i]) return false;
  }
  return true;
}

/// Columns that the triggers know and the table has no more (or by another name): their values must
/// be kept aside.
bool lost_columns(const CatalogTable& table) {
  return std::ranges::any_of(table.triggers.columns, [&](ColumnNo column) {
    return table.local->position(column) == table.local->column_nos.size();
  });
}

}  // namespace

SchemaNotice notice_schema(replica::Connection& sql, Catalog& catalog, TriggerCapture& capture) {
  SchemaNotice notice;
  for (CatalogTable* table : catalog.tables()) {
    const bool was_lost = table->state == TableState::dropped;
    if (!table->captured() && !was_lost) continue;
    const auto shape = read_shape(sql, table->name);
    if (!shape || !same_key(catalog, *table, *shape)) {
      if (!was_lost) notice.lost.push_back(table);
      catalog.set_state(*table, TableState::dropped);
      continue;
    }
    if (was_lost) catalog.set_state(*table, TableState::returning);
    catalog.set_local(*table, *shape);
    if (was_lost) {
      notice.returned.push_back(table);
    } else if (!capture.installed(*table) || lost_columns(*table)) {
      notice.rebuilt.push_back(table);
    } else if (CapturedShape::of(*table->local) != table->triggers) {
      notice.altered.push_back(table);
    }
  }
  return notice;
}

}  // namespace tidemark::engine
