#include "engine/merge/value_digest.h"

#include <cstring>

#include "engine/merge/table_scan.h"
#include "oplog/hash.h"

namespace tidemark::engine {
namespace {

/// Hashes cells of one table, column by column.
class CellHasher {
 public:
  explicit CellHasher(const CatalogTable& table) : table_(table), absent_(table.columns.size()) {
    if (!table.local) return;
    const TableShape& shape = table.local->shape;
    for (std::size_t i = 0; i < shape.columns.size(); ++i) {
      if (shape.is_key(i)) continue;
      absent_[table.local->column_nos[i]] = proto::OwnedCell(absent_value(shape.columns[i]));
    }
  }

  void add(ByteView identity, ColumnNo column, const proto::Cell& value, Digest& sum) {
    if (absent_[column] && absent_[column]->view() == value) return;
    input_.clear();
    put(as_bytes(table_.name));
    put(as_bytes(table_.columns[column]));
    put(identity);
    input_.push_back(static_cast<std::byte>(value.type));
    if (value.type == proto::CellType::integer) put_raw(value.integer);
    if (value.type == proto::CellType::real) put_raw(value.real);
    append(input_, value.bytes);
    const Hash128 hash = hash128("tidemark.value.1", input_);
    Digest digest;
    std::memcpy(&digest.lo, hash.data(), 8);
    std::memcpy(&digest.hi, hash.data() + 8, 8);
    sum.add(digest);
  }

 private:
  template <typename T>
  void put_raw(T value) {
    append(input_, std::as_bytes(std::span(&value, 1)));
  }
  void put(ByteView bytes) {
    put_raw(static_cast<std::uint64_t>(bytes.size()));
    append(input_, bytes);
  }

  const CatalogTable& table_;
  std::vector<std::optional<proto::OwnedCell>> absent_;  ///< by column: what needs no words
  Bytes input_;
};

}  // namespace

Digest value_digest(replica::Connection& sql, const CatalogTable& table,
                    const std::function<void(ByteView, const Digest&)>& on_row) {
  CellHasher hasher(table);
  Digest total;
  const auto finish_row = [&](ByteView identity, const Digest& row) {
    total.add(row);
    if (on_row) on_row(identity, row);
  };
  if (table.local) {
    TableScan rows(sql, *table.local);
    while (rows.next()) {
      Digest row;
      for (std::size_t i = 0; i < rows.values().size(); ++i) {
        hasher.add(rows.identity(), table.local->column_nos[i], rows.values()[i], row);
      }
      finish_row(rows.identity(), row);
    }
  }
  auto cells = sql.prepare("SELECT identity, col, value FROM tidemark_cell WHERE tbl = ?1");
  cells.bind(1, table.no);
  while (cells.step()) {
    Digest cell;
    hasher.add(cells.blob(0), static_cast<ColumnNo>(cells.integer(1)), cells.cell(2), cell);
    finish_row(cells.blob(0), cell);
  }
  return total;
}

}  // namespace tidemark::engine
