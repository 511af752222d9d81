// The numbers of FRAME.md. Changing one is a new format version.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace tidemark::proto {

inline constexpr std::array<unsigned char, 8> kFrameMagic = {0x89, 'T',  'M',  'F',
                                                             0x0D, 0x0A, 0x1A, 0x0A};
inline constexpr std::uint8_t kFrameMajor = 1;
inline constexpr std::size_t kFrameHeaderBytes = 192;
inline constexpr std::size_t kSignatureBytes = 64;
inline constexpr std::uint8_t kBodyVersion = 1;
inline constexpr std::size_t kBodyPrefixBytes = 16;

/// Offsets of the header's fields.
namespace frame_offset {
inline constexpr std::size_t magic = 0, major = 8, codec = 9, incompatible = 10, info = 12,
                             zero_a = 14, group = 16, origin = 32, first = 48, count = 56,
                             epoch = 60, raw_length = 64, stored_length = 68, hlc_max = 72,
                             chain_before = 80, chain_after = 112, payload_hash = 144, zero_b = 176,
                             crc = 188;
}  // namespace frame_offset

// Each field begins where the one before it ends.
static_assert(frame_offset::major == frame_offset::magic + kFrameMagic.size());
static_assert(frame_offset::incompatible == frame_offset::codec + 1);
static_assert(frame_offset::group == frame_offset::zero_a + 2);
static_assert(frame_offset::origin == frame_offset::group + 16);
static_assert(frame_offset::first == frame_offset::origin + 16);
static_assert(frame_offset::count == frame_offset::first + 8);
static_assert(frame_offset::hlc_max == frame_offset::stored_length + 4);
static_assert(frame_offset::chain_before == frame_offset::hlc_max + 8);
static_assert(frame_offset::chain_after == frame_offset::chain_before + 32);
static_assert(frame_offset::payload_hash == frame_offset::chain_after + 32);
static_assert(frame_offset::zero_b == frame_offset::payload_hash + 32);
static_assert(frame_offset::crc == frame_offset::zero_b + 12);
static_assert(kFrameHeaderBytes == frame_offset::crc + 4);

/// Offsets of the fields before the variable parts of a decoded body.
namespace body_offset {
inline constexpr std::size_t version = 0, zero = 1, count = 4, salt_bytes = 8, column_bytes = 12;
}  // namespace body_offset
static_assert(kBodyPrefixBytes == body_offset::column_bytes + 4);

enum class Codec : std::uint8_t { raw = 0, zstd = 1 };

/// Incompatible flags: a reader that does not know one must leave the frame waiting.
enum FrameFlag : std::uint16_t {
  kFlagEncrypted = 1,
  kFlagSigned = 2,
  kFlagControl = 4,
  kFlagRewritten = 8,
  kFlagScrubbed = 16,
};
inline constexpr std::uint16_t kFlagsKnown =
    kFlagEncrypted | kFlagSigned | kFlagControl | kFlagRewritten | kFlagScrubbed;

/// Info flags: hints, unknown ones are ignored.
enum FrameInfo : std::uint16_t {
  kInfoBegins = 1,  ///< the first entry begins a transaction; clear when the writer can't know
  kInfoEnds = 2,    ///< the last entry ends one: equal to its commit bit
};

}  // namespace tidemark::proto
