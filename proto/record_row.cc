#include <algorithm>

#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/record.h"
#include "proto/record_cell.h"
#include "proto/record_version.h"

namespace tidemark::proto {
namespace {

constexpr std::uint8_t kOperationBits = 3;
constexpr std::uint8_t kSeed = 4;
constexpr std::uint8_t kHasLift = 8;
constexpr std::uint8_t kRowFlagsKnown = kOperationBits | kSeed | kHasLift;
constexpr std::size_t kMaskBytesMax = 8192;  // ids are of 16 bits
constexpr std::size_t kNumbersBytesMax = 2 + 5 * kLebBytesMax;

std::size_t size_of(const std::vector<Cell>& key) {
  std::size_t size = 0;
  for (const Cell& cell : key) size += encoded_size(cell);
  return size;
}

std::byte* put_key(std::byte* to, const std::vector<Cell>& key) {
  TIDEMARK_CHECK(!key.empty());
  to = put_leb(to, key.size());
  for (const Cell& cell : key) {
    TIDEMARK_CHECK(is_key_type(cell.type));
    to = put_cell(to, cell);
  }
  return to;
}

void read_key(ByteReader& reader, std::vector<Cell>& key) {
  const auto count = reader.leb(std::min<std::uint64_t>(kColumnsMax, reader.remaining()));
  if (count == 0) reader.fail();
  const std::size_t before = reader.remaining();
  key.clear();
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    key.push_back(read_cell(reader));
    if (!is_key_type(key.back().type)) reader.fail();
  }
  if (before - reader.remaining() > kKeyBytesMax) reader.fail();
}

std::size_t mask_bytes(const RowChange& change) {
  return change.columns.empty() ? 0 : change.columns.back().first / 8U + 1;
}

std::byte* put_columns(std::byte* to, const RowChange& change) {
  const std::size_t size = mask_bytes(change);
  to = put_leb(to, size);
  std::byte* const mask = to;
  std::fill_n(mask, size, std::byte{0});
  to += size;
  int last = -1;
  for (const auto& [id, cell] : change.columns) {
    TIDEMARK_CHECK(id > last);
    last = id;
    mask[id / 8] |= std::byte{1} << (id % 8);
    to = put_cell(to, cell);
  }
  return to;
}

void read_columns(ByteReader& reader, RowChange& out) {
  out.columns.clear();
  const ByteView mask = reader.sized(kMaskBytesMax);
  if (!mask.empty() && mask.back() == std::byte{0}) reader.fail();
  for (std::size_t at = 0; at < mask.size(); ++at) {
    auto bits = std::to_integer<unsigned>(mask[at]);
    while (bits != 0 && reader.ok()) {
      const auto id = at * 8 + static_cast<unsigned>(std::countr_zero(bits));
      bits &= bits - 1;
      if (out.columns.size() == kColumnsMax) return reader.fail();
      out.columns.emplace_back(static_cast<std::uint16_t>(id), read_cell(reader));
    }
  }
}

}  // namespace

void encode(const RowChange& change, Bytes& out) {
  const bool removes = change.operation == Operation::remove;
  TIDEMARK_CHECK(change.operation >= Operation::insert && change.operation <= Operation::remove);
  TIDEMARK_CHECK(!(change.seed && change.lift != 0) && change.lift < kStampEnd);
  TIDEMARK_CHECK(!removes || change.columns.empty());
  std::size_t size = kNumbersBytesMax + size_of(change.key) + mask_bytes(change);
  for (const auto& [id, cell] : change.columns) size += encoded_size(cell);
  const std::size_t begin = out.size();
  out.resize(begin + size);

  std::byte* to = out.data() + begin;
  *to++ = std::byte{kRecordVersion};
  *to++ = static_cast<std::byte>(static_cast<unsigned>(change.operation) |
                                 (change.seed ? kSeed : 0U) | (change.lift != 0 ? kHasLift : 0U));
  to = put_leb(to, change.table);
  if (change.lift != 0) to = put_leb(to, change.lift);
  to = put_columns(put_key(to, change.key), change);
  out.resize(static_cast<std::size_t>(to - out.data()));
}

RecordReject decode(ByteView payload, RowChange& out) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  const std::uint8_t flags = reader.u8(kRowFlagsKnown);
  const bool has_lift = (flags & kHasLift) != 0;
  out.operation = static_cast<Operation>(flags & kOperationBits);
  out.seed = (flags & kSeed) != 0;
  out.table = static_cast<std::uint32_t>(reader.leb(~std::uint32_t{0}));
  out.lift = has_lift ? reader.leb(kStampEnd - 1) : 0;
  read_key(reader, out.key);
  read_columns(reader, out);
  const bool sound = (flags & kOperationBits) != 0 && has_lift == (out.lift != 0) &&
                     !(out.seed && has_lift) &&
                     (out.operation != Operation::remove || out.columns.empty());
  return sound && reader.done() ? RecordReject::none : RecordReject::malformed;
}

Bytes encode(const Yield& yield) {
  TIDEMARK_CHECK(yield.lift < kStampEnd);
  Bytes out(1 + 3 * kLebBytesMax + size_of(yield.key));
  std::byte* to = out.data();
  *to++ = std::byte{kRecordVersion};
  to = put_leb(put_leb(to, yield.table), yield.lift);
  to = put_key(to, yield.key);
  out.resize(static_cast<std::size_t>(to - out.data()));
  return out;
}

RecordReject decode(ByteView payload, Yield& out) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  out.table = static_cast<std::uint32_t>(reader.leb(~std::uint32_t{0}));
  out.lift = reader.leb(kStampEnd - 1);
  read_key(reader, out.key);
  return reader.done() ? RecordReject::none : RecordReject::malformed;
}

}  // namespace tidemark::proto
