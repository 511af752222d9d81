// Numbers and runs of bytes as FRAME.md and RECORD.md write them: little-endian, LEB128 in its
// shortest form. The reader never passes the end and never throws: it fails, and stays failed.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "oplog/bytes.h"

namespace tidemark::proto {

inline constexpr std::size_t kLebBytesMax = 10;

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie");

/// Signed numbers near zero as small unsigned ones.
constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

/// How many bytes the number takes.
constexpr std::size_t leb_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

/// Writes at most kLebBytesMax bytes to `to`; returns the place behind them.
inline std::byte* put_leb(std::byte* to, std::uint64_t value) {
  while (value >= 0x80) {
    *to++ = static_cast<std::byte>(value | 0x80);
    value >>= 7;
  }
  *to++ = static_cast<std::byte>(value);
  return to;
}

/// Writes a fixed-width number to `to`; returns the place behind it.
template <typename Number>
std::byte* put_number(std::byte* to, Number value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

/// Writes bytes to `to`; returns the place behind them.
inline std::byte* put_bytes(std::byte* to, ByteView bytes) {
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return to + bytes.size();
}

/// A fixed-width number at `from`, which holds enough bytes.
template <typename Number>
Number get_number(const std::byte* from) {
  Number value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

/// Appends to a buffer that it borrows.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t value) { *grow(1) = std::byte{value}; }
  void leb(std::uint64_t value) { put_leb(grow(leb_size(value)), value); }
  void bytes(ByteView bytes) { put_bytes(grow(bytes.size()), bytes); }
  /// Length, then the bytes.
  void sized(ByteView bytes) {
    leb(bytes.size());
    this->bytes(bytes);
  }
  /// Room for `size` bytes more, for the caller to fill. Valid until the next call.
  std::byte* grow(std::size_t size) {
    out_.resize(out_.size() + size);
    return out_.data() + (out_.size() - size);
  }

 private:
  Bytes& out_;
};

/// Walks bytes that it borrows. Reading past the end, or a form that a writer would not choose,
/// fails the reader for good; what it returns then is zero or empty. Ask ok() or done() at the end.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

  bool ok() const { return !failed_; }
  /// Nothing failed and nothing is left.
  bool done() const { return !failed_ && at_ == end_; }
  std::size_t remaining() const { return static_cast<std::size_t>(end_ - at_); }
  void fail() {
    failed_ = true;
    at_ = end_;
  }

  std::uint8_t u8() {
    if (at_ == end_) {
      fail();
      return 0;
    }
    return std::to_integer<std::uint8_t>(*at_++);
  }
  /// A byte of at most `max`.
  std::uint8_t u8(std::uint8_t max) {
    const std::uint8_t value = u8();
    if (value > max) fail();
    return value > max ? std::uint8_t{0} : value;
  }
  template <typename Number>
  Number number() {
    const ByteView raw = take(sizeof(Number));
    return raw.empty() ? Number{} : get_number<Number>(raw.data());
  }
  template <std::size_t Size>
  std::array<std::byte, Size> array() {
    std::array<std::byte, Size> value{};
    const ByteView raw = take(Size);
    if (!raw.empty()) std::memcpy(value.data(), raw.data(), Size);
    return value;
  }
  /// A number of at most `max`, in its shortest form.
  std::uint64_t leb(std::uint64_t max = ~std::uint64_t{0}) {
    if (at_ != end_ && std::to_integer<std::uint8_t>(*at_) < 0x80) {
      const auto value = std::to_integer<std::uint64_t>(*at_++);
      if (value <= max) return value;
      fail();
      return 0;
    }
    return long_leb(max);
  }
  std::int64_t signed_leb() { return unzigzag(leb()); }
  /// `size` bytes, borrowed; empty when there are fewer.
  ByteView take(std::uint64_t size) {
    if (size > remaining()) {
      fail();
      return {};
    }
    const ByteView taken(at_, static_cast<std::size_t>(size));
    at_ += size;
    return taken;
  }
  /// A length of at most `max`, then the bytes.
  ByteView sized(std::uint64_t max) { return take(leb(max)); }

 private:
  std::uint64_t long_leb(std::uint64_t max) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint64_t byte = u8();
      // The tenth byte holds one bit; a last byte of zero is a longer form than needed.
      if (failed_ || (shift == 63 && byte > 1) || (shift > 0 && byte == 0)) break;
      value |= (byte & 0x7F) << shift;
      if (byte < 0x80) {
        if (value > max) break;
        return value;
      }
    }
    fail();
    return 0;
  }

  const std::byte* at_;
  const std::byte* end_;
  bool failed_ = false;
};

}  // namespace tidemark::proto
