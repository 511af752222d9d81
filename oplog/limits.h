// Caps on everything that comes from outside. Nothing allocates from a length before it was
// compared with the bytes that remain and with one of these.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tidemark {

inline constexpr std::uint64_t kIndexEnd = std::uint64_t{1} << 48;   ///< indices are below this
inline constexpr std::uint64_t kHlcEnd = std::uint64_t{1} << 62;     ///< hlcs are below this
inline constexpr std::uint64_t kStampEnd = std::uint64_t{1} << 63;   ///< lifted stamps are below this
inline constexpr std::size_t kPayloadBytesMax = 320 * 1024;          ///< of one entry
inline constexpr std::uint32_t kFrameEntriesMax = 4096;
inline constexpr std::size_t kFrameRawBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kFrameStoredBytesMax = kFrameRawBytesMax + 8 * 1024;
inline constexpr std::size_t kRecordBytesMax = 256 * 1024;  ///< above it values move to chunks (V1)
inline constexpr std::size_t kChunkBytesMax = 256 * 1024;
inline constexpr std::size_t kKeyBytesMax = 64 * 1024;       ///< of all key values of a row
inline constexpr std::uint64_t kValueBytesMax = 1'000'000'000;  ///< above it a value is omitted (V5)
inline constexpr std::size_t kNameBytesMax = 1024;           ///< of a table, column or device name
inline constexpr std::size_t kColumnsMax = 2000;             ///< SQLite's own default limit
inline constexpr std::size_t kSegmentBodyBytesMax = std::size_t{16} << 20;
inline constexpr std::size_t kFolderNamesMax = 50'000;       ///< per scan
inline constexpr std::int64_t kClockSkewMsMax = 5 * 60 * 1000;  ///< how far a peer moves our clock

}  // namespace tidemark
