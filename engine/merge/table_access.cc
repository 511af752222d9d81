#include "engine/merge/table_access.h"

namespace tidemark::engine {
namespace {

using replica::quoted;
using replica::Statement;
using replica::Step;

void bind_all(Statement& statement, std::size_t first, std::span<const proto::Cell> cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    statement.bind(static_cast<int>(first + i), cells[i]);
  }
}

}  // namespace

TableAccess::TableAccess(replica::Connection& sql, const LocalTable& table)
    : sql_(sql), table_(table) {
  std::string names;
  std::string marks;
  for (const ShapeColumn& column : table.shape.columns) {
    names += (names.empty() ? "" : ", ") + quoted(column.name);
    marks += marks.empty() ? "?" : ", ?";
  }
  const std::string name = quoted(table.shape.name);
  // OR ABORT overrides ON CONFLICT clauses of the table's own constraints: those would evict or
  // drop rows behind our back.
  insert_ = sql.prepare("INSERT OR ABORT INTO " + name + "(" + names + ") VALUES(" + marks + ")");
  remove_ = sql.prepare("DELETE FROM " + name + where_key(1));
  read_ = sql.prepare("SELECT " + names + " FROM " + name + where_key(1));
}

std::string TableAccess::where_key(std::size_t first_parameter) const {
  std::string where;
  for (std::size_t i = 0; i < table_.key_columns.size(); ++i) {
    where += (where.empty() ? " WHERE " : " AND ") +
             quoted(table_.shape.columns[table_.key_columns[i]].name) + " = ?" +
             std::to_string(first_parameter + i) + " COLLATE " + table_.shape.key[i].collation;
  }
  return where;
}

Step TableAccess::insert(std::span<const proto::Cell> values) {
  bind_all(insert_, 1, values);
  return insert_.try_step();
}

Statement& TableAccess::updater(std::span<const std::size_t> positions) {
  std::vector<std::size_t> key(positions.begin(), positions.end());
  if (const auto found = updates_.find(key); found != updates_.end()) return found->second;
  // One subset of columns per kind of edit: few in practice, but nothing bounds them.
  if (updates_.size() >= 64) updates_.clear();
  std::string assignments;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    assignments += (i == 0 ? "" : ", ") + quoted(table_.shape.columns[positions[i]].name) + " = ?" +
                   std::to_string(i + 1);
  }
  return updates_
      .emplace(std::move(key), sql_.prepare("UPDATE OR ABORT " + quoted(table_.shape.name) + " SET " +
                                            assignments + where_key(positions.size() + 1)))
      .first->second;
}

Step TableAccess::update(std::span<const proto::Cell> key, std::span<const std::size_t> positions,
                         std::span<const proto::Cell> values) {
  Statement& statement = updater(positions);
  bind_all(statement, 1, values);
  bind_all(statement, values.size() + 1, key);
  return statement.try_step();
}

void TableAccess::remove(std::span<const proto::Cell> key) {
  bind_all(remove_, 1, key);
  remove_.run();
}

bool TableAccess::exists(std::span<const proto::Cell> key) {
  bind_all(read_, 1, key);
  const bool found = read_.step();
  read_.reset();
  return found;
}

bool TableAccess::read(std::span<const proto::Cell> key, std::vector<proto::OwnedCell>& out) {
  bind_all(read_, 1, key);
  const bool found = read_.step();
  out.clear();
  for (int i = 0; found && i < read_.columns(); ++i) out.emplace_back(read_.cell(i));
  read_.reset();
  return found;
}

}  // namespace tidemark::engine
