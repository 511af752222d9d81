// What a table of the app looks like in SQL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proto/record.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// SQLite's column affinities (sqlite.org/datatype3.html, 3.1).
enum class Affinity : std::uint8_t { blob, text, numeric, integer, real };

Affinity affinity_of(std::string_view declared_type);

/// A column that stores a value (generated columns are left out).
struct ShapeColumn {
  std::string name;
  std::string type;
  bool not_null{};
  std::string default_sql;                             ///< as written; empty without one
  std::optional<proto::OwnedCell> constant_default;    ///< when default_sql is a literal
  bool operator==(const ShapeColumn&) const = default;
};

struct KeyPart {
  std::size_t column{};         ///< position in TableShape::columns
  std::string collation;        ///< of the primary key's index
  bool operator==(const KeyPart&) const = default;
};

/// A UNIQUE constraint or index besides the primary key.
struct UniqueIndex {
  struct Term {
    std::string sql;            ///< a quoted column, or an expression
    std::string collation;
    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;
  std::string where;            ///< of a partial index; empty otherwise
  bool operator==(const UniqueIndex&) const = default;
};

struct ForeignKey {
  std::vector<std::size_t> columns;
  std::string parent;
  std::vector<std::string> parent_columns;
  bool operator==(const ForeignKey&) const = default;
};

struct TableShape {
  std::string name;             ///< as spelled in the schema
  bool rowid_alias{};           ///< INTEGER PRIMARY KEY of a rowid table
  std::vector<ShapeColumn> columns;
  std::vector<std::string> generated;  ///< columns that are computed, by name
  std::vector<KeyPart> key;     ///< empty: no primary key
  std::vector<UniqueIndex> uniques;
  std::vector<ForeignKey> foreign_keys;

  bool is_key(std::size_t column) const;
  bool operator==(const TableShape&) const = default;
};

/// None if there is no ordinary table of this name (a view, a virtual or internal table is none).
std::optional<TableShape> read_shape(replica::Connection& sql, std::string_view table);

/// ASCII lower case: what identifies tables and columns.
std::string folded(std::string_view name);

/// BINARY, NOCASE or RTRIM; none for a collation that other devices may lack.
std::optional<proto::Collation> known_collation(std::string_view name);

/// What an absent cell shows (docs/merge.md): constant default, else NULL, else typed zero.
proto::Cell absent_value(const ShapeColumn& column);

}  // namespace tidemark::engine
