// Header and trailer of a segment file (FORMAT.md): encoding, and reading with a name for every
// refusal. Nothing here throws on foreign bytes.
#pragma once

#include <array>
#include <cstdint>

#include "filelog/segment_format.h"
#include "oplog/bytes.h"
#include "oplog/entry.h"
#include "oplog/ids.h"

namespace tidemark::filelog {

/// Why bytes are not a segment that can be used. `none` is acceptance.
enum class SegmentReject : std::uint8_t {
  none,
  bad_magic,  ///< not a segment at all
  zeros,      ///< header or trailer is all zero: room that was not filled yet
  too_short,  ///< fewer bytes than the header says
  too_long,   ///< more bytes than the header says
  bad_header_crc,
  newer_version,    ///< major above ours
  unknown_flag,     ///< a flag that no version known to us has
  bad_reserved,     ///< reserved bytes are not zero
  bad_length,       ///< body or number of frames is zero, above its cap, or can't fit
  bad_index,        ///< an empty or impossible run of indices
  bad_chain_start,  ///< begins a log, but not with the chain that its origin begins with
  bad_trailer_magic,
  bad_trailer_crc,
  trailer_mismatch,  ///< header and trailer contradict each other
  bad_file_hash,
  frame_newer,       ///< holds a frame that this version can't read
  frame_damaged,     ///< holds bytes that are no frame
  frame_other_log,   ///< a frame of another group or origin
  frame_out_of_run,  ///< a frame does not begin where the one before ended
  frame_chain,       ///< a frame does not continue the chain of the one before
  frame_count,       ///< not as many frames or entries as the header says
};

/// The enumerator's name: for status, logs and test names.
const char* to_text(SegmentReject reject);

struct SegmentHeader {
  std::uint8_t level{};  ///< how often its frames were gathered from smaller segments
  std::uint32_t frames{};
  GroupId group;
  PeerId origin;
  PeerId publisher;  ///< whose directory it was written to
  EntryIndex first{};
  EntryIndex next{};
  std::uint64_t body_bytes{};
  Hash chain_before{};

  std::uint64_t file_bytes() const { return body_bytes + kSegmentFixedBytes; }
  bool operator==(const SegmentHeader&) const = default;
};

struct SegmentTrailer {
  EntryIndex next{};
  std::uint64_t body_bytes{};
  std::uint32_t frames{};
  Hash file_hash{};
  bool operator==(const SegmentTrailer&) const = default;
};

using SegmentHeaderBytes = std::array<std::byte, kSegmentHeaderBytes>;
using SegmentTrailerBytes = std::array<std::byte, kSegmentTrailerBytes>;

SegmentHeaderBytes encode(const SegmentHeader& header);
SegmentTrailerBytes encode(const SegmentTrailer& trailer);

/// Checks everything that the header alone can tell. `out` is filled once magic and CRC are right,
/// so that a newer or foreign file can be named. Requires: bytes.size() == kSegmentHeaderBytes.
SegmentReject decode(ByteView bytes, SegmentHeader& out);
/// Requires: bytes.size() == kSegmentTrailerBytes.
SegmentReject decode(ByteView bytes, SegmentTrailer& out);

/// Whether the trailer says the same as the header.
bool agree(const SegmentHeader& header, const SegmentTrailer& trailer);

}  // namespace tidemark::filelog
