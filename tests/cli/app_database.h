// An app's database, and the app that writes to it with plain SQLite.
#pragma once

#include <string>

struct sqlite3;

namespace tidemark::test {

/// A connection of the app's own.
class AppDatabase {
 public:
  /// Opens the file, creating it if there is none.
  explicit AppDatabase(const std::string& path);
  AppDatabase(const AppDatabase&) = delete;
  AppDatabase& operator=(const AppDatabase&) = delete;
  ~AppDatabase();

  /// Throws std::runtime_error with SQLite's words.
  void run(const std::string& sql);
  /// Every value of the result: columns separated by '|', rows by '\n'.
  std::string ask(const std::string& sql);

 private:
  sqlite3* db_ = nullptr;
};

/// Opens, runs, closes.
void run_sql(const std::string& path, const std::string& sql);
std::string ask_sql(const std::string& path, const std::string& sql);

}  // namespace tidemark::test
