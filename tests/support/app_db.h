// The app's own side of a database in tests: a plain SQLite connection that knows nothing of
// tidemark.
#pragma once

#include <string>
#include <vector>

struct sqlite3;

namespace tidemark::test {

class AppDb {
 public:
  explicit AppDb(const std::string& path);
  ~AppDb();
  AppDb(const AppDb&) = delete;
  AppDb& operator=(const AppDb&) = delete;

  /// Runs statements; throws std::runtime_error with SQLite's message when one fails.
  void exec(const std::string& sql);
  /// The same, but tells whether it worked: for edits that a constraint may refuse.
  bool try_exec(const std::string& sql);
  /// Runs one statement as it is: what it leaves of an open transaction is SQLite's business.
  bool try_statement(const std::string& sql);
  /// All rows, each as "quote(a)|quote(b)|...", in the query's order.
  std::vector<std::string> rows(const std::string& query);
  /// First column of the first row.
  std::string text(const std::string& query);
  /// All rows of a table with typed, exact values, ordered by all columns.
  std::vector<std::string> table(const std::string& name);

 private:
  sqlite3* db_ = nullptr;
};

}  // namespace tidemark::test
