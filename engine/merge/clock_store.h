// tidemark_row: the clocks of all rows, keyed by a hash of table and identity.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/merge/clock_codec.h"
#include "oplog/hash.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Where a row's clock lives: 64 bits of a keyed hash are the slot, 32 more tell rows apart that
/// share one (the later goes to tidemark_row_overflow, under the whole hash).
struct RowAddress {
  Hash128 hash{};
  std::int64_t slot() const;
  std::uint32_t check() const;
  bool operator==(const RowAddress&) const = default;
};

/// Maps (table number, identity) to addresses. The secret keeps anybody from crafting collisions.
class RowAddresser {
 public:
  explicit RowAddresser(const std::array<std::byte, 16>& secret) : secret_(secret) {}
  RowAddress address(std::uint32_t table, ByteView identity) const;

 private:
  std::array<std::byte, 16> secret_;
};

/// Write-back cache over tidemark_row for one transaction: sorted writes are several times faster
/// than random ones. Unflushed clocks are lost with the object, as they must be on a rollback.
class ClockStore {
 public:
  ClockStore(replica::Connection& sql, const ClockCodec& codec);

  /// Where a loaded clock stands in the database.
  enum class Where : std::uint8_t { nowhere, slot, overflow };
  struct Loaded {
    RowClock clock;  ///< empty if nothing was ever said of the row
    Where where{};
  };

  Loaded load(const RowAddress& address);
  /// `where` is what load() said of the address in this transaction.
  void store(const RowAddress& address, const RowClock& clock, Where where);
  /// Writes everything to the database.
  void flush();
  /// Anybody else may have written since the last transaction. Requires: nothing is unflushed.
  void refresh();
  /// Flushes once the cache has grown to its bound: call between rows.
  void flush_if_large();

 private:
  /// A clock that the database does not have yet.
  struct Dirty {
    RowAddress address;
    std::uint32_t offset{};  ///< of the encoded clock in `encoded_`
    std::uint32_t size{};
    Where where{};
  };
  Dirty* find_dirty(const RowAddress& address);
  void add_dirty(const Dirty& dirty);
  void rehash(std::size_t buckets);
  std::size_t bucket_of(const RowAddress& address) const;
  Loaded load_stored(const RowAddress& address);
  void write(const Dirty& dirty);
  ByteView encoded(const Dirty& dirty) const;

  ClockCodec codec_;
  replica::Statement any_;
  replica::Statement select_;
  replica::Statement select_overflow_;
  replica::Statement insert_;
  replica::Statement update_;
  replica::Statement put_overflow_;
  bool table_empty_ = false;  ///< no clock in the database: look-ups need no SQL
  std::vector<Dirty> dirty_;
  /// Open addressing over dirty_, positions + 1; the addresses are hashes already. A node-based map
  /// cost a third of the time of this class.
  std::vector<std::uint32_t> buckets_;
  Bytes encoded_;
};

}  // namespace tidemark::engine
