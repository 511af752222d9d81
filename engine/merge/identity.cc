#include "engine/merge/identity.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "oplog/check.h"

namespace tidemark::engine {
namespace {

// Tags in SQLite's order of storage classes.
constexpr std::byte kInteger{0x10};
constexpr std::byte kReal{0x11};
constexpr std::byte kText{0x20};
constexpr std::byte kBlob{0x30};
constexpr std::byte kEscape{0x00};
constexpr std::byte kEscapedZero{0xFF};
constexpr std::byte kEnd{0x00};
constexpr std::uint64_t kSign = std::uint64_t{1} << 63;

void put_big_endian(Bytes& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(value >> shift));
}

std::uint64_t get_big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = (value << 8) | std::to_integer<std::uint64_t>(bytes[i]);
  return value;
}

void put_integer(Bytes& out, std::int64_t value) {
  out.push_back(kInteger);
  put_big_endian(out, static_cast<std::uint64_t>(value) ^ kSign);
}

void put_real(Bytes& out, double value) {
  // 2^63 itself is no int64; -2^63 is.
  if (std::trunc(value) == value && value >= -0x1p63 && value < 0x1p63) {
    put_integer(out, static_cast<std::int64_t>(value));
    return;
  }
  const auto bits = std::bit_cast<std::uint64_t>(value);
  out.push_back(kReal);
  put_big_endian(out, (bits & kSign) != 0 ? ~bits : bits ^ kSign);
}

void put_escaped(Bytes& out, std::byte tag, ByteView bytes, bool fold_case) {
  out.push_back(tag);
  for (std::byte byte : bytes) {
    const auto c = std::to_integer<unsigned char>(byte);
    if (fold_case && c >= 'A' && c <= 'Z') byte = static_cast<std::byte>(c + ('a' - 'A'));
    out.push_back(byte);
    if (byte == kEscape) out.push_back(kEscapedZero);
  }
  out.push_back(kEscape);
  out.push_back(kEnd);
}

ByteView without_trailing_spaces(ByteView text) {
  while (!text.empty() && text.back() == std::byte{' '}) text = text.first(text.size() - 1);
  return text;
}

/// Reads what put_escaped wrote behind its tag; empty when it is not that.
std::optional<Bytes> get_escaped(ByteView& rest) {
  Bytes value;
  while (rest.size() >= 2) {
    const std::byte byte = rest[0];
    if (byte != kEscape) {
      value.push_back(byte);
      rest = rest.subspan(1);
      continue;
    }
    const bool end = rest[1] == kEnd;
    if (!end && rest[1] != kEscapedZero) return std::nullopt;
    rest = rest.subspan(2);
    if (end) return value;
    value.push_back(kEscape);
  }
  return std::nullopt;
}

std::optional<proto::OwnedCell> get_value(ByteView& rest) {
  const std::byte tag = rest[0];
  rest = rest.subspan(1);
  if (tag == kInteger || tag == kReal) {
    if (rest.size() < 8) return std::nullopt;
    const std::uint64_t bits = get_big_endian(rest);
    rest = rest.subspan(8);
    if (tag == kInteger) {
      return proto::OwnedCell(proto::Cell::of_integer(static_cast<std::int64_t>(bits ^ kSign)));
    }
    const std::uint64_t raw = (bits & kSign) != 0 ? bits ^ kSign : ~bits;
    return proto::OwnedCell(proto::Cell::of_real(std::bit_cast<double>(raw)));
  }
  if (tag != kText && tag != kBlob) return std::nullopt;
  const auto value = get_escaped(rest);
  if (!value) return std::nullopt;
  return proto::OwnedCell(tag == kText ? proto::Cell::of_text(as_text(*value))
                                       : proto::Cell::of_blob(*value));
}

}  // namespace

void append_identity(Bytes& out, const proto::Cell& value, proto::Collation collation) {
  switch (value.type) {
    case proto::CellType::integer: put_integer(out, value.integer); return;
    case proto::CellType::real: put_real(out, value.real); return;
    case proto::CellType::text:
      put_escaped(out, kText,
                  collation == proto::Collation::rtrim ? without_trailing_spaces(value.bytes)
                                                       : value.bytes,
                  collation == proto::Collation::nocase);
      return;
    case proto::CellType::blob: put_escaped(out, kBlob, value.bytes, false); return;
    default: TIDEMARK_CHECK(!"a key value has no identity");
  }
}

std::optional<std::vector<proto::OwnedCell>> parse_identity(ByteView identity) {
  std::vector<proto::OwnedCell> key;
  while (!identity.empty()) {
    auto value = get_value(identity);
    if (!value) return std::nullopt;
    key.push_back(std::move(*value));
  }
  return key;
}

std::uint64_t identity_prefix(ByteView identity) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    prefix = (prefix << 8) |
             (i < identity.size() ? std::to_integer<std::uint64_t>(identity[i]) : 0);
  }
  return prefix;
}

}  // namespace tidemark::engine
