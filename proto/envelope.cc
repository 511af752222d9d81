#include "proto/envelope.h"

#include <algorithm>
#include <utility>

#include "oplog/check.h"
#include "oplog/hash.h"
#include "oplog/limits.h"
#include "proto/leb.h"

namespace tidemark::proto {
namespace {

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

std::uint32_t header_crc(ByteView header) {
  return crc32c(header.first(frame_offset::crc));
}

void read_fields(ByteView header, Envelope& out) {
  const auto at = [&](std::size_t offset) { return header.data() + offset; };
  const auto copy = [&](std::size_t offset, auto& to) {
    std::memcpy(to.data(), at(offset), to.size());
  };
  out.codec = std::to_integer<std::uint8_t>(header[frame_offset::codec]);
  out.incompatible = get_number<std::uint16_t>(at(frame_offset::incompatible));
  out.info = get_number<std::uint16_t>(at(frame_offset::info));
  copy(frame_offset::group, out.group.bytes);
  copy(frame_offset::origin, out.origin.bytes);
  out.first = EntryIndex{get_number<std::uint64_t>(at(frame_offset::first))};
  out.count = get_number<std::uint32_t>(at(frame_offset::count));
  out.raw_length = get_number<std::uint32_t>(at(frame_offset::raw_length));
  out.stored_length = get_number<std::uint32_t>(at(frame_offset::stored_length));
  out.hlc_max.bits = get_number<std::uint64_t>(at(frame_offset::hlc_max));
  copy(frame_offset::chain_before, out.chain_before);
  copy(frame_offset::chain_after, out.chain_after);
  copy(frame_offset::payload_hash, out.payload_hash);
}

FrameReject check_flags(std::uint16_t flags) {
  constexpr std::array<std::pair<FrameFlag, FrameReject>, 5> kNotYet = {
      {{kFlagEncrypted, FrameReject::encrypted},
       {kFlagSigned, FrameReject::signed_frame},
       {kFlagControl, FrameReject::control},
       {kFlagRewritten, FrameReject::rewritten},
       {kFlagScrubbed, FrameReject::scrubbed}}};
  if ((flags & ~kFlagsKnown) != 0) return FrameReject::unknown_flag;
  for (const auto& [flag, reject] : kNotYet) {
    if ((flags & flag) != 0) return reject;
  }
  return FrameReject::none;
}

FrameReject check_lengths(const Envelope& e) {
  if (e.count == 0 || e.count > kFrameEntriesMax) return FrameReject::bad_length;
  if (e.raw_length == 0 || e.raw_length > kFrameRawBytesMax) return FrameReject::bad_length;
  if (e.stored_length == 0 || e.stored_length > kFrameStoredBytesMax) {
    return FrameReject::bad_length;
  }
  const bool raw = e.codec == static_cast<std::uint8_t>(Codec::raw);
  if (raw && e.raw_length != e.stored_length) return FrameReject::bad_length;
  // Written so that no sum can wrap.
  if (to_number(e.first) > kIndexEnd - e.count) return FrameReject::bad_index;
  return FrameReject::none;
}

}  // namespace

const char* to_text(FrameReject reject) {
  switch (reject) {
    case FrameReject::none:
      return "none";
    case FrameReject::too_short:
      return "too_short";
    case FrameReject::too_long:
      return "too_long";
    case FrameReject::bad_magic:
      return "bad_magic";
    case FrameReject::bad_crc:
      return "bad_crc";
    case FrameReject::newer_version:
      return "newer_version";
    case FrameReject::unknown_flag:
      return "unknown_flag";
    case FrameReject::encrypted:
      return "encrypted";
    case FrameReject::signed_frame:
      return "signed_frame";
    case FrameReject::control:
      return "control";
    case FrameReject::rewritten:
      return "rewritten";
    case FrameReject::scrubbed:
      return "scrubbed";
    case FrameReject::unknown_codec:
      return "unknown_codec";
    case FrameReject::bad_reserved:
      return "bad_reserved";
    case FrameReject::bad_length:
      return "bad_length";
    case FrameReject::bad_index:
      return "bad_index";
    case FrameReject::other_group:
      return "other_group";
    case FrameReject::other_origin:
      return "other_origin";
    case FrameReject::unknown_origin:
      return "unknown_origin";
    case FrameReject::bad_payload_hash:
      return "bad_payload_hash";
    case FrameReject::bad_codec_data:
      return "bad_codec_data";
    case FrameReject::bad_body:
      return "bad_body";
    case FrameReject::bad_entry:
      return "bad_entry";
    case FrameReject::chain_before:
      return "chain_before";
    case FrameReject::chain_after:
      return "chain_after";
  }
  return "unknown";
}

bool is_newer(FrameReject reject) {
  switch (reject) {
    case FrameReject::newer_version:
    case FrameReject::unknown_flag:
    case FrameReject::encrypted:
    case FrameReject::signed_frame:
    case FrameReject::control:
    case FrameReject::rewritten:
    case FrameReject::scrubbed:
    case FrameReject::unknown_codec:
      return true;
    default:
      return false;
  }
}

std::size_t Envelope::frame_bytes() const {
  const std::size_t signature = (incompatible & kFlagSigned) != 0 ? kSignatureBytes : 0;
  return kFrameHeaderBytes + signature + stored_length;
}

FrameReject parse_envelope(ByteView bytes, Envelope& out) {
  out = {};
  if (bytes.size() < kFrameHeaderBytes) return FrameReject::too_short;
  const ByteView header = bytes.first(kFrameHeaderBytes);
  const auto major = std::to_integer<std::uint8_t>(header[frame_offset::major]);
  const ByteView magic = std::as_bytes(std::span(kFrameMagic));
  if (!std::ranges::equal(header.first(magic.size()), magic)) return FrameReject::bad_magic;
  if (get_number<std::uint32_t>(header.data() + frame_offset::crc) != header_crc(header)) {
    return FrameReject::bad_crc;
  }
  if (major == 0) return FrameReject::bad_magic;
  read_fields(header, out);
  if (major > kFrameMajor) return FrameReject::newer_version;
  const FrameReject flags = check_flags(out.incompatible);
  if (flags != FrameReject::none) return flags;
  if (out.codec > static_cast<std::uint8_t>(Codec::zstd)) return FrameReject::unknown_codec;
  const bool reserved_clear = is_zero(header.subspan(frame_offset::zero_a, 2)) &&
                              is_zero(header.subspan(frame_offset::epoch, 4)) &&
                              is_zero(header.subspan(frame_offset::zero_b, 12));
  return reserved_clear ? check_lengths(out) : FrameReject::bad_reserved;
}

void write_header(const Envelope& envelope, std::span<std::byte, kFrameHeaderBytes> header) {
  const auto put = [&](std::size_t offset, auto number) {
    put_number(header.data() + offset, number);
  };
  const auto copy = [&](std::size_t offset, ByteView bytes) {
    put_bytes(header.data() + offset, bytes);
  };
  std::ranges::fill(header, std::byte{0});
  copy(frame_offset::magic, std::as_bytes(std::span(kFrameMagic)));
  put(frame_offset::major, kFrameMajor);
  put(frame_offset::codec, envelope.codec);
  put(frame_offset::incompatible, envelope.incompatible);
  put(frame_offset::info, envelope.info);
  copy(frame_offset::group, envelope.group.bytes);
  copy(frame_offset::origin, envelope.origin.bytes);
  put(frame_offset::first, to_number(envelope.first));
  put(frame_offset::count, envelope.count);
  put(frame_offset::raw_length, envelope.raw_length);
  put(frame_offset::stored_length, envelope.stored_length);
  put(frame_offset::hlc_max, envelope.hlc_max.bits);
  copy(frame_offset::chain_before, envelope.chain_before);
  copy(frame_offset::chain_after, envelope.chain_after);
  copy(frame_offset::payload_hash, envelope.payload_hash);
  put(frame_offset::crc, header_crc(header));
}

Hash hash_payload(ByteView stored) {
  return hash256("tidemark.load.1", {stored});
}

void rewrite_group(Bytes& frame, const GroupId& group) {
  Envelope envelope;
  TIDEMARK_CHECK(parse_envelope(frame, envelope) == FrameReject::none);
  envelope.group = group;
  write_header(envelope, std::span(frame).first<kFrameHeaderBytes>());
}

}  // namespace tidemark::proto
