#include "filelog/segment_writer.h"

#include "filelog/segment_name.h"
#include "oplog/check.h"
#include "oplog/hash.h"
#include "proto/frame_codec.h"

namespace tidemark::filelog {

std::string BuiltSegment::name() const {
  return segment_name(header.origin, header.first, file_hash);
}

BuiltSegment build_segment(const PeerId& publisher, std::uint8_t level,
                           std::span<const Frame> frames) {
  TIDEMARK_CHECK(!frames.empty());
  proto::Envelope envelope;
  TIDEMARK_CHECK(proto::parse_envelope(frames.front().bytes, envelope) == proto::FrameReject::none);
  BuiltSegment built;
  SegmentHeader& header = built.header;
  header.level = level;
  header.frames = static_cast<std::uint32_t>(frames.size());
  header.group = envelope.group;
  header.origin = envelope.origin;
  header.publisher = publisher;
  header.first = envelope.first;
  header.next = envelope.first;
  header.chain_before = envelope.chain_before;
  for (const Frame& frame : frames) {
    TIDEMARK_CHECK(frame.origin == header.origin && frame.first == header.next);
    header.next = frame.next();
    header.body_bytes += frame.bytes.size();
  }
  TIDEMARK_CHECK(header.body_bytes <= kSegmentBodyBytesMax);

  built.bytes.reserve(header.file_bytes());
  append(built.bytes, encode(header));
  for (const Frame& frame : frames) append(built.bytes, frame.bytes);
  SegmentTrailer trailer{header.next, header.body_bytes, header.frames, {}};
  const SegmentTrailerBytes unhashed = encode(trailer);
  trailer.file_hash =
      hash256(kFileHashPersonal,
              {built.bytes, ByteView(unhashed).first(segment_trailer_offset::file_hash)});
  append(built.bytes, encode(trailer));
  built.file_hash = trailer.file_hash;
  return built;
}

}  // namespace tidemark::filelog
