#include "engine/merge/clock_codec.h"

#include <algorithm>

#include "oplog/error.h"

namespace tidemark::engine {
namespace {

enum : unsigned { kInserted = 1, kDeleted = 2, kYielded = 4, kExceptions = 8, kParked = 16, kShadowed = 32 };
constexpr std::size_t kCheckBytes = 4;

[[noreturn]] void corrupt() {
  throw Error(ErrorCode::database_corrupt, "a row clock in tidemark_row is damaged",
              "restore the database from a backup, or start a new device from the sync folder");
}

void put_leb(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80));
  out.push_back(static_cast<std::byte>(value));
}

std::uint64_t zigzag(std::uint64_t difference) {
  return (difference << 1) ^ (0 - (difference >> 63));
}

std::uint64_t unzigzag(std::uint64_t value) { return (value >> 1) ^ (0 - (value & 1)); }

}  // namespace

/// Bounded reader of a clock's bytes.
class ClockReader {
 public:
  explicit ClockReader(ByteView bytes) : rest_(bytes) {}
  std::uint64_t leb() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint64_t>(this->byte());
      value |= (byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    corrupt();
  }
  unsigned byte() {
    if (rest_.empty()) corrupt();
    const auto value = std::to_integer<unsigned>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }
  bool done() const { return rest_.empty(); }

 private:
  ByteView rest_;
};

void ClockCodec::put(const Stamp& stamp, Bytes& out) const {
  put_leb(out, static_cast<std::uint64_t>(refs_->ref(stamp.origin)));
  put_leb(out, to_number(stamp.index));
  // Seeds have h = 0, far from any base.
  put_leb(out, stamp.h == 0 ? 0 : zigzag(stamp.h - base_h_) + 1);
}

Stamp ClockCodec::get(ClockReader& from) const {
  Stamp stamp;
  stamp.origin = refs_->id(static_cast<std::int64_t>(from.leb()));
  stamp.index = EntryIndex{from.leb()};
  const std::uint64_t h = from.leb();
  stamp.h = h == 0 ? 0 : unzigzag(h - 1) + base_h_;
  return stamp;
}

void ClockCodec::encode(std::uint32_t check, const RowClock& clock, Bytes& out) const {
  const RowRegisters& r = clock.registers;
  for (std::size_t i = 0; i < kCheckBytes; ++i) {
    out.push_back(static_cast<std::byte>(check >> (8 * i)));
  }
  unsigned flags = (r.inserted ? kInserted : 0U) | (r.deleted ? kDeleted : 0U) |
                   (r.yielded ? kYielded : 0U) | (r.exceptions.empty() ? 0U : kExceptions) |
                   (clock.parked ? kParked : 0U) | (clock.shadowed ? kShadowed : 0U);
  out.push_back(static_cast<std::byte>(flags));
  if (r.inserted) {
    put(*r.inserted, out);
    put_leb(out, r.known);
  }
  if (r.deleted) put(*r.deleted, out);
  if (r.yielded) put(*r.yielded, out);
  if (r.exceptions.empty()) return;
  put_leb(out, r.exceptions.size());
  for (const auto& e : r.exceptions) {
    put_leb(out, (std::uint64_t{e.column} << 1) | (e.stamp ? 1U : 0U));
    if (e.stamp) put(*e.stamp, out);
  }
}

std::uint32_t ClockCodec::check_of(ByteView bytes) {
  if (bytes.size() <= kCheckBytes) corrupt();
  std::uint32_t check = 0;
  for (std::size_t i = 0; i < kCheckBytes; ++i) {
    check |= std::to_integer<std::uint32_t>(bytes[i]) << (8 * i);
  }
  return check;
}

RowClock ClockCodec::decode(ByteView bytes) const {
  ClockReader from(bytes.subspan(std::min(kCheckBytes, bytes.size())));
  RowClock clock;
  RowRegisters& r = clock.registers;
  const unsigned flags = from.byte();
  clock.parked = (flags & kParked) != 0;
  clock.shadowed = (flags & kShadowed) != 0;
  if ((flags & kInserted) != 0) {
    r.inserted = get(from);
    r.known = static_cast<ColumnNo>(from.leb());
  }
  if ((flags & kDeleted) != 0) r.deleted = get(from);
  if ((flags & kYielded) != 0) r.yielded = get(from);
  if ((flags & kExceptions) != 0) {
    const std::uint64_t count = from.leb();
    if (count > bytes.size()) corrupt();
    r.exceptions.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      const std::uint64_t head = from.leb();
      RowRegisters::Exception e{static_cast<ColumnNo>(head >> 1), std::nullopt};
      if ((head & 1) != 0) e.stamp = get(from);
      r.exceptions.push_back(e);
    }
  }
  if (!from.done()) corrupt();
  return clock;
}

}  // namespace tidemark::engine
