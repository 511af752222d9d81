// Reading segment files: the check of a whole file, once, and its frames, one at a time. Streams:
// never more than one frame and a buffer in memory, whatever a file claims.
#pragma once

#include <cstdint>
#include <optional>

#include "filelog/segment_header.h"
#include "filelog/storage.h"
#include "oplog/frame.h"
#include "proto/frame_codec.h"

namespace tidemark::filelog {

/// A look into a file through a buffer that is refilled in long reads.
class FileWindow {
 public:
  /// Borrows the file.
  explicit FileWindow(StoredFile& file) : file_(file) {}

  /// `bytes` bytes at `offset`, or none if the file ends before. Valid until the next call.
  /// Throws Error{io_failed}.
  std::optional<ByteView> at(std::uint64_t offset, std::size_t bytes);

 private:
  StoredFile& file_;
  Bytes buffer_;
  std::uint64_t start_{};
};

/// What the check of a file came to.
struct SegmentCheck {
  SegmentReject reject{};
  proto::FrameReject frame{};  ///< of frame_newer and frame_damaged: what is wrong with the frame
  SegmentHeader header;        ///< meaningful if the header itself was accepted, or is newer
  Hash file_hash{};
  Hash chain_after{};  ///< of the last frame
};

/// Reads header and size alone. Throws Error{io_failed}.
SegmentCheck check_header(StoredFile& file);

/// Checks the whole file: header, size, trailer, hash, and that its frames' envelopes make the run
/// and the chain that the header promises. Frames are not decoded: who stores one verifies it.
/// Throws Error{io_failed}.
SegmentCheck check_segment(StoredFile& file);

/// A place between two frames of a segment.
struct FramePosition {
  std::uint64_t offset = kSegmentHeaderBytes;
  EntryIndex index{};
};

/// Walks the frames of a segment that was checked. What changed since is noticed: the walk ends.
/// Thread: one at a time.
class SegmentReader {
 public:
  /// Borrows the file. Begins at the first frame, or at a position that this class gave out.
  SegmentReader(StoredFile& file, const SegmentHeader& header);
  SegmentReader(StoredFile& file, const SegmentHeader& header, const FramePosition& start);

  /// The envelope of the next frame; none at the end, or if the bytes are not what they were.
  const proto::Envelope* peek();
  /// Steps over the next frame. Requires: peek() gave one.
  void skip();
  /// The next frame, verbatim, as far as its envelope tells sound.
  std::optional<Frame> next();

  const FramePosition& position() const { return position_; }
  bool at_end() const { return position_.index == header_.next; }

 private:
  FileWindow window_;
  SegmentHeader header_;
  FramePosition position_;
  proto::Envelope envelope_;
  bool peeked_ = false;
};

/// The chain at `index`, first <= index <= next, of a segment that was checked; none if the bytes
/// do not tell (any more). Decodes at most one frame.
std::optional<Hash> chain_at(StoredFile& file, const SegmentHeader& header, EntryIndex index);

}  // namespace tidemark::filelog
