// From frames to the bytes of a segment: the same frames and header fields give the same bytes, and
// so the same name.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "filelog/segment_header.h"
#include "oplog/frame.h"

namespace tidemark::filelog {

struct BuiltSegment {
  SegmentHeader header;
  Hash file_hash{};
  Bytes bytes;

  /// What the file is to be called in its publisher's directory.
  std::string name() const;
};

/// Builds a whole segment in memory. Requires: at least one frame; frames of one origin and group
/// that were verified and follow each other without a hole; at most kSegmentBodyBytesMax of them.
BuiltSegment build_segment(const PeerId& publisher, std::uint8_t level,
                           std::span<const Frame> frames);

}  // namespace tidemark::filelog
