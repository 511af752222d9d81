// What the ideal state has and the tables can't show: tidemark_cell and tidemark_parked
// (invariant table-plus-shadow-is-ideal).
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/merge/row_registers.h"
#include "proto/record.h"
#include "replica/connection.h"

namespace tidemark::engine {

using ShadowCells = std::vector<std::pair<ColumnNo, proto::OwnedCell>>;

/// Typed access to the two tables; rows are named by table number and identity.
class Shadow {
 public:
  explicit Shadow(replica::Connection& sql);

  /// All cells kept of a row, ascending by column.
  ShadowCells read(std::uint32_t table, ByteView identity);
  void put(std::uint32_t table, ByteView identity, ColumnNo column, const proto::Cell& value);
  void erase(std::uint32_t table, ByteView identity, ColumnNo column);
  void erase_row(std::uint32_t table, ByteView identity);

  /// A live row that the local schema refuses.
  void park(std::uint32_t table, ByteView identity, std::string_view reason);
  void unpark(std::uint32_t table, ByteView identity);

  /// Identities of parked rows of one table, or of all rows that have cells.
  std::vector<Bytes> parked_rows(std::uint32_t table);
  std::vector<Bytes> rows(std::uint32_t table);

 private:
  std::vector<Bytes> identities(replica::Statement& select, std::uint32_t table);

  replica::Statement read_;
  replica::Statement put_;
  replica::Statement erase_;
  replica::Statement erase_row_;
  replica::Statement park_;
  replica::Statement unpark_;
  replica::Statement parked_rows_;
  replica::Statement rows_;
};

}  // namespace tidemark::engine
