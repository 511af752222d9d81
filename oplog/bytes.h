// Raw bytes as values. One spelling for "some bytes", "a hash" and "a salt" in every folder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tidemark {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;
/// A BLAKE2b-256 hash.
using Hash = std::array<std::byte, 32>;
/// Blinds the payload hash of one entry, so that an expunged payload can't be guessed.
using Salt = std::array<std::byte, 16>;

/// The bytes of a text. Borrows.
inline ByteView as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

/// Bytes seen as text. Borrows; no encoding is checked.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

}  // namespace tidemark
