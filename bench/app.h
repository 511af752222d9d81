// The app's side of a database: a plain SQLite connection with prepared statements that knows
// nothing of tidemark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "bench/rows.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tidemark::bench {

/// One prepared statement. Throws std::runtime_error with SQLite's message when anything fails.
class AppStatement {
 public:
  AppStatement(sqlite3* db, std::string_view sql);
  ~AppStatement();
  AppStatement(const AppStatement&) = delete;
  AppStatement& operator=(const AppStatement&) = delete;

  /// Bound text must outlive the next run.
  AppStatement& bind(int parameter, std::string_view text);
  AppStatement& bind(int parameter, std::int64_t value);
  void run();
  /// First column of the first row.
  std::int64_t integer();

 private:
  void check(int code, int expected) const;
  sqlite3* db_;
  sqlite3_stmt* handle_ = nullptr;
};

/// WAL, synchronous NORMAL, 64 MiB of cache, and one table of todos.
class App {
 public:
  explicit App(const std::string& path);
  ~App();
  App(const App&) = delete;
  App& operator=(const App&) = delete;

  /// Inserts rows, `txn` of them in a transaction.
  void insert(std::span<const Row> rows, std::size_t txn);
  void execute(const std::string& sql);
  std::int64_t integer(std::string_view sql);
  /// Pages in use, in bytes, after everything in the WAL went into the database.
  std::int64_t bytes_in_use();
  sqlite3* handle() { return db_; }

 private:
  sqlite3* db_ = nullptr;
};

}  // namespace tidemark::bench
