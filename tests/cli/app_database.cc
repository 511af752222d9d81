#include "tests/cli/app_database.h"

#include <sqlite3.h>

#include <stdexcept>

namespace tidemark::test {
namespace {

int append_row(void* out, int columns, char** values, char** /*names*/) {
  auto& text = *static_cast<std::string*>(out);
  if (!text.empty()) text += '\n';
  for (int i = 0; i < columns; ++i) {
    if (i > 0) text += '|';
    text += values[i] == nullptr ? "NULL" : values[i];
  }
  return 0;
}

}  // namespace

AppDatabase::AppDatabase(const std::string& path) {
  if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) throw std::runtime_error("open: " + path);
  sqlite3_busy_timeout(db_, 10000);
}

AppDatabase::~AppDatabase() {
  sqlite3_close(db_);
}

void AppDatabase::run(const std::string& sql) {
  ask(sql);
}

std::string AppDatabase::ask(const std::string& sql) {
  std::string text;
  if (sqlite3_exec(db_, sql.c_str(), append_row, &text, nullptr) != SQLITE_OK) {
    throw std::runtime_error(std::string(sqlite3_errmsg(db_)) + ": " + sql);
  }
  return text;
}

void run_sql(const std::string& path, const std::string& sql) {
  AppDatabase(path).run(sql);
}

std::string ask_sql(const std::string& path, const std::string& sql) {
  return AppDatabase(path).ask(sql);
}

}  // namespace tidemark::test
