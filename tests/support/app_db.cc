#include "tests/support/app_db.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <stdexcept>

namespace tidemark::test {
namespace {

/// Typed and exact: 1 and 1.0, 'x' and x'78' differ.
std::string cell_text(sqlite3_stmt* row, int column) {
  switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL: return "NULL";
    case SQLITE_INTEGER: return std::to_string(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT: {
      char text[40];
      std::snprintf(text, sizeof text, "%.17g (real)", sqlite3_column_double(row, column));
      return text;
    }
    default: break;
  }
  const bool blob = sqlite3_column_type(row, column) == SQLITE_BLOB;
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(row, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(row, column));
  return (blob ? "x'" : "'") + std::string(bytes == nullptr ? "" : bytes, size) + "'";
}

}  // namespace

AppDb::AppDb(const std::string& path) {
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) {
    throw std::runtime_error("can't open " + path);
  }
  sqlite3_busy_timeout(db_, 10'000);
}

AppDb::~AppDb() { sqlite3_close(db_); }

void AppDb::exec(const std::string& sql) {
  char* message = nullptr;
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) != SQLITE_OK) {
    const std::string text = message == nullptr ? "?" : message;
    sqlite3_free(message);
    throw std::runtime_error(text + " in: " + sql);
  }
}

bool AppDb::try_exec(const std::string& sql) {
  if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return true;
  if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
  return false;
}

bool AppDb::try_statement(const std::string& sql) {
  return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

std::vector<std::string> AppDb::rows(const std::string& query) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db_, query.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sqlite3_errmsg(db_)) + " in: " + query);
  }
  std::vector<std::string> out;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    std::string row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      row += (i == 0 ? "" : "|") + cell_text(statement, i);
    }
    out.push_back(std::move(row));
  }
  sqlite3_finalize(statement);
  return out;
}

std::string AppDb::text(const std::string& query) {
  const auto all = rows(query);
  return all.empty() ? std::string() : all.front();
}

std::vector<std::string> AppDb::table(const std::string& name) {
  std::vector<std::string> out = rows("SELECT * FROM \"" + name + "\"");
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tidemark::test
