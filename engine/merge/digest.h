// The clock digest: equal cursors must mean equal digests (docs/merge.md, "Digest").
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/merge/row_registers.h"
#include "oplog/hash.h"

namespace tidemark::engine {

/// A sum of 128-bit hashes, modulo 2^128: incremental, and free of order.
struct Digest {
  std::uint64_t lo{};
  std::uint64_t hi{};

  void add(const Digest& other);
  void subtract(const Digest& other);
  auto operator<=>(const Digest&) const = default;
};

/// 32 hexadecimal digits, high half first.
std::string to_text(const Digest& digest);

/// What names of a table and its columns contribute to digests: the same on every device, whatever
/// numbers its catalog gave them. Grows with the catalog.
class DigestNames {
 public:
  /// `table` and column names are ASCII-folded.
  explicit DigestNames(std::string_view table);
  /// The column with the next number.
  void add_column(std::string_view name);
  std::size_t columns() const { return columns_.size(); }

  /// The hash of one row's registers under its identity; zero for a row without registers.
  Digest row(ByteView identity, const RowRegisters& registers) const;

 private:
  struct Column {
    std::string name;
    Hash128 hash{};
    ColumnNo number{};
  };
  Hash128 implied_columns(const RowRegisters& registers) const;

  Hash128 table_{};
  std::vector<Column> columns_;        ///< by number
  std::vector<ColumnNo> by_name_;      ///< numbers, ordered by name bytes
  mutable ColumnNo cached_known_ = 0;  ///< the set "all columns below this" ...
  mutable Hash128 cached_set_{};       ///< ... and its hash: most rows have it
};

}  // namespace tidemark::engine
