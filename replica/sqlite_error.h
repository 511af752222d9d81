// SQLite's result codes become tidemark::Error here and nowhere else.
#pragma once

#include <string_view>

#include "oplog/error.h"

struct sqlite3;

namespace tidemark::replica {

/// The failure that an (extended) result code stands for. `doing` names what was tried; `detail` is
/// SQLite's own message.
Error sqlite_error(int code, std::string_view doing, std::string_view detail);

/// Throws it, with the message of the connection's last failure. `handle` may be null.
[[noreturn]] void throw_sqlite_error(sqlite3* handle, int code, std::string_view doing);

}  // namespace tidemark::replica
