#include "replica/sqlite_error.h"

#include <sqlite3.h>

#include <string>

namespace tidemark::replica {
namespace {

struct Meaning {
  ErrorCode code;
  const char* hint;
};

Meaning meaning(int code) {
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::database_busy,
              "close or commit what other programs have open in this database, then try again"};
    case SQLITE_NOTADB:
      return {ErrorCode::not_a_database, "this file is no SQLite database"};
    case SQLITE_CORRUPT:
      return {ErrorCode::database_corrupt,
              "run PRAGMA integrity_check; restore a backup, the other devices hold the rest"};
    case SQLITE_FULL:
      return {ErrorCode::io_failed, "free some disk space, then try again"};
    case SQLITE_IOERR:
      return {ErrorCode::io_failed, "check the disk and its file system"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {ErrorCode::io_failed, "check the permissions of the file and of its directory"};
    case SQLITE_TOOBIG:
      return {ErrorCode::limit_exceeded, ""};
    case SQLITE_INTERRUPT:
      return {ErrorCode::stopped, ""};
    default:
      return {ErrorCode::database_failed, ""};
  }
}

}  // namespace

Error sqlite_error(int code, std::string_view doing, std::string_view detail) {
  const Meaning what = meaning(code);
  std::string message(doing);
  message.append(": ").append(detail);
  return Error(what.code, message, what.hint);
}

void throw_sqlite_error(sqlite3* handle, int code, std::string_view doing) {
  // The message of the handle belongs to its last call; another code has only its general text.
  const bool last = handle != nullptr && (sqlite3_errcode(handle) & 0xFF) == (code & 0xFF);
  throw sqlite_error(code, doing, last ? sqlite3_errmsg(handle) : sqlite3_errstr(code));
}

}  // namespace tidemark::replica
