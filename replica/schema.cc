#include "replica/schema.h"

#include <array>
#include <string>

#include "oplog/check.h"
#include "oplog/error.h"

namespace tidemark::replica {
namespace {

// Once a version has been released its text never changes: a later step alters what it made.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE tidemark_meta(
  key TEXT PRIMARY KEY,
  value
) WITHOUT ROWID;

CREATE TABLE tidemark_origin(
  ref INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  branch INTEGER NOT NULL DEFAULT 0,
  next INTEGER NOT NULL DEFAULT 0,
  chain BLOB NOT NULL,
  floor INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 0,
  applied INTEGER NOT NULL DEFAULT 0,
  told INTEGER NOT NULL DEFAULT 0,
  known INTEGER NOT NULL DEFAULT 0,
  last_hlc INTEGER NOT NULL DEFAULT 0,
  skew_ms INTEGER NOT NULL DEFAULT 0,
  name TEXT NOT NULL DEFAULT '',
  state INTEGER NOT NULL DEFAULT 0,
  UNIQUE(id, branch)
);

CREATE TABLE tidemark_frame(
  origin INTEGER NOT NULL,
  first INTEGER NOT NULL,
  count INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  UNIQUE(origin, first)
);

CREATE TABLE tidemark_quarantine(
  origin BLOB NOT NULL,
  first INTEGER NOT NULL,
  code INTEGER NOT NULL,
  reason TEXT NOT NULL,
  bytes BLOB,
  seen_ms INTEGER NOT NULL,
  PRIMARY KEY(origin, first, code)
) WITHOUT ROWID;

CREATE TABLE tidemark_peer(
  location TEXT PRIMARY KEY,
  group_id BLOB,
  state TEXT NOT NULL DEFAULT '',
  code INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  hint TEXT NOT NULL DEFAULT '',
  to_send INTEGER NOT NULL DEFAULT 0,
  to_get INTEGER NOT NULL DEFAULT 0,
  files TEXT NOT NULL DEFAULT '',
  good_ms INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

CREATE TABLE tidemark_segment(
  peer TEXT NOT NULL,
  first INTEGER NOT NULL,
  next INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  level INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY(peer, first, next)
) WITHOUT ROWID;

CREATE TABLE tidemark_pending(
  seq INTEGER PRIMARY KEY,
  tbl INTEGER,
  op INTEGER,
  at REAL,
  mask,
  v0, v1, v2, v3, v4, v5, v6, v7
);

CREATE TABLE tidemark_table(
  no INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  spelling TEXT NOT NULL,
  state INTEGER NOT NULL,
  decl BLOB,
  shape TEXT,
  base BLOB,
  digest_lo INTEGER NOT NULL DEFAULT 0,
  digest_hi INTEGER NOT NULL DEFAULT 0,
  live INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE tidemark_column(
  tbl INTEGER NOT NULL,
  no INTEGER NOT NULL,
  name TEXT NOT NULL,
  spelling TEXT NOT NULL,
  PRIMARY KEY(tbl, no)
) WITHOUT ROWID;

CREATE TABLE tidemark_decl(
  origin INTEGER NOT NULL,
  id INTEGER NOT NULL,
  tbl INTEGER NOT NULL,
  payload BLOB NOT NULL,
  PRIMARY KEY(origin, id)
) WITHOUT ROWID;

CREATE TABLE tidemark_row(
  slot INTEGER PRIMARY KEY,
  clock BLOB NOT NULL
);

CREATE TABLE tidemark_row_overflow(
  hash BLOB PRIMARY KEY,
  clock BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE tidemark_cell(
  tbl INTEGER NOT NULL,
  identity BLOB NOT NULL,
  col INTEGER NOT NULL,
  value,
  PRIMARY KEY(tbl, identity, col)
) WITHOUT ROWID;

CREATE TABLE tidemark_parked(
  tbl INTEGER NOT NULL,
  identity BLOB NOT NULL,
  stratum INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY(tbl, identity)
) WITHOUT ROWID;
)sql";

constexpr std::array<Migration, 1> kMigrations = {{{1, kVersion1}}};

[[noreturn]] void refuse_newer(const Connection& connection, std::int64_t version) {
  throw Error(ErrorCode::newer_schema,
              connection.path() + " has schema version " + std::to_string(version) +
                  ", which this version of tidemark does not know",
              "update tidemark on this device");
}

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

std::int64_t schema_version(Connection& connection) {
  const bool there =
      connection.integer(
          "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'tidemark_meta'") !=
      0;
  return there ? meta_integer(connection, meta_key::schema).value_or(0) : 0;
}

void migrate(Connection& connection, std::span<const Migration> steps) {
  TIDEMARK_CHECK(connection.in_transaction() && !steps.empty());
  const std::int64_t version = schema_version(connection);
  if (version > steps.back().to) refuse_newer(connection, version);
  for (const Migration& step : steps) {
    if (step.to > version) connection.execute(step.sql);
  }
  if (version < steps.back().to) {
    set_meta(connection, meta_key::schema, proto::Cell::of_integer(steps.back().to));
  }
}

void require_schema(Connection& connection, std::span<const Migration> steps) {
  const std::int64_t version = schema_version(connection);
  if (version == 0) {
    throw Error(ErrorCode::not_a_database, connection.path() + " is not a tidemark database",
                "run: tidemark init " + connection.path());
  }
  if (version > steps.back().to) refuse_newer(connection, version);
  if (version == steps.back().to) return;
  WriteTransaction transaction(connection);
  migrate(connection, steps);
  transaction.commit();
}

std::optional<std::int64_t> meta_integer(Connection& connection, std::string_view key) {
  Statement get = connection.prepare("SELECT value FROM tidemark_meta WHERE key = ?1");
  get.bind_text(1, key);
  return get.step() ? std::optional(get.integer(0)) : std::nullopt;
}

std::optional<Bytes> meta_blob(Connection& connection, std::string_view key) {
  Statement get = connection.prepare("SELECT value FROM tidemark_meta WHERE key = ?1");
  get.bind_text(1, key);
  if (!get.step()) return std::nullopt;
  const ByteView value = get.blob(0);
  return Bytes(value.begin(), value.end());
}

void set_meta(Connection& connection, std::string_view key, const proto::Cell& value) {
  connection
      .prepare(
          "INSERT INTO tidemark_meta(key, value) VALUES(?1, ?2) "
          "ON CONFLICT(key) DO UPDATE SET value = excluded.value")
      .bind_text(1, key)
      .bind(2, value)
      .run();
}

}  // namespace tidemark::replica
