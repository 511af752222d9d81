#include "engine/merge/clock_store.h"

#include <algorithm>
#include <cstring>

namespace tidemark::engine {
namespace {

constexpr std::size_t kDirtyRowsMax = std::size_t{1} << 16;
constexpr std::size_t kEncodedBytesMax = std::size_t{4} << 20;
constexpr std::size_t kFirstBuckets = 64;

}  // namespace

std::int64_t RowAddress::slot() const {
  std::int64_t slot = 0;
  std::memcpy(&slot, hash.data(), sizeof slot);
  return slot;
}

std::uint32_t RowAddress::check() const {
  std::uint32_t check = 0;
  std::memcpy(&check, hash.data() + sizeof(std::int64_t), sizeof check);
  return check;
}

RowAddress RowAddresser::address(std::uint32_t table, ByteView identity) const {
  thread_local Bytes input;
  input.resize(sizeof table);
  std::memcpy(input.data(), &table, sizeof table);
  append(input, identity);
  return {keyed_hash128(secret_, input)};
}

ClockStore::ClockStore(replica::Connection& sql, const ClockCodec& codec)
    : codec_(codec),
      any_(sql.prepare("SELECT EXISTS(SELECT 1 FROM tidemark_row)")),
      select_(sql.prepare("SELECT clock FROM tidemark_row WHERE slot = ?1")),
      select_overflow_(sql.prepare("SELECT clock FROM tidemark_row_overflow WHERE hash = ?1")),
      insert_(sql.prepare("INSERT INTO tidemark_row(slot, clock) VALUES(?1, ?2)")),
      update_(sql.prepare("UPDATE tidemark_row SET clock = ?2 WHERE slot = ?1")),
      put_overflow_(sql.prepare("INSERT OR REPLACE INTO tidemark_row_overflow VALUES(?1, ?2)")) {
  refresh();
}

void ClockStore::refresh() {
  table_empty_ = any_.step() && any_.integer(0) == 0;
  any_.reset();
}

ByteView ClockStore::encoded(const Dirty& dirty) const {
  return ByteView(encoded_).subspan(dirty.offset, dirty.size);
}

std::size_t ClockStore::bucket_of(const RowAddress& address) const {
  return static_cast<std::size_t>(address.slot()) & (buckets_.size() - 1);
}

ClockStore::Dirty* ClockStore::find_dirty(const RowAddress& address) {
  if (buckets_.empty()) return nullptr;
  for (std::size_t b = bucket_of(address); buckets_[b] != 0; b = (b + 1) & (buckets_.size() - 1)) {
    Dirty& dirty = dirty_[buckets_[b] - 1];
    if (dirty.address == address) return &dirty;
  }
  return nullptr;
}

void ClockStore::rehash(std::size_t buckets) {
  buckets_.assign(buckets, 0);
  for (std::size_t i = 0; i < dirty_.size(); ++i) {
    std::size_t b = bucket_of(dirty_[i].address);
    while (buckets_[b] != 0) b = (b + 1) & (buckets_.size() - 1);
    buckets_[b] = static_cast<std::uint32_t>(i + 1);
  }
}

/// Requires: its address is not there.
void ClockStore::add_dirty(const Dirty& dirty) {
  dirty_.push_back(dirty);
  if (dirty_.size() * 2 > buckets_.size()) {
    rehash(std::max<std::size_t>(kFirstBuckets, buckets_.size() * 2));
    return;
  }
  std::size_t b = bucket_of(dirty.address);
  while (buckets_[b] != 0) b = (b + 1) & (buckets_.size() - 1);
  buckets_[b] = static_cast<std::uint32_t>(dirty_.size());
}

ClockStore::Loaded ClockStore::load(const RowAddress& address) {
  if (const Dirty* dirty = find_dirty(address)) {
    return {codec_.decode(encoded(*dirty)), dirty->where};
  }
  return table_empty_ ? Loaded{} : load_stored(address);
}

ClockStore::Loaded ClockStore::load_stored(const RowAddress& address) {
  Loaded loaded;
  select_.bind(1, address.slot());
  if (!select_.step()) return loaded;
  const ByteView bytes = select_.blob(0);
  const bool ours = ClockCodec::check_of(bytes) == address.check();
  if (ours) loaded = {codec_.decode(bytes), Where::slot};
  select_.reset();
  if (ours) return loaded;
  select_overflow_.bind_blob(1, address.hash);
  loaded.where = Where::overflow;
  if (select_overflow_.step()) loaded.clock = codec_.decode(select_overflow_.blob(0));
  select_overflow_.reset();
  return loaded;
}

void ClockStore::store(const RowAddress& address, const RowClock& clock, Where where) {
  Dirty fresh{address, static_cast<std::uint32_t>(encoded_.size()), 0, where};
  codec_.encode(address.check(), clock, encoded_);
  fresh.size = static_cast<std::uint32_t>(encoded_.size()) - fresh.offset;
  if (Dirty* known = find_dirty(address)) {
    *known = fresh;
  } else {
    add_dirty(fresh);
  }
}

void ClockStore::write(const Dirty& dirty) {
  const auto overflow = [&] {
    put_overflow_.bind_blob(1, dirty.address.hash).bind_blob(2, encoded(dirty)).run();
  };
  if (dirty.where == Where::overflow) {
    overflow();
    return;
  }
  replica::Statement& statement = dirty.where == Where::slot ? update_ : insert_;
  statement.bind(1, dirty.address.slot()).bind_blob(2, encoded(dirty));
  // Two new rows may have met in one slot since they were loaded.
  if (statement.try_step() == replica::Step::constraint) overflow();
}

void ClockStore::flush() {
  if (dirty_.empty()) return;
  std::ranges::sort(dirty_, {}, [](const Dirty& dirty) { return dirty.address.slot(); });
  for (const Dirty& dirty : dirty_) write(dirty);
  dirty_.clear();
  std::ranges::fill(buckets_, 0U);
  encoded_.clear();
  table_empty_ = false;
}

void ClockStore::flush_if_large() {
  if (dirty_.size() >= kDirtyRowsMax || encoded_.size() >= kEncodedBytesMax) flush();
}

}  // namespace tidemark::engine
