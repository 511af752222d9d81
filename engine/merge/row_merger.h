// One row: fold what came into its registers, and bring table and shadow to the result.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "engine/merge/catalog.h"
#include "engine/merge/clock_store.h"
#include "engine/merge/shadow.h"
#include "engine/merge/table_access.h"
#include "proto/record.h"

namespace tidemark::engine {

/// A row record, addressed and stamped.
struct RowWrite {
  const Declaration* declaration{};
  Stamp stamp;
  ByteView payload;   ///< the record; borrowed for the whole batch
  bool yield{};       ///< a yield record: only its stamp counts
};

/// Which row.
struct RowRef {
  CatalogTable& table;
  ByteView identity;
  RowAddress address;
};

/// Where the pieces of chunked values come from.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  /// The joined payloads of `count` chunk entries from `first` on; none if they are not chunks of
  /// `total_bytes` in all.
  virtual std::optional<Bytes> load(const PeerId& origin, EntryIndex first, std::uint32_t count,
                                    std::uint64_t total_bytes) = 0;
};

/// Merges rows one at a time (docs/merge.md, "Ideal state"). Every way into the app's tables that
/// is not the app's own goes through here. Thread: one at a time; lives as long as its connection.
class RowMerger {
 public:
  RowMerger(replica::Connection& sql, Catalog& catalog, ClockStore& clocks, Shadow& shadow);

  /// Folds `writes` into the row and moves table, shadow and digest along.
  /// `in_table`: the app's table holds this row although its clock does not know (seeds).
  void merge(const RowRef& row, std::span<const RowWrite> writes, ChunkSource& chunks,
             bool in_table = false);

  /// Shows what can be shown of a row that has values in the shadow: for a table or column that
  /// has become known, and for parked rows that may fit by now.
  void settle(const RowRef& row);

  /// Tries again the parked rows of every table that has changed since the last call.
  void retry_parked(const RowAddresser& addresser);
  /// The app changed this table itself: parked rows may fit.
  void mark_changed(const CatalogTable& table) { changed_.insert(table.no); }

  /// Adds what changed between two states of a row to its table's digest and row count.
  static void account(CatalogTable& table, ByteView identity, const RowRegisters& before,
                      const RowRegisters& after);

  TableAccess& access(CatalogTable& table);
  /// Shapes of tables changed, or a transaction was rolled back: prepared statements go.
  void forget_tables() { access_.clear(); }

 private:
  struct Winner {
    ColumnNo column{};
    Stamp stamp;
    proto::Cell cell;
  };
  /// Values by column, each with a place of its own.
  using Image = std::map<ColumnNo, proto::OwnedCell>;

  /// Whether change_ holds the write's record now.
  bool fold(RowRegisters& registers, const RowWrite& write);
  void fold_cells(RowRegisters& registers, const RowWrite& write);
  void drop_beaten(const RowRegisters& registers);
  bool resolve_chunks(ChunkSource& chunks);
  bool place_fast(const RowRef& row, const RowClock& before, RowClock& after);
  bool insert_new(const RowRef& row);
  bool update_shown(const RowRef& row);
  void place_slowly(const RowRef& row, bool in_table, const RowClock& before, RowClock& after);
  Image image(const RowRef& row, bool in_table, const RowClock& before, const RowClock& after);
  bool show(const RowRef& row, bool in_table, const Image& image);
  void keep(const RowRef& row, const Image& image, bool all, RowClock& after);
  std::span<const proto::Cell> key_of(const RowRef& row);

  replica::Connection& sql_;
  Catalog& catalog_;
  ClockStore& clocks_;
  Shadow& shadow_;
  std::map<std::uint32_t, std::unique_ptr<TableAccess>> access_;
  std::set<std::uint32_t> changed_;

  // Scratch of one merge(), kept for its capacity.
  proto::RowChange change_;
  std::vector<ColumnNo> carried_;
  std::vector<std::pair<ColumnNo, proto::Cell>> cells_;
  std::vector<Winner> winners_;
  std::vector<proto::Cell> key_;
  std::vector<proto::OwnedCell> key_values_;
  std::vector<proto::Cell> values_;
  std::vector<std::size_t> positions_;
  std::deque<Bytes> joined_;  ///< chunked values of the row at hand
};

}  // namespace tidemark::engine
