// tidemark's own tables in the app's database (SCHEMA.md), and how they are made and brought up to
// date.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "oplog/bytes.h"
#include "replica/connection.h"

namespace tidemark::replica {

/// One step of the schema's history: the SQL that leads from version `to` - 1 to `to`.
struct Migration {
  std::int64_t to{};
  const char* sql{};
};

/// All steps, from an empty database (version 0) on, in order.
std::span<const Migration> migrations();

/// The version of the schema that is there; 0 in a database without tidemark's tables.
std::int64_t schema_version(Connection& connection);

/// Runs the steps that are missing. Throws Error{newer_schema} when the database is beyond the last
/// step. Requires: a write transaction is open.
void migrate(Connection& connection, std::span<const Migration> steps = migrations());

/// Makes sure that this is a tidemark database of the version that this build knows, migrating an
/// older one. Throws Error{not_a_database, newer_schema, database_busy}.
void require_schema(Connection& connection, std::span<const Migration> steps = migrations());

/// Values of tidemark_meta, by key.
std::optional<std::int64_t> meta_integer(Connection& connection, std::string_view key);
std::optional<Bytes> meta_blob(Connection& connection, std::string_view key);
/// Requires: a write transaction is open.
void set_meta(Connection& connection, std::string_view key, const proto::Cell& value);

/// The keys that replica/ itself keeps in tidemark_meta.
namespace meta_key {
inline constexpr std::string_view schema = "schema";    ///< version of the tables
inline constexpr std::string_view group = "group";      ///< the 96 bytes of the GroupSpec
inline constexpr std::string_view origin = "origin";    ///< PeerId of the own log
inline constexpr std::string_view durable = "durable";  ///< counts the commits that were synced
}  // namespace meta_key

}  // namespace tidemark::replica
