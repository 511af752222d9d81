// The SQL of capture: plain triggers, so that any process with any SQLite is captured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/capture/table_shape.h"

namespace tidemark::engine {

/// What a row of tidemark_pending says. THE NUMBERS ARE IN EVERY INSTALLED TRIGGER.
enum class PendingOp : std::int64_t {
  insert = 1,     ///< all values
  update = 2,     ///< mask, key as it is now, and the changed values
  remove = 3,     ///< key
  old_row = 4,    ///< all values of the row that an INSERT or key change may replace
  candidate = 5,  ///< key of a row that OR REPLACE may evict through another UNIQUE index
};

/// Tables of at most this many columns have an integer mask, wider ones a text of 0 and 1.
inline constexpr std::size_t kIntegerMaskColumns = 62;

/// Names of the triggers on `table_no`, in creation order.
std::vector<std::string> trigger_names(std::uint32_t table_no);

/// CREATE TRIGGER statements for the table, one for each name.
/// Value columns v0, v1, ... of tidemark_pending are the positions in shape.columns.
std::vector<std::string> create_triggers(std::uint32_t table_no, const TableShape& shape);

/// DROP TRIGGER IF EXISTS statements.
std::vector<std::string> drop_triggers(std::uint32_t table_no);

}  // namespace tidemark::engine
