// The clocks of one row and how they fold (docs/merge.md, "Ideal state"). Pure: no SQL, no order of
// arrival, any number of times.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "oplog/entry.h"

namespace tidemark::engine {

/// Number of a column in this database's catalog; never reused within its table.
using ColumnNo = std::uint16_t;

/// Existence registers and per-column stamps of one row. Compact: a column that the newest insert
/// carried, and nothing newer touched, has no stamp of its own.
///
/// Invariants: everything stamped at or below `deleted` is gone; `inserted` present = live;
/// `exceptions` ascend by column; none of them equals `inserted`.
class RowRegisters {
 public:
  /// A column whose register is not the insert's: its own stamp, or none although the insert is
  /// younger than the catalog's knowledge of the column.
  struct Exception {
    ColumnNo column{};
    std::optional<Stamp> stamp;
    bool operator==(const Exception&) const = default;
  };

  std::optional<Stamp> inserted;
  std::optional<Stamp> deleted;
  std::optional<Stamp> yielded;
  /// Columns below this were known when `inserted` was folded: without an exception they were
  /// carried by it. 0 without an insert.
  ColumnNo known{};
  std::vector<Exception> exceptions;

  bool live() const { return inserted.has_value(); }
  /// Whether nothing was ever said of the row.
  bool empty() const { return !inserted && !deleted && !yielded && exceptions.empty(); }
  /// Whether any column has a stamp of its own (on a dead row: cells that wait).
  bool has_own_stamps() const;

  /// The stamp of the column's newest value; none if nothing was written above the last delete.
  std::optional<Stamp> column_stamp(ColumnNo column) const;
  /// The highest h of any register: what an edit must be lifted above to win here.
  std::uint64_t highest() const;

  /// An insert that carried `columns` (ascending), when the catalog knew `columns_total`.
  void fold_insert(const Stamp& stamp, std::span<const ColumnNo> columns, ColumnNo columns_total);
  /// An update of `columns` (ascending).
  void fold_update(const Stamp& stamp, std::span<const ColumnNo> columns);
  void fold_delete(const Stamp& stamp);
  void fold_yield(const Stamp& stamp);

  bool operator==(const RowRegisters&) const = default;

 private:
  bool is_void(const Stamp& stamp) const { return deleted && stamp <= *deleted; }
  bool implied(ColumnNo column) const;
  void set_exception(ColumnNo column, const std::optional<Stamp>& stamp);
  void raise(ColumnNo column, const Stamp& stamp);
};

}  // namespace tidemark::engine
