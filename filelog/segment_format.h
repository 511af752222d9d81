// The numbers of FORMAT.md. Changing one is a new format version.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "oplog/limits.h"

namespace tidemark::filelog {

inline constexpr std::array<unsigned char, 8> kSegmentMagic = {0x89, 'T',  'M',  'S',
                                                               0x0D, 0x0A, 0x1A, 0x0A};
/// Heads and snapshot parts: objects of this folder that later versions read.
inline constexpr std::array<unsigned char, 8> kHeadMagic = {0x89, 'T',  'M',  'H',
                                                            0x0D, 0x0A, 0x1A, 0x0A};
inline constexpr std::array<unsigned char, 8> kSnapshotMagic = {0x89, 'T',  'M',  'P',
                                                                0x0D, 0x0A, 0x1A, 0x0A};
inline constexpr std::array<unsigned char, 8> kTrailerMagic = {'T', 'M', 'S',  'E',
                                                               'N', 'D', '\r', '\n'};
inline constexpr std::uint8_t kSegmentMajor = 1;
inline constexpr std::size_t kSegmentHeaderBytes = 128;
inline constexpr std::size_t kSegmentTrailerBytes = 64;
/// What a segment has besides its frames.
inline constexpr std::size_t kSegmentFixedBytes = kSegmentHeaderBytes + kSegmentTrailerBytes;

/// Offsets of the header's fields.
namespace segment_header_offset {
inline constexpr std::size_t magic = 0, major = 8, level = 9, flags = 10, frames = 12, group = 16,
                             origin = 32, publisher = 48, first = 64, next = 72, body_bytes = 80,
                             chain_before = 88, zero = 120, crc = 124;
}  // namespace segment_header_offset

/// Offsets of the trailer's fields.
namespace segment_trailer_offset {
inline constexpr std::size_t magic = 0, next = 8, body_bytes = 16, frames = 24, file_hash = 28,
                             crc = 60;
}  // namespace segment_trailer_offset

/// Personal of the file hash.
inline constexpr std::string_view kFileHashPersonal = "tidemark.file.1";

/// Where logs lie, and how the names of segments and group markers end.
inline constexpr std::string_view kLogDirectory = "l";
inline constexpr std::string_view kSegmentSuffix = ".tmseg";
inline constexpr std::string_view kMarkerSuffix = ".tmgroup";
inline constexpr std::size_t kPathBytesMax = 72;  ///< of our names, relative to the folder
inline constexpr int kFolderDepthMax = 3;         ///< components of a path that is looked at

/// A segment is cut when it has this much.
inline constexpr std::size_t kSegmentCutBytes = std::size_t{256} * 1024;
inline constexpr std::size_t kSegmentCutEntries = 4096;

}  // namespace tidemark::filelog
