// Row records of many entries, merged in table order.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/merge/row_merger.h"
#include "oplog/bytes.h"
#include "proto/frame_codec.h"

namespace tidemark::engine {

/// Collects row writes, then merges them row by row in key order: each row's clock and table row
/// are touched once, in the order in which they lie on disk. Bounded by its user: ask full().
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
  void truncate(std::size_t size) { items_.resize(size); }

  /// Merges and empties the batch.
  void merge(RowMerger& merger, ClockStore& clocks, const RowAddresser& addresser,
             ChunkSource& chunks);

 private:
  struct Item {
    std::uint32_t table{};
    std::uint32_t identity_size{};
    std::uint64_t prefix{};
    std::size_t identity_offset{};
    RowWrite write;
  };
  ByteView identity(const Item& item) const {
    return ByteView(identities_).subspan(item.identity_offset, item.identity_size);
  }
  bool before(const Item& a, const Item& b) const;

  std::vector<Item> items_;
  Bytes identities_;
  std::vector<Bytes> bodies_;
  std::size_t body_bytes_ = 0;
};

}  // namespace tidemark::engine
