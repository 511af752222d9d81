// Bytes in the form in which known answers are written down.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "oplog/bytes.h"

namespace tidemark::test {

/// Lower case, two digits a byte.
inline std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4]);
    text.push_back(kDigits[std::to_integer<unsigned>(byte) & 15U]);
  }
  return text;
}

/// `first`, first + 1, ...: bytes that are all different and that a script can repeat.
template <std::size_t Size>
constexpr std::array<std::byte, Size> counting_bytes(unsigned first) {
  std::array<std::byte, Size> bytes{};
  for (std::size_t i = 0; i < Size; ++i) bytes[i] = static_cast<std::byte>(first + i);
  return bytes;
}

}  // namespace tidemark::test
