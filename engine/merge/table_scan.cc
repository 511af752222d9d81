#include "engine/merge/table_scan.h"

#include "engine/merge/identity.h"
#include "oplog/limits.h"

namespace tidemark::engine {
namespace {

std::string select_all(const LocalTable& table) {
  std::string names;
  for (const ShapeColumn& column : table.shape.columns) {
    names += (names.empty() ? "" : ", ") + replica::quoted(column.name);
  }
  return "SELECT " + names + " FROM " + replica::quoted(table.shape.name);
}

}  // namespace

TableScan::TableScan(replica::Connection& sql, const LocalTable& table)
    : table_(table), rows_(sql.prepare(select_all(table))) {}

bool TableScan::next() {
  while (rows_.step()) {
    values_.clear();
    key_.clear();
    identity_.clear();
    for (int i = 0; i < rows_.columns(); ++i) values_.push_back(rows_.cell(i));
    bool local_only = false;
    std::size_t key_bytes = 0;
    for (std::size_t i = 0; i < table_.key_columns.size(); ++i) {
      const proto::Cell& value = values_[table_.key_columns[i]];
      key_bytes += proto::encoded_size(value);
      local_only = local_only || value.type == proto::CellType::null || key_bytes > kKeyBytesMax;
      key_.push_back(value);
      if (!local_only) append_identity(identity_, value, table_.key_collations[i]);
    }
    if (!local_only) return true;
  }
  return false;
}

}  // namespace tidemark::engine
