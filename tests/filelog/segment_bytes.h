// Segments made to measure, and changed so that only one thing is wrong with them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "filelog/segment_header.h"
#include "filelog/segment_name.h"
#include "filelog/segment_reader.h"
#include "filelog/segment_writer.h"
#include "oplog/hash.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/frames.h"

namespace tidemark::test {

inline GroupId group_of(std::uint8_t number = 1) {
  return proto::group_id(plain_group(number));
}

/// Frames of so many entries each.
inline std::vector<Frame> say(OriginWriter& writer, std::vector<std::uint32_t> counts) {
  std::vector<Frame> frames;
  for (const std::uint32_t count : counts) frames.push_back(writer.frame(count));
  return frames;
}

inline void write_le(std::span<std::byte> bytes, std::size_t at, std::uint64_t number,
                     std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<std::byte>(number >> (8 * i) & 0xFFU);
  }
}

/// Makes CRC of the header, file hash, and CRC of the trailer right again.
inline void mend(Bytes& segment) {
  namespace header = filelog::segment_header_offset;
  namespace trailer = filelog::segment_trailer_offset;
  const std::size_t end = segment.size() - filelog::kSegmentTrailerBytes;
  write_le(segment, header::crc, crc32c(ByteView(segment).first(header::crc)), 4);
  const Hash hash =
      hash256(filelog::kFileHashPersonal, {ByteView(segment).first(end + trailer::file_hash)});
  std::ranges::copy(hash, segment.begin() + static_cast<std::ptrdiff_t>(end + trailer::file_hash));
  write_le(segment, end + trailer::crc, crc32c(ByteView(segment).subspan(end, trailer::crc)), 4);
}

/// A segment of these frames as `publisher` would write it.
inline filelog::BuiltSegment segment_of(const PeerId& publisher, std::span<const Frame> frames,
                                        std::uint8_t level = 0) {
  return filelog::build_segment(publisher, level, frames);
}

inline std::string path_of(const filelog::BuiltSegment& built) {
  return filelog::segment_path(built.header.publisher, built.name());
}

/// Puts a segment where its publisher would; returns the path.
inline std::string deliver(FaultyStorage& storage, const PeerId& publisher,
                           std::span<const Frame> frames) {
  const auto built = segment_of(publisher, frames);
  storage.put(path_of(built), built.bytes);
  return path_of(built);
}

}  // namespace tidemark::test
