#include "filelog/segment_reader.h"

#include <algorithm>

#include "oplog/check.h"
#include "oplog/hash.h"
#include "proto/frame_format.h"

namespace tidemark::filelog {
namespace {

using proto::FrameReject;

constexpr std::size_t kWindowBytes = 64 * 1024;

bool can_not_read_yet(FrameReject reject) {
  switch (reject) {
    case FrameReject::encrypted:
    case FrameReject::signed_frame:
    case FrameReject::control:
    case FrameReject::rewritten:
    case FrameReject::scrubbed:
      return true;
    default:
      return proto::is_newer(reject);
  }
}

// Follows the frames of a body through their envelopes.
class BodyWalk {
 public:
  explicit BodyWalk(const SegmentHeader& header)
      : header_(header), index_(header.first), chain_(header.chain_before) {}

  /// Judges the frame whose header this is; `left` = bytes of the body from it on.
  SegmentReject step(ByteView frame_header, std::uint64_t left) {
    frame_reject_ = proto::parse_envelope(frame_header, envelope_);
    if (frame_reject_ != FrameReject::none) {
      return can_not_read_yet(frame_reject_) ? SegmentReject::frame_newer
                                             : SegmentReject::frame_damaged;
    }
    if (envelope_.frame_bytes() > left) {
      frame_reject_ = FrameReject::too_short;
      return SegmentReject::frame_damaged;
    }
    if (envelope_.group != header_.group || envelope_.origin != header_.origin) {
      return SegmentReject::frame_other_log;
    }
    if (envelope_.first != index_) return SegmentReject::frame_out_of_run;
    if (envelope_.chain_before != chain_) return SegmentReject::frame_chain;
    index_ = envelope_.next();
    chain_ = envelope_.chain_after;
    ++frames_;
    const bool beyond = index_ > header_.next || frames_ > header_.frames;
    return beyond ? SegmentReject::frame_count : SegmentReject::none;
  }

  SegmentReject finish() const {
    const bool whole = index_ == header_.next && frames_ == header_.frames;
    return whole ? SegmentReject::none : SegmentReject::frame_count;
  }

  std::size_t frame_bytes() const { return envelope_.frame_bytes(); }
  FrameReject frame_reject() const { return frame_reject_; }
  const Hash& chain() const { return chain_; }

 private:
  const SegmentHeader& header_;
  EntryIndex index_;
  Hash chain_;
  std::uint32_t frames_ = 0;
  proto::Envelope envelope_;
  FrameReject frame_reject_ = FrameReject::none;
};

SegmentReject check_trailer(StoredFile& file, const SegmentHeader& header, SegmentTrailer& out) {
  SegmentTrailerBytes bytes;
  if (file.read(header.file_bytes() - bytes.size(), bytes) < bytes.size()) {
    return SegmentReject::too_short;
  }
  const SegmentReject reject = decode(bytes, out);
  if (reject != SegmentReject::none) return reject;
  return agree(header, out) ? SegmentReject::none : SegmentReject::trailer_mismatch;
}

// Hashes all that is hashed, in order, and walks the frames on the way. A frame is at fault only if
// the file is whole: otherwise its bytes prove nothing.
void check_body(FileWindow& window, const SegmentTrailer& trailer, SegmentCheck& check) {
  const std::uint64_t body_end = check.header.file_bytes() - kSegmentTrailerBytes;
  const std::uint64_t hashed_end = body_end + segment_trailer_offset::file_hash;
  Hasher256 hasher(kFileHashPersonal);
  BodyWalk walk(check.header);
  SegmentReject fault = SegmentReject::none;
  std::uint64_t frame_at = kSegmentHeaderBytes;
  for (std::uint64_t offset = 0; offset < hashed_end;) {
    if (fault == SegmentReject::none && offset == frame_at && frame_at < body_end) {
      const std::uint64_t left = body_end - frame_at;
      const auto header = window.at(offset, static_cast<std::size_t>(std::min<std::uint64_t>(
                                                left, proto::kFrameHeaderBytes)));
      if (!header) break;
      fault = walk.step(*header, left);
      if (fault == SegmentReject::none) frame_at += walk.frame_bytes();
    }
    // To the next place where a frame's header is looked at; past a fault there is none.
    const bool more_frames = fault == SegmentReject::none && frame_at < body_end;
    const std::uint64_t stop = offset < kSegmentHeaderBytes ? kSegmentHeaderBytes
                               : more_frames                ? frame_at
                                                            : hashed_end;
    const auto piece = window.at(
        offset, static_cast<std::size_t>(std::min<std::uint64_t>(stop - offset, kWindowBytes)));
    if (!piece) {
      check.reject = SegmentReject::too_short;
      return;
    }
    hasher.update(*piece);
    offset += piece->size();
  }
  check.file_hash = hasher.value();
  check.chain_after = walk.chain();
  check.frame = walk.frame_reject();
  check.reject = check.file_hash != trailer.file_hash ? SegmentReject::bad_file_hash
                 : fault != SegmentReject::none       ? fault
                                                      : walk.finish();
}

}  // namespace

std::optional<ByteView> FileWindow::at(std::uint64_t offset, std::size_t bytes) {
  const bool held = offset >= start_ && offset - start_ <= buffer_.size() &&
                    buffer_.size() - (offset - start_) >= bytes;
  if (!held) {
    buffer_.resize(std::max(bytes, kWindowBytes));
    buffer_.resize(file_.read(offset, buffer_));
    start_ = offset;
    if (buffer_.size() < bytes) return std::nullopt;
  }
  return ByteView(buffer_).subspan(static_cast<std::size_t>(offset - start_), bytes);
}

SegmentCheck check_header(StoredFile& file) {
  SegmentCheck check;
  SegmentHeaderBytes bytes;
  if (file.read(0, bytes) < bytes.size()) {
    check.reject = SegmentReject::too_short;
    return check;
  }
  check.reject = decode(bytes, check.header);
  if (check.reject != SegmentReject::none) return check;
  if (file.bytes() < check.header.file_bytes()) check.reject = SegmentReject::too_short;
  if (file.bytes() > check.header.file_bytes()) check.reject = SegmentReject::too_long;
  return check;
}

SegmentCheck check_segment(StoredFile& file) {
  SegmentCheck check = check_header(file);
  if (check.reject != SegmentReject::none) return check;
  SegmentTrailer trailer;
  check.reject = check_trailer(file, check.header, trailer);
  if (check.reject != SegmentReject::none) return check;
  FileWindow window(file);
  check_body(window, trailer, check);
  return check;
}

SegmentReader::SegmentReader(StoredFile& file, const SegmentHeader& header)
    : SegmentReader(file, header, {kSegmentHeaderBytes, header.first}) {}

SegmentReader::SegmentReader(StoredFile& file, const SegmentHeader& header,
                             const FramePosition& start)
    : window_(file), header_(header), position_(start) {}

const proto::Envelope* SegmentReader::peek() {
  if (peeked_) return &envelope_;
  const std::uint64_t body_end = header_.file_bytes() - kSegmentTrailerBytes;
  if (at_end() || position_.offset >= body_end) return nullptr;
  const auto bytes = window_.at(position_.offset, proto::kFrameHeaderBytes);
  if (!bytes) return nullptr;
  if (proto::parse_envelope(*bytes, envelope_) != FrameReject::none) return nullptr;
  const bool expected = envelope_.group == header_.group && envelope_.origin == header_.origin &&
                        envelope_.first == position_.index && envelope_.next() <= header_.next &&
                        envelope_.frame_bytes() <= body_end - position_.offset;
  peeked_ = expected;
  return expected ? &envelope_ : nullptr;
}

void SegmentReader::skip() {
  TIDEMARK_CHECK(peeked_);
  position_.offset += envelope_.frame_bytes();
  position_.index = envelope_.next();
  peeked_ = false;
}

std::optional<Frame> SegmentReader::next() {
  if (peek() == nullptr) return std::nullopt;
  const auto bytes = window_.at(position_.offset, envelope_.frame_bytes());
  if (!bytes) return std::nullopt;
  Frame frame{envelope_.origin, envelope_.first, envelope_.count,
              Bytes(bytes->begin(), bytes->end())};
  skip();
  return frame;
}

std::optional<Hash> chain_at(StoredFile& file, const SegmentHeader& header, EntryIndex index) {
  if (index == header.first) return header.chain_before;
  SegmentReader reader(file, header);
  const proto::Envelope* envelope = reader.peek();
  while (envelope != nullptr && envelope->next() < index) {
    reader.skip();
    envelope = reader.peek();
  }
  if (envelope == nullptr || envelope->first > index) return std::nullopt;
  if (envelope->next() == index) return envelope->chain_after;
  const auto frame = reader.next();
  if (!frame) return std::nullopt;
  const proto::OpenedFrame opened = proto::open(header.group, frame->bytes);
  if (opened.reject != FrameReject::none) return std::nullopt;
  return proto::chain_at(opened, index);
}

}  // namespace tidemark::filelog
