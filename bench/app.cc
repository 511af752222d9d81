#include "bench/app.h"

#include <sqlite3.h>

#include <algorithm>
#include <stdexcept>

namespace tidemark::bench {
namespace {

constexpr const char* kSetUp =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;"
    "CREATE TABLE IF NOT EXISTS todos(id TEXT PRIMARY KEY NOT NULL, title TEXT, done INTEGER,"
    " updated_at INTEGER, notes TEXT)";

[[noreturn]] void fail(sqlite3* db) {
  throw std::runtime_error(sqlite3_errmsg(db));
}

}  // namespace

AppStatement::AppStatement(sqlite3* db, std::string_view sql) : db_(db) {
  check(sqlite3_prepare_v2(db, sql.data(), static_cast<int>(sql.size()), &handle_, nullptr),
        SQLITE_OK);
}

AppStatement::~AppStatement() {
  sqlite3_finalize(handle_);
}

void AppStatement::check(int code, int expected) const {
  if (code != expected) fail(db_);
}

AppStatement& AppStatement::bind(int parameter, std::string_view text) {
  check(sqlite3_bind_text(handle_, parameter, text.data(), static_cast<int>(text.size()),
                          SQLITE_STATIC),
        SQLITE_OK);
  return *this;
}

AppStatement& AppStatement::bind(int parameter, std::int64_t value) {
  check(sqlite3_bind_int64(handle_, parameter, value), SQLITE_OK);
  return *this;
}

void AppStatement::run() {
  check(sqlite3_step(handle_), SQLITE_DONE);
  check(sqlite3_reset(handle_), SQLITE_OK);
}

std::int64_t AppStatement::integer() {
  check(sqlite3_step(handle_), SQLITE_ROW);
  const std::int64_t value = sqlite3_column_int64(handle_, 0);
  check(sqlite3_reset(handle_), SQLITE_OK);
  return value;
}

App::App(const std::string& path) {
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) fail(db_);
  sqlite3_busy_timeout(db_, 5000);
  execute(kSetUp);
}

App::~App() {
  sqlite3_close(db_);
}

void App::execute(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail(db_);
}

std::int64_t App::integer(std::string_view sql) {
  return AppStatement(db_, sql).integer();
}

void App::insert(std::span<const Row> rows, std::size_t txn) {
  AppStatement begin(db_, "BEGIN");
  AppStatement commit(db_, "COMMIT");
  AppStatement insert(db_, "INSERT INTO todos VALUES(?1, ?2, ?3, ?4, ?5)");
  while (!rows.empty()) {
    const auto part = rows.first(std::min(txn, rows.size()));
    if (txn > 1) begin.run();
    for (const Row& row : part) {
      insert.bind(1, row.id).bind(2, row.title).bind(3, row.done).bind(4, row.updated_at);
      insert.bind(5, row.notes).run();
    }
    if (txn > 1) commit.run();
    rows = rows.subspan(part.size());
  }
}

std::int64_t App::bytes_in_use() {
  execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return (integer("PRAGMA page_count") - integer("PRAGMA freelist_count")) *
         integer("PRAGMA page_size");
}

}  // namespace tidemark::bench
