// The hash functions of the formats. libsodium stays behind this fence.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "oplog/bytes.h"

namespace tidemark {

/// 128 bits of a hash.
using Hash128 = std::array<std::byte, 16>;

/// H(p; parts...) of the formats: BLAKE2b-256 with the 16-byte `personal` p (shorter ones are
/// padded with zeros) over the concatenation of `parts`.
/// Requires: personal.size() <= 16.
Hash hash256(std::string_view personal, std::initializer_list<ByteView> parts);

/// The same over bytes that come piece by piece. A value: a copy goes on by itself.
class Hasher256 {
 public:
  /// Requires: personal.size() <= 16.
  explicit Hasher256(std::string_view personal);
  void update(ByteView bytes);
  /// The hash of all that came so far; more may follow.
  Hash value() const;

 private:
  alignas(64) std::array<std::byte, 384> state_;  ///< libsodium's, by its size
};

/// BLAKE2b-128 with a personal, of one buffer.
Hash128 hash128(std::string_view personal, ByteView bytes);

/// BLAKE2b-512 with key and personal (the salts of the formats).
std::array<std::byte, 64> keyed_hash512(const Salt& key, std::string_view personal, ByteView bytes);

/// SipHash-2-4 with a 128-bit result: for tables keyed by a hash that nobody outside can steer.
Hash128 keyed_hash128(const std::array<std::byte, 16>& secret, ByteView bytes);

/// CRC32C (Castagnoli), as in the headers of every format.
std::uint32_t crc32c(ByteView bytes);

}  // namespace tidemark
