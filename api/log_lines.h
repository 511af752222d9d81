// The log in words, for people.
#pragma once

#include <string>
#include <vector>

#include "api/device.h"
#include "replica/sqlite_replica.h"

namespace tidemark::api {

/// The newest `limit` entries of all origins, by hlc, newest first; of one table if `table` is not
/// empty. Reads backwards: cost follows `limit`, but for a table that is rarely written.
std::vector<LogLine> log_lines(SqliteReplica& replica, const std::string& table,
                               std::size_t limit);

}  // namespace tidemark::api
