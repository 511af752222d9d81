// The fence around SQLite: connections, statements, one kind of write transaction. engine/ and api/
// use this and nothing below it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "oplog/bytes.h"
#include "proto/record.h"

struct sqlite3_stmt;

namespace tidemark::replica {

/// What a connection is for.
enum class Role : std::uint8_t {
  own,      ///< tidemark's own: see Connection
  app,      ///< runs the app's SQL: triggers fire, SQLite's defaults hold, the journal mode stays
  scratch,  ///< a private temporary database that goes with the connection; no path
};

struct ConnectionOptions {
  std::string path{};  ///< a file, never a URI
  Role role = Role::own;
  std::string vfs{};   ///< empty = SQLite's default
  int busy_ms = 5000;  ///< how long to wait for another writer
  bool read_only{};
  bool create{};  ///< create the file if there is none
};

/// What one step of a statement came to. `constraint` is a normal outcome of merging rows.
enum class Step : std::uint8_t { row, done, constraint };

/// A prepared statement. Movable; owned by its user; must go before its Connection.
/// Reading: views returned by text(), blob(), cell() hold until the next step or reset.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  /// Parameters are numbered from 1. Bound text and blobs must outlive the next reset (no copy).
  Statement& bind(int parameter, std::int64_t value);
  Statement& bind_real(int parameter, double value);
  Statement& bind_text(int parameter, std::string_view text);
  Statement& bind_blob(int parameter, ByteView blob);
  Statement& bind_null(int parameter);
  /// Requires: null, integer, real, text or blob.
  Statement& bind(int parameter, const proto::Cell& cell);

  /// Runs to the next row. Throws Error on anything but a row, the end, or a constraint that
  /// refused the row; after done and constraint the statement is reset.
  Step try_step();
  /// The same where a constraint is no normal outcome: true for a row, false at the end.
  bool step();
  /// For statements without rows: binds are kept, ready to run again.
  void run();
  void reset() noexcept;

  /// Columns of the current row are numbered from 0.
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  ByteView blob(int column) const;
  /// The value in its own storage class, byte for byte.
  proto::Cell cell(int column) const;
  int columns() const;

  explicit operator bool() const { return handle_ != nullptr; }

 private:
  friend class Connection;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  [[noreturn]] void fail(int code) const;
  sqlite3_stmt* handle_ = nullptr;
};

/// Resets a statement when the reader of its rows goes, however it goes.
class ResetOnExit {
 public:
  explicit ResetOnExit(Statement& statement) : statement_(statement) {}
  ~ResetOnExit() { statement_.reset(); }
  ResetOnExit(const ResetOnExit&) = delete;
  ResetOnExit& operator=(const ResetOnExit&) = delete;

 private:
  Statement& statement_;
};

/// One connection of our own to the app's database: WAL, foreign_keys off, triggers disabled (the
/// app's SQL never runs here), recursive_triggers off, secure_delete off, synchronous NORMAL.
/// Thread: one at a time.
class Connection {
 public:
  /// Throws Error{database_missing | not_a_database | database_busy | database_corrupt | ...}.
  explicit Connection(const ConnectionOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Statement prepare(std::string_view sql);
  /// Runs one or more statements without parameters.
  void execute(const std::string& sql);
  /// First column of the first row; 0 without a row.
  std::int64_t integer(std::string_view sql);
  std::string text(std::string_view sql);

  /// Rows changed by the last statement.
  std::int64_t changes() const;
  /// Rows changed through this connection since it was opened.
  std::int64_t total_changes() const;
  bool in_transaction() const;
  /// Changes whenever another connection committed.
  std::int64_t data_version();
  /// Changes whenever anybody changed the schema.
  std::int64_t schema_version();
  /// NORMAL for all but the transactions that must be durable before bytes leave.
  /// Requires: no transaction is open.
  void set_full_sync(bool full);
  /// Ends an open transaction without its changes; nothing happens when there is none.
  void rollback() noexcept;

  const std::string& path() const;

 private:
  friend class WriteTransaction;
  void configure(const ConnectionOptions& options);
  void begin_immediate();
  void commit();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// BEGIN IMMEDIATE ... COMMIT; rolls back when it goes without commit(). Throws
/// Error{database_busy} when another writer did not finish in time.
class WriteTransaction {
 public:
  explicit WriteTransaction(Connection& connection);
  ~WriteTransaction();
  WriteTransaction(const WriteTransaction&) = delete;
  WriteTransaction& operator=(const WriteTransaction&) = delete;
  void commit();

 private:
  Connection& connection_;
  bool open_ = true;
};

/// A double-quoted SQL identifier.
std::string quoted(std::string_view name);

}  // namespace tidemark::replica
