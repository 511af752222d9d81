#include "engine/merge/digest.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace tidemark::engine {
namespace {

constexpr std::string_view kRowPersonal = "tidemark.row...1";
constexpr std::string_view kNamePersonal = "tidemark.name..1";

void put_u64(Bytes& out, std::uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) out.push_back(static_cast<std::byte>(value >> shift));
}

void put_stamp(Bytes& out, const Stamp& stamp) {
  put_u64(out, stamp.h);
  append(out, stamp.origin.bytes);
  put_u64(out, stamp.branch);
  put_u64(out, to_number(stamp.index));
}

Digest from_hash(const Hash128& hash) {
  Digest digest;
  std::memcpy(&digest.lo, hash.data(), 8);
  std::memcpy(&digest.hi, hash.data() + 8, 8);
  return digest;
}

}  // namespace

void Digest::add(const Digest& other) {
  lo += other.lo;
  hi += other.hi + (lo < other.lo ? 1 : 0);
}

void Digest::subtract(const Digest& other) {
  hi -= other.hi + (lo < other.lo ? 1 : 0);
  lo -= other.lo;
}

std::string to_text(const Digest& digest) {
  std::array<char, 33> text{};
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(digest.hi),
                static_cast<unsigned long long>(digest.lo));
  return text.data();
}

DigestNames::DigestNames(std::string_view table)
    : table_(hash128(kNamePersonal, as_bytes(table))) {}

void DigestNames::add_column(std::string_view name) {
  const auto number = static_cast<ColumnNo>(columns_.size());
  columns_.push_back({std::string(name), hash128(kNamePersonal, as_bytes(name)), number});
  const auto at = std::ranges::lower_bound(
      by_name_, name, {}, [this](ColumnNo c) { return std::string_view(columns_[c].name); });
  by_name_.insert(at, number);
}

Hash128 DigestNames::implied_columns(const RowRegisters& registers) const {
  const bool plain = registers.exceptions.empty();
  if (plain && registers.known == cached_known_ && cached_known_ != 0) return cached_set_;
  Bytes names;
  for (const ColumnNo column : by_name_) {
    const bool own = std::ranges::binary_search(registers.exceptions, column, {},
                                                &RowRegisters::Exception::column);
    if (column < registers.known && !own) append(names, columns_[column].hash);
  }
  const Hash128 set = hash128(kNamePersonal, names);
  if (plain) {
    cached_known_ = registers.known;
    cached_set_ = set;
  }
  return set;
}

Digest DigestNames::row(ByteView identity, const RowRegisters& registers) const {
  if (registers.empty()) return {};
  thread_local Bytes input;
  input.clear();
  append(input, table_);
  put_u64(input, identity.size());
  append(input, identity);
  unsigned present = 0;
  present |= registers.inserted ? 1U : 0U;
  present |= registers.deleted ? 2U : 0U;
  present |= registers.yielded ? 4U : 0U;
  input.push_back(static_cast<std::byte>(present));
  if (registers.inserted) {
    put_stamp(input, *registers.inserted);
    append(input, implied_columns(registers));
  }
  if (registers.deleted) put_stamp(input, *registers.deleted);
  if (registers.yielded) put_stamp(input, *registers.yielded);
  if (!registers.exceptions.empty()) {
    for (const ColumnNo column : by_name_) {
      const auto at = std::ranges::lower_bound(registers.exceptions, column, {},
                                               &RowRegisters::Exception::column);
      if (at == registers.exceptions.end() || at->column != column || !at->stamp) continue;
      append(input, columns_[column].hash);
      put_stamp(input, *at->stamp);
    }
  }
  return from_hash(hash128(kRowPersonal, input));
}

}  // namespace tidemark::engine
