#include "engine/merge/row_batch.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "engine/merge/identity.h"

namespace tidemark::engine {
namespace {

constexpr std::size_t kItemsMax = 32 * 1024;
constexpr std::size_t kBytesMax = std::size_t{4} << 20;

}  // namespace

void RowBatch::add(const RowWrite& write, ByteView identity) {
  order_.push_back({identity_prefix(identity), write.declaration->table->no,
                    static_cast<std::uint32_t>(items_.size())});
  items_.push_back({identities_.size(), static_cast<std::uint32_t>(identity.size()), write});
  append(identities_, identity);
}

bool RowBatch::full() const { return items_.size() >= kItemsMax || body_bytes_ >= kBytesMax; }

std::strong_ordering RowBatch::compare_rows(const Order& a, const Order& b) const {
  if (a.table != b.table) return a.table <=> b.table;
  if (a.prefix != b.prefix) return a.prefix <=> b.prefix;
  const ByteView x = identity(a);
  const ByteView y = identity(b);
  const int common = std::memcmp(x.data(), y.data(), std::min(x.size(), y.size()));
  return common != 0 ? common <=> 0 : x.size() <=> y.size();
}

void RowBatch::merge(RowMerger& merger, ClockStore& clocks, const RowAddresser& addresser,
                     ChunkSource& chunks) {
  // Writes of one row stay in the order in which they came.
  std::ranges::sort(order_, [this](const Order& a, const Order& b) {
    const auto rows = compare_rows(a, b);
    return rows != 0 ? rows < 0 : a.item < b.item;
  });
  std::vector<std::span<const Order>> rows;
  for (auto at = order_.begin(); at != order_.end();) {
    const auto first = at;
    while (at != order_.end() && compare_rows(*first, *at) == 0) ++at;
    rows.emplace_back(first, at);
  }
  // New rows lie in the table in the order in which they were written, here as at their origin:
  // what is changed together later lies together.
  std::ranges::sort(rows, {}, [](const auto& row) { return row.front().item; });
  std::vector<RowWrite> writes;
  for (const auto row : rows) {
    writes.clear();
    for (const Order& place : row) writes.push_back(items_[place.item].write);
    CatalogTable& table = *writes.front().declaration->table;
    const ByteView key = identity(row.front());
    merger.merge({table, key, addresser.address(table.no, key)}, writes, chunks);
    clocks.flush_if_large();
  }
  items_.clear();
  order_.clear();
  identities_.clear();
  bodies_.clear();
  body_bytes_ = 0;
}

}  // namespace tidemark::engine
