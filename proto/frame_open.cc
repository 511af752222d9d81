#include <algorithm>

#include "oplog/chain.h"
#include "oplog/check.h"
#include "proto/body_codec.h"
#include "proto/envelope.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/record.h"
#include "proto/zstd_codec.h"

namespace tidemark::proto {
namespace {

enum class Trust : std::uint8_t { none, verified_before };

ByteView stored_payload(ByteView frame) {
  return frame.subspan(kFrameHeaderBytes);
}

FrameReject check_size(ByteView bytes, const Envelope& envelope) {
  if (bytes.size() < envelope.frame_bytes()) return FrameReject::too_short;
  return bytes.size() > envelope.frame_bytes() ? FrameReject::too_long : FrameReject::none;
}

FrameReject unpack(ByteView bytes, OpenedFrame& frame) {
  const ByteView stored = stored_payload(bytes);
  if (frame.envelope.codec == static_cast<std::uint8_t>(Codec::raw)) {
    frame.body.assign(stored.begin(), stored.end());
    return FrameReject::none;
  }
  return decompress(stored, frame.envelope.raw_length, frame.body) ? FrameReject::none
                                                                   : FrameReject::bad_codec_data;
}

// What the header says of the entries beyond their number.
FrameReject check_summary(const OpenedFrame& frame) {
  const EntryView& last = frame.entries.back();
  const bool begins = (frame.envelope.info & kInfoBegins) != 0;
  const bool ends = (frame.envelope.info & kInfoEnds) != 0;
  const bool opens_log = frame.envelope.first == EntryIndex{0};
  const bool agrees = last.hlc == frame.envelope.hlc_max && last.commit == ends;
  return agrees && (begins || !opens_log) ? FrameReject::none : FrameReject::bad_entry;
}

// Index 0, and no other, holds the genesis; it says who the origin is.
FrameReject check_genesis(const OpenedFrame& frame) {
  const bool opens_log = frame.envelope.first == EntryIndex{0};
  const auto rest = std::span(frame.entries).subspan(opens_log ? 1 : 0);
  const auto is_genesis = [](const EntryView& e) { return e.kind == EntryKind::genesis; };
  if (std::ranges::any_of(rest, is_genesis)) return FrameReject::bad_entry;
  if (!opens_log) return FrameReject::none;
  const EntryView& first = frame.entries.front();
  if (!is_genesis(first) || !first.commit) return FrameReject::unknown_origin;
  Genesis genesis;
  const RecordReject reject = decode(first.payload, genesis);
  if (reject == RecordReject::newer) return FrameReject::newer_version;
  if (reject != RecordReject::none) return FrameReject::unknown_origin;
  const bool own = derive_origin(genesis.key, genesis.nonce) == frame.envelope.origin;
  return own ? FrameReject::none : FrameReject::unknown_origin;
}

FrameReject check_chain(const OpenedFrame& frame) {
  const Envelope& envelope = frame.envelope;
  if (envelope.first == EntryIndex{0} && envelope.chain_before != chain_start(envelope.origin)) {
    return FrameReject::chain_before;
  }
  return chain_at(frame, envelope.next()) == envelope.chain_after ? FrameReject::none
                                                                  : FrameReject::chain_after;
}

FrameReject check_all(const GroupId* group, ByteView bytes, Trust trust, OpenedFrame& frame) {
  constexpr FrameReject kGood = FrameReject::none;
  if (const auto r = parse_envelope(bytes, frame.envelope); r != kGood) return r;
  if (const auto r = check_size(bytes, frame.envelope); r != kGood) return r;
  if (trust == Trust::none) {
    if (frame.envelope.group != *group) return FrameReject::other_group;
    if (hash_payload(stored_payload(bytes)) != frame.envelope.payload_hash) {
      return FrameReject::bad_payload_hash;
    }
  }
  if (const auto r = unpack(bytes, frame); r != kGood) return r;
  const auto decoded =
      decode_body(frame.body, frame.envelope.count, frame.entries, frame.salt_runs);
  if (decoded != kGood || trust == Trust::verified_before) return decoded;
  if (const auto r = check_summary(frame); r != kGood) return r;
  if (const auto r = check_genesis(frame); r != kGood) return r;
  return check_chain(frame);
}

OpenedFrame open_frame(const GroupId* group, ByteView bytes, Trust trust) {
  OpenedFrame frame;
  frame.reject = check_all(group, bytes, trust, frame);
  if (frame.reject != FrameReject::none) {
    frame.entries.clear();
    frame.salt_runs.clear();
    frame.body.clear();
  }
  return frame;
}

template <std::size_t Size>
std::array<std::byte, Size> copy_at(const Bytes& body, std::size_t offset) {
  std::array<std::byte, Size> out;
  std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(offset), Size, out.begin());
  return out;
}

Salt own_salt(const OpenedFrame& frame, const SaltRun& run, std::size_t position) {
  return copy_at<sizeof(Salt)>(frame.body, run.offset + (position - run.begin) * sizeof(Salt));
}

}  // namespace

OpenedFrame open(const GroupId& group, ByteView bytes) {
  return open_frame(&group, bytes, Trust::none);
}

OpenedFrame decode_trusted(ByteView bytes) {
  return open_frame(nullptr, bytes, Trust::verified_before);
}

Salt OpenedFrame::salt(std::size_t position) const {
  TIDEMARK_CHECK(position < entries.size());
  const auto after = std::ranges::upper_bound(salt_runs, position, {}, &SaltRun::begin);
  const SaltRun& run = *std::prev(after);
  if (!run.seeded) return own_salt(*this, run, position);
  return SaltSequence(copy_at<sizeof(Salt)>(body, run.offset)).at(index_of(position));
}

IndexedEntry OpenedFrame::entry(std::size_t position) const {
  TIDEMARK_CHECK(position < entries.size());
  const EntryView& view = entries[position];
  Entry copy{view.hlc, view.kind, view.commit, salt(position), {}};
  copy.payload.assign(view.payload.begin(), view.payload.end());
  return {index_of(position), std::move(copy)};
}

Hash chain_at(const OpenedFrame& frame, EntryIndex index) {
  const Envelope& envelope = frame.envelope;
  TIDEMARK_CHECK(frame.entries.size() == envelope.count && envelope.first <= index &&
                 index <= envelope.next());
  const std::size_t count = to_number(index) - to_number(envelope.first);
  Hash chain = envelope.chain_before;
  for (const SaltRun& run : frame.salt_runs) {
    SaltSequence seeded(run.seeded ? copy_at<sizeof(Salt)>(frame.body, run.offset) : Salt{});
    const std::size_t end = std::min<std::size_t>(run.begin + run.entries, count);
    for (std::size_t i = run.begin; i < end; ++i) {
      const EntryView& e = frame.entries[i];
      const EntryIndex at = frame.index_of(i);
      const Salt salt = run.seeded ? seeded.at(at) : own_salt(frame, run, i);
      chain = chain_next(chain, {at, e.hlc, e.kind, e.commit}, body_hash(salt, e.payload));
    }
  }
  return chain;
}

}  // namespace tidemark::proto
