// Which of the app's tables can be tracked, and why not the others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/capture/table_shape.h"
#include "oplog/error_codes.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// The answer for one table. Without a code it can be tracked.
struct TableVerdict {
  std::string table;                ///< as spelled in the schema; as asked for if it is missing
  std::optional<ErrorCode> code;
  std::string reason;               ///< one sentence; empty if it can be tracked
  std::string hint;                 ///< what to do; for keys, the CREATE TABLE to use
  std::string key;                  ///< "id TEXT"
  std::int64_t rows{};              ///< rows that it holds
  std::int64_t null_keys{};         ///< of them, those that stay local: NULL in the key
};

/// Judges one table. `natural_key`: equal integer keys mean the same row on every device, so the
/// table may be tracked although its key is a rowid alias.
TableVerdict assess(replica::Connection& sql, std::string_view table, bool natural_key);

/// Names of the app's tables, in the order of the schema.
std::vector<std::string> app_tables(replica::Connection& sql);

}  // namespace tidemark::engine
