#include "engine/capture/tracking.h"

#include <algorithm>

#include "oplog/limits.h"

namespace tidemark::engine {
namespace {

using replica::quoted;

constexpr std::string_view kGeneratedKey =
    "TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16))))";

std::string create_table_hint(const TableShape& shape) {
  std::string sql = "CREATE TABLE " + quoted(shape.name) + "(";
  const std::size_t key = shape.key.empty() ? shape.columns.size() : shape.key.front().column;
  sql += quoted(key < shape.columns.size() ? shape.columns[key].name : "id");
  sql += " " + std::string(kGeneratedKey);
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if (i == key) continue;
    const ShapeColumn& column = shape.columns[i];
    sql += ", " + quoted(column.name) + (column.type.empty() ? "" : " " + column.type);
    if (column.not_null) sql += " NOT NULL";
    if (!column.default_sql.empty()) sql += " DEFAULT (" + column.default_sql + ")";
  }
  return sql + ")";
}

std::string key_text(const TableShape& shape) {
  std::string text;
  for (const KeyPart& part : shape.key) {
    const ShapeColumn& column = shape.columns[part.column];
    text += (text.empty() ? "" : ", ") + column.name + (column.type.empty() ? "" : " " + column.type);
  }
  return text;
}

/// The first collation of a key or UNIQUE index that is not built in; empty if there is none.
std::string foreign_collation(const TableShape& shape) {
  for (const KeyPart& part : shape.key) {
    if (!known_collation(part.collation)) return part.collation;
  }
  for (const UniqueIndex& unique : shape.uniques) {
    for (const auto& term : unique.terms) {
      if (!known_collation(term.collation)) return term.collation;
    }
  }
  return {};
}

void refuse(TableVerdict& verdict, ErrorCode code, std::string reason, std::string hint) {
  verdict.code = code;
  verdict.reason = std::move(reason);
  verdict.hint = std::move(hint);
}

/// Whether a schema entry could not hold the table's declaration.
bool oversized(const TableShape& shape) {
  std::size_t bytes = shape.name.size();
  bool long_name = shape.name.size() > kNameBytesMax;
  for (const ShapeColumn& column : shape.columns) {
    bytes += column.name.size() + column.type.size() + column.default_sql.size() + 16;
    long_name = long_name || column.name.size() > kNameBytesMax || column.type.size() > kNameBytesMax;
  }
  return long_name || bytes > kRecordBytesMax || shape.columns.size() > kColumnsMax;
}

void judge(const TableShape& shape, bool natural_key, TableVerdict& verdict) {
  if (shape.key.empty()) {
    refuse(verdict, ErrorCode::table_without_key,
           "without a primary key, no two devices can mean the same row",
           create_table_hint(shape));
  } else if (shape.rowid_alias && !natural_key) {
    refuse(verdict, ErrorCode::table_rowid_key,
           "integer key '" + shape.columns[shape.key.front().column].name +
               "' would collide between devices",
           create_table_hint(shape) +
               "; or, if equal numbers mean the same row everywhere, track it with --natural-key");
  } else if (oversized(shape)) {
    refuse(verdict, ErrorCode::table_unsupported,
           "its declaration is larger than an entry of the log can be",
           "use at most 2000 columns, and names of at most 1024 bytes");
  } else if (const std::string collation = foreign_collation(shape); !collation.empty()) {
    refuse(verdict, ErrorCode::table_collation,
           "collation " + collation + " of a key or UNIQUE column is not built into SQLite",
           "use BINARY, NOCASE or RTRIM there");
  }
}

void count_rows(replica::Connection& sql, const TableShape& shape, TableVerdict& verdict) {
  verdict.rows = sql.integer("SELECT count(*) FROM " + quoted(shape.name));
  std::string null_key;
  for (const KeyPart& part : shape.key) {
    null_key += (null_key.empty() ? "" : " OR ") + quoted(shape.columns[part.column].name) +
                " IS NULL";
  }
  if (null_key.empty()) return;
  verdict.null_keys =
      sql.integer("SELECT count(*) FROM " + quoted(shape.name) + " WHERE " + null_key);
}

bool is_own(std::string_view table) { return folded(table).starts_with("tidemark_"); }

}  // namespace

TableVerdict assess(replica::Connection& sql, std::string_view table, bool natural_key) {
  TableVerdict verdict;
  verdict.table = table;
  const auto shape = is_own(table) ? std::nullopt : read_shape(sql, table);
  if (!shape) {
    auto other = sql.prepare("SELECT count(*) FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE");
    other.bind_text(1, table);
    const bool exists = other.step() && other.integer(0) != 0;
    if (exists) {
      refuse(verdict, ErrorCode::table_unsupported,
             "'" + verdict.table + "' is a view, a virtual or an internal table",
             "track the tables that hold its data");
    } else {
      refuse(verdict, ErrorCode::table_missing, "there is no table '" + verdict.table + "'",
             "list the tables with: sqlite3 <db> .tables");
    }
    return verdict;
  }
  verdict.table = shape->name;
  verdict.key = key_text(*shape);
  judge(*shape, natural_key, verdict);
  // Nothing can be read through an index whose collation is not here.
  if (verdict.code == ErrorCode::table_collation) return verdict;
  count_rows(sql, *shape, verdict);
  return verdict;
}

std::vector<std::string> app_tables(replica::Connection& sql) {
  std::vector<std::string> names;
  auto rows = sql.prepare(
      "SELECT s.name FROM sqlite_schema s JOIN pragma_table_list l ON l.name = s.name "
      "WHERE s.type = 'table' AND l.schema = 'main' AND l.type = 'table' "
      "AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.name NOT LIKE 'tidemark\\_%' ESCAPE '\\' "
      "ORDER BY s.rowid");
  while (rows.step()) names.emplace_back(rows.text(0));
  return names;
}

}  // namespace tidemark::engine
