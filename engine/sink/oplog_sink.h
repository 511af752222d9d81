// Captured changes become entries of the own log, and clocks of the rows they touch.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/merge/catalog.h"
#include "engine/merge/clock_store.h"
#include "engine/merge/row_merger.h"
#include "engine/merge/shadow.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// What a sink works on; all outlive it.
struct SinkParts {
  Catalog& catalog;
  ClockStore& clocks;
  const RowAddresser& addresser;
  Shadow& shadow;
  RowMerger& merger;
  const OriginRefs& refs;
};

/// A captured row: its table, when, and values by position of the captured shape.
struct CapturedRow {
  CatalogTable& table;
  std::int64_t captured_ms{};
  std::span<const proto::Cell> values;  ///< key only where the operation has no more
};

/// One seal: turns captured changes, in their order, into row entries, each lifted above every
/// register of its row (docs/merge.md, "Seal"). The app's table has the result already; clocks,
/// digest and shadow move here. Lives for one LogTransaction.
class OplogSink : private ChunkSource {
 public:
  OplogSink(replica::LogTransaction& transaction, const SinkParts& parts);

  /// Writes the table's declaration if it is not what was last declared.
  void declare(CatalogTable& table);

  void insert(const CapturedRow& row);
  /// `changed`: positions of the columns whose bytes differ.
  void update(const CapturedRow& row, std::span<const std::size_t> changed);
  void remove(const CapturedRow& row);
  /// A row that stood where an INSERT or a key change was going to write.
  void old_row(const CapturedRow& row);
  /// A row that OR REPLACE may have evicted.
  void candidate(const CapturedRow& row);
  /// A row that was there before its table was tracked: stamped below every edit. In a table that
  /// comes back, what differs from the shadow's values is an ordinary edit.
  void seed(const CapturedRow& row);

  /// Resolves what only the end can tell: evictions. Call once, last.
  void finish();

 private:
  struct OldRow {
    std::uint64_t order{};
    CatalogTable* table{};
    std::vector<proto::OwnedCell> values;
    std::optional<std::int64_t> removed_ms;
  };
  struct Candidate {
    CatalogTable* table{};
    Bytes identity;
    std::int64_t captured_ms{};
    bool operator<(const Candidate& other) const {
      return std::tie(table->no, identity) < std::tie(other.table->no, other.identity);
    }
  };
  struct AddressHash {
    std::size_t operator()(const RowAddress& a) const { return static_cast<std::size_t>(a.slot()); }
  };

  /// Fills key_ and identity_; none for a row that stays local (NULL or too large a key).
  std::optional<RowAddress> locate(const CapturedRow& row);
  void begin_change(const CatalogTable& table, proto::Operation operation);
  void carry_all(const CapturedRow& row);
  void write_context();
  void write_insert(const CapturedRow& row, const RowAddress& address, ClockStore::Loaded at);
  void write_update(const CapturedRow& row, const RowAddress& address, ClockStore::Loaded at,
                    std::span<const std::size_t> changed);
  void write_remove(CatalogTable& table, std::int64_t captured_ms, RowClock& clock);
  void remove_known(CatalogTable& table, ByteView identity, std::int64_t captured_ms);
  void replace(const CapturedRow& row, const RowAddress& address, const OldRow& old);
  void missed_insert(const CapturedRow& row);
  void return_row(const CapturedRow& row, const RowAddress& address, const ClockStore::Loaded& at);
  void merge_own(const CapturedRow& row, const RowAddress& address, const Stamp& stamp);
  void resolve_old_rows();
  Stamp emit(std::int64_t captured_ms, std::uint64_t highest);
  void move_to_chunks(std::int64_t captured_ms);
  void count_local_row(std::string_view counter);
  std::optional<Bytes> load(const PeerId& origin, EntryIndex first, std::uint32_t count,
                            std::uint64_t total_bytes) override;

  replica::LogTransaction& transaction_;
  SinkParts parts_;
  PeerId self_;
  bool context_written_ = false;
  std::unordered_map<RowAddress, OldRow, AddressHash> old_rows_;
  std::uint64_t old_order_ = 0;
  std::set<Candidate> candidates_;

  // Scratch, kept for its capacity.
  Bytes identity_;
  std::vector<proto::Cell> key_;
  proto::RowChange change_;
  std::vector<ColumnNo> carried_;
  Bytes record_;
  std::vector<std::pair<EntryIndex, ByteView>> chunked_;  ///< of record_: first chunk, whole value
};

}  // namespace tidemark::engine
