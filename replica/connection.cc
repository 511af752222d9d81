#include "replica/connection.h"

#include <sqlite3.h>

#include <filesystem>
#include <optional>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>

#include "oplog/check.h"
#include "oplog/error.h"
#include "replica/sqlite_error.h"

namespace tidemark::replica {
namespace {

using proto::Cell;
using proto::CellType;

// Binding a null pointer means NULL to SQLite, whatever its length.
constexpr char kEmpty[1] = {};

std::string readable_sql(sqlite3_stmt* handle) {
  const char* sql = sqlite3_sql(handle);
  return std::string("running ").append(sql == nullptr ? "a statement" : sql);
}

}  // namespace

Statement::Statement(Statement&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(handle_, other.handle_);
  return *this;
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

void Statement::fail(int code) const {
  throw_sqlite_error(sqlite3_db_handle(handle_), code, readable_sql(handle_));
}

Statement& Statement::bind(int parameter, std::int64_t value) {
  if (const int code = sqlite3_bind_int64(handle_, parameter, value)) fail(code);
  return *this;
}

Statement& Statement::bind_real(int parameter, double value) {
  if (const int code = sqlite3_bind_double(handle_, parameter, value)) fail(code);
  return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view text) {
  const char* data = text.empty() ? kEmpty : text.data();
  if (const int code =
          sqlite3_bind_text64(handle_, parameter, data, text.size(), SQLITE_STATIC, SQLITE_UTF8)) {
    fail(code);
  }
  return *this;
}

Statement& Statement::bind_blob(int parameter, ByteView blob) {
  const void* data = blob.empty() ? kEmpty : static_cast<const void*>(blob.data());
  if (const int code = sqlite3_bind_blob64(handle_, parameter, data, blob.size(), SQLITE_STATIC)) {
    fail(code);
  }
  return *this;
}

Statement& Statement::bind_null(int parameter) {
  if (const int code = sqlite3_bind_null(handle_, parameter)) fail(code);
  return *this;
}

Statement& Statement::bind(int parameter, const Cell& cell) {
  switch (cell.type) {
    case CellType::null:
      return bind_null(parameter);
    case CellType::integer:
      return bind(parameter, cell.integer);
    case CellType::real:
      return bind_real(parameter, cell.real);
    case CellType::text:
      return bind_text(parameter, as_text(cell.bytes));
    case CellType::blob:
      return bind_blob(parameter, cell.bytes);
    case CellType::chunked:
    case CellType::omitted:
    case CellType::increment:
      break;
  }
  TIDEMARK_CHECK(!"a cell without a value of its own can't be bound");
  return *this;
}

Step Statement::try_step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return Step::row;
  if (code == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return Step::done;
  }
  if ((code & 0xFF) == SQLITE_CONSTRAINT) {
    sqlite3_reset(handle_);
    return Step::constraint;
  }
  try {
    fail(code);
  } catch (...) {
    sqlite3_reset(handle_);  // after the message was taken, which a reset may change
    throw;
  }
}

bool Statement::step() {
  switch (try_step()) {
    case Step::row:
      return true;
    case Step::done:
      return false;
    case Step::constraint:
      break;
  }
  fail(sqlite3_extended_errcode(sqlite3_db_handle(handle_)));
}

void Statement::run() {
  while (step()) {
  }
}

void Statement::reset() noexcept {
  sqlite3_reset(handle_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  return data == nullptr ? std::string_view()
                         : std::string_view(reinterpret_cast<const char*>(data), size);
}

ByteView Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

Cell Statement::cell(int column) const {
  switch (sqlite3_column_type(handle_, column)) {
    case SQLITE_INTEGER:
      return Cell::of_integer(integer(column));
    case SQLITE_FLOAT:
      return Cell::of_real(real(column));
    case SQLITE_TEXT:
      return Cell::of_text(text(column));
    case SQLITE_BLOB:
      return Cell::of_blob(blob(column));
    default:
      return Cell::null();
  }
}

int Statement::columns() const {
  return sqlite3_column_count(handle_);
}

struct Connection::Impl {
  explicit Impl(const ConnectionOptions& options)
      : path(options.path),
        // Absolute, so that neither ":memory:" nor "file:..." has a meaning of its own.
        database(file_name(options), flags(options), options.busy_ms, options.vfs) {}

  static std::string file_name(const ConnectionOptions& options) {
    // SQLite's name for a temporary file that nobody else sees and that no crash leaves behind.
    if (options.role == Role::scratch) return {};
    return std::filesystem::absolute(options.path).string();
  }

  static int flags(const ConnectionOptions& options) {
    // One thread at a time, by contract: SQLite's own locking would be paid for every value read.
    if (options.read_only) return SQLite::OPEN_READONLY | SQLite::OPEN_NOMUTEX;
    const bool create = options.create || options.role == Role::scratch;
    return SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX | (create ? SQLite::OPEN_CREATE : 0);
  }

  sqlite3* handle() const { return database.getHandle(); }

  std::string path;
  SQLite::Database database;
  Statement begin_immediate;
  Statement commit;
  Statement data_version;
  Statement schema_version;
};

namespace {

[[noreturn]] void fail_to_open(const ConnectionOptions& options, const SQLite::Exception& cause) {
  std::error_code ignored;
  if (!std::filesystem::exists(options.path, ignored)) {
    throw Error(ErrorCode::database_missing, "no database file at " + options.path,
                "check the path");
  }
  throw sqlite_error(cause.getErrorCode(), "opening " + options.path, cause.what());
}

}  // namespace

Connection::Connection(const ConnectionOptions& options) {
  if (options.path.empty() && options.role != Role::scratch) {
    throw Error(ErrorCode::invalid_argument, "a database needs a path", "name a database file");
  }
  try {
    impl_ = std::make_unique<Impl>(options);
  } catch (const SQLite::Exception& cause) {
    fail_to_open(options, cause);
  }
  sqlite3_extended_result_codes(impl_->handle(), 1);
  configure(options);
  impl_->begin_immediate = prepare("BEGIN IMMEDIATE");
  impl_->commit = prepare("COMMIT");
  impl_->data_version = prepare("PRAGMA data_version");
  impl_->schema_version = prepare("PRAGMA schema_version");
  integer("PRAGMA schema_version");
}

void Connection::configure(const ConnectionOptions& options) {
  if (options.role == Role::app) return;
  sqlite3_db_config(impl_->handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  if (options.role == Role::scratch) {
    execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
  } else if (text("PRAGMA journal_mode") != "wal" && !options.read_only) {
    // The first read of the file: here it turns out not to be a database, damaged or locked.
    execute("PRAGMA journal_mode = WAL");
  }
  if (options.role == Role::own) execute("PRAGMA synchronous = NORMAL");
  execute(
      "PRAGMA foreign_keys = OFF; PRAGMA recursive_triggers = OFF; PRAGMA secure_delete = OFF;"
      "PRAGMA cache_size = -8192; PRAGMA wal_autocheckpoint = 4096");
}

Connection::~Connection() = default;

Statement Connection::prepare(std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(impl_->handle(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code != SQLITE_OK) {
    throw_sqlite_error(impl_->handle(), code, "preparing " + std::string(sql));
  }
  return Statement(handle);
}

void Connection::execute(const std::string& sql) {
  const int code = sqlite3_exec(impl_->handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) throw_sqlite_error(impl_->handle(), code, "running " + sql);
}

std::int64_t Connection::integer(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? statement.integer(0) : 0;
}

std::string Connection::text(std::string_view sql) {
  Statement statement = prepare(sql);
  return statement.step() ? std::string(statement.text(0)) : std::string();
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(impl_->handle());
}

std::int64_t Connection::total_changes() const {
  return sqlite3_total_changes64(impl_->handle());
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(impl_->handle()) == 0;
}

std::int64_t Connection::data_version() {
  impl_->data_version.step();
  const std::int64_t version = impl_->data_version.integer(0);
  impl_->data_version.reset();
  return version;
}

std::int64_t Connection::schema_version() {
  impl_->schema_version.step();
  const std::int64_t version = impl_->schema_version.integer(0);
  impl_->schema_version.reset();
  return version;
}

void Connection::set_full_sync(bool full) {
  execute(full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
}

void Connection::begin_immediate() {
  impl_->begin_immediate.run();
}

void Connection::commit() {
  impl_->commit.run();
}

void Connection::rollback() noexcept {
  if (in_transaction()) sqlite3_exec(impl_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

const std::string& Connection::path() const {
  return impl_->path;
}

WriteTransaction::WriteTransaction(Connection& connection) : connection_(connection) {
  connection_.begin_immediate();
}

WriteTransaction::~WriteTransaction() {
  if (open_) connection_.rollback();
}

void WriteTransaction::commit() {
  connection_.commit();
  open_ = false;
}

std::string quoted(std::string_view name) {
  std::string sql = "\"";
  for (const char c : name) {
    sql += c;
    if (c == '"') sql += c;
  }
  return sql += '"';
}

}  // namespace tidemark::replica
