#include "engine/merge/clock_store.h"

#include <algorithm>
#include <cstring>

namespace tidemark::engine {
namespace {

constexpr std::size_t kDirtyRowsMax = std::size_t{1} << 16;

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
      select_(sql.prepare("SELECT clock FROM tidemark_row WHERE slot = ?1")),
      select_overflow_(sql.prepare("SELECT clock FROM tidemark_row_overflow WHERE hash = ?1")),
      insert_(sql.prepare("INSERT INTO tidemark_row(slot, clock) VALUES(?1, ?2)")),
      update_(sql.prepare("UPDATE tidemark_row SET clock = ?2 WHERE slot = ?1")),
      put_overflow_(sql.prepare("INSERT OR REPLACE INTO tidemark_row_overflow VALUES(?1, ?2)")),
      table_empty_(sql.integer("SELECT NOT EXISTS(SELECT 1 FROM tidemark_row)") != 0) {}

ByteView ClockStore::encoded(const Dirty& dirty) const {
  return ByteView(encoded_).subspan(dirty.offset, dirty.size);
}

ClockStore::Loaded ClockStore::load(const RowAddress& address) {
  if (const auto found = dirty_.find(address); found != dirty_.end()) {
    return {codec_.decode(encoded(found->second)), found->second.where};
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
  const auto offset = static_cast<std::uint32_t>(encoded_.size());
  codec_.encode(address.check(), clock, encoded_);
  const auto size = static_cast<std::uint32_t>(encoded_.size()) - offset;
  dirty_[address] = Dirty{offset, size, where};
}

void ClockStore::write(const RowAddress& address, const Dirty& dirty) {
  if (dirty.where == Where::overflow) {
    put_overflow_.bind_blob(1, address.hash).bind_blob(2, encoded(dirty)).run();
    return;
  }
  replica::Statement& statement = dirty.where == Where::slot ? update_ : insert_;
  statement.bind(1, address.slot()).bind_blob(2, encoded(dirty));
  // Two new rows may have met in one slot since they were loaded.
  if (statement.try_step() == replica::Step::constraint) {
    put_overflow_.bind_blob(1, address.hash).bind_blob(2, encoded(dirty)).run();
  }
}

void ClockStore::flush() {
  if (dirty_.empty()) return;
  std::vector<std::pair<RowAddress, Dirty>> rows(dirty_.begin(), dirty_.end());
  std::ranges::sort(rows, {}, [](const auto& row) { return row.first.slot(); });
  for (const auto& [address, dirty] : rows) write(address, dirty);
  dirty_.clear();
  encoded_.clear();
  table_empty_ = false;
}

void ClockStore::flush_if_large() {
  if (dirty_.size() >= kDirtyRowsMax) flush();
}

}  // namespace tidemark::engine
