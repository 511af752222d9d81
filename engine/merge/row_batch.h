// Row records of many entries, merged row by row.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "engine/merge/row_merger.h"
#include "oplog/bytes.h"
#include "proto/frame_codec.h"

namespace tidemark::engine {

/// Collects row writes, then merges them row by row: each row's clock and table row are touched once,
/// in the order in which the rows were first written. Bounded by its user: ask full().
class RowBatch {
 public:
  /// Keeps a frame's bytes alive for the writes that borrow from them.
  void hold(Bytes&& body) {
    body_bytes_ += body.size();
    bodies_.push_back(std::move(body));
  }
  void add(const RowWrite& write, ByteView identity);

  std::size_t size() const { return items_.size(); }
  bool full() const;
  /// Forgets the writes added after `size` was read: their transaction must wait.
  void truncate(std::size_t size) {
    items_.resize(size);
    order_.resize(size);
  }

  /// Merges and empties the batch.
  void merge(RowMerger& merger, ClockStore& clocks, const RowAddresser& addresser,
             ChunkSource& chunks);

 private:
  struct Item {
    std::size_t identity_offset{};
    std::uint32_t identity_size{};
    RowWrite write;
  };
  /// What is sorted: small, and nearly always decided without looking at the identity.
  struct Order {
    std::uint64_t prefix{};
    std::uint32_t table{};
    std::uint32_t item{};
  };
  ByteView identity(const Order& order) const {
    const Item& item = items_[order.item];
    return ByteView(identities_).subspan(item.identity_offset, item.identity_size);
  }
  std::strong_ordering compare_rows(const Order& a, const Order& b) const;

  std::vector<Item> items_;
  std::vector<Order> order_;
  Bytes identities_;
  std::vector<Bytes> bodies_;
  std::size_t body_bytes_ = 0;
};

}  // namespace tidemark::engine
