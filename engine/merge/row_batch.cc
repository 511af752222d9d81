#include "engine/merge/row_batch.h"

#include <algorithm>

#include "engine/merge/identity.h"

namespace tidemark::engine {
namespace {

constexpr std::size_t kItemsMax = 32 * 1024;
constexpr std::size_t kBytesMax = std::size_t{8} << 20;

}  // namespace

void RowBatch::add(const RowWrite& write, ByteView identity) {
  items_.push_back({write.declaration->table->no, static_cast<std::uint32_t>(identity.size()),
                    identity_prefix(identity), identities_.size(), write});
  append(identities_, identity);
}

bool RowBatch::full() const { return items_.size() >= kItemsMax || body_bytes_ >= kBytesMax; }

bool RowBatch::before(const Item& a, const Item& b) const {
  if (a.table != b.table) return a.table < b.table;
  if (a.prefix != b.prefix) return a.prefix < b.prefix;
  return std::ranges::lexicographical_compare(identity(a), identity(b));
}

void RowBatch::merge(RowMerger& merger, ClockStore& clocks, const RowAddresser& addresser,
                     ChunkSource& chunks) {
  std::ranges::stable_sort(items_, [this](const Item& a, const Item& b) { return before(a, b); });
  std::vector<RowWrite> writes;
  for (auto at = items_.begin(); at != items_.end();) {
    const auto first = at;
    writes.clear();
    for (; at != items_.end() && !before(*first, *at); ++at) writes.push_back(at->write);
    CatalogTable& table = *first->write.declaration->table;
    const ByteView row = identity(*first);
    merger.merge({table, row, addresser.address(table.no, row)}, writes, chunks);
    clocks.flush_if_large();
  }
  items_.clear();
  identities_.clear();
  bodies_.clear();
  body_bytes_ = 0;
}

}  // namespace tidemark::engine
