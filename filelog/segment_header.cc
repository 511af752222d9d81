#include "filelog/segment_header.h"

#include <algorithm>
#include <concepts>
#include <cstring>

#include "oplog/chain.h"
#include "oplog/check.h"
#include "oplog/hash.h"
#include "proto/frame_format.h"

namespace tidemark::filelog {
namespace {

namespace at = segment_header_offset;
namespace end_at = segment_trailer_offset;

template <std::unsigned_integral Number>
void put(std::span<std::byte> to, std::size_t offset, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    to[offset + i] = static_cast<std::byte>((std::uint64_t{number} >> (8 * i)) & 0xFFU);
  }
}

template <std::unsigned_integral Number>
Number get(ByteView from, std::size_t offset) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    number |= std::to_integer<std::uint64_t>(from[offset + i]) << (8 * i);
  }
  return static_cast<Number>(number);
}

template <typename Field>
void put_bytes(std::span<std::byte> to, std::size_t offset, const Field& field) {
  std::memcpy(to.data() + offset, field.data(), field.size());
}

template <typename Field>
void get_bytes(ByteView from, std::size_t offset, Field& field) {
  std::memcpy(field.data(), from.data() + offset, field.size());
}

bool has_magic(ByteView bytes, const std::array<unsigned char, 8>& magic) {
  return std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

bool all_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

void read_fields(ByteView bytes, SegmentHeader& out) {
  out.level = get<std::uint8_t>(bytes, at::level);
  out.frames = get<std::uint32_t>(bytes, at::frames);
  get_bytes(bytes, at::group, out.group.bytes);
  get_bytes(bytes, at::origin, out.origin.bytes);
  get_bytes(bytes, at::publisher, out.publisher.bytes);
  out.first = EntryIndex{get<std::uint64_t>(bytes, at::first)};
  out.next = EntryIndex{get<std::uint64_t>(bytes, at::next)};
  out.body_bytes = get<std::uint64_t>(bytes, at::body_bytes);
  get_bytes(bytes, at::chain_before, out.chain_before);
}

}  // namespace

const char* to_text(SegmentReject reject) {
  switch (reject) {
    case SegmentReject::none:
      return "none";
    case SegmentReject::bad_magic:
      return "bad_magic";
    case SegmentReject::zeros:
      return "zeros";
    case SegmentReject::too_short:
      return "too_short";
    case SegmentReject::too_long:
      return "too_long";
    case SegmentReject::bad_header_crc:
      return "bad_header_crc";
    case SegmentReject::newer_version:
      return "newer_version";
    case SegmentReject::unknown_flag:
      return "unknown_flag";
    case SegmentReject::bad_reserved:
      return "bad_reserved";
    case SegmentReject::bad_length:
      return "bad_length";
    case SegmentReject::bad_index:
      return "bad_index";
    case SegmentReject::bad_chain_start:
      return "bad_chain_start";
    case SegmentReject::bad_trailer_magic:
      return "bad_trailer_magic";
    case SegmentReject::bad_trailer_crc:
      return "bad_trailer_crc";
    case SegmentReject::trailer_mismatch:
      return "trailer_mismatch";
    case SegmentReject::bad_file_hash:
      return "bad_file_hash";
    case SegmentReject::frame_newer:
      return "frame_newer";
    case SegmentReject::frame_damaged:
      return "frame_damaged";
    case SegmentReject::frame_other_log:
      return "frame_other_log";
    case SegmentReject::frame_out_of_run:
      return "frame_out_of_run";
    case SegmentReject::frame_chain:
      return "frame_chain";
    case SegmentReject::frame_count:
      return "frame_count";
  }
  return "unknown";
}

SegmentHeaderBytes encode(const SegmentHeader& header) {
  SegmentHeaderBytes bytes{};
  put_bytes(bytes, at::magic, std::as_bytes(std::span(kSegmentMagic)));
  put(bytes, at::major, kSegmentMajor);
  put(bytes, at::level, header.level);
  put(bytes, at::frames, header.frames);
  put_bytes(bytes, at::group, header.group.bytes);
  put_bytes(bytes, at::origin, header.origin.bytes);
  put_bytes(bytes, at::publisher, header.publisher.bytes);
  put(bytes, at::first, to_number(header.first));
  put(bytes, at::next, to_number(header.next));
  put(bytes, at::body_bytes, header.body_bytes);
  put_bytes(bytes, at::chain_before, header.chain_before);
  put(bytes, at::crc, crc32c(ByteView(bytes).first(at::crc)));
  return bytes;
}

SegmentTrailerBytes encode(const SegmentTrailer& trailer) {
  SegmentTrailerBytes bytes{};
  put_bytes(bytes, end_at::magic, std::as_bytes(std::span(kTrailerMagic)));
  put(bytes, end_at::next, to_number(trailer.next));
  put(bytes, end_at::body_bytes, trailer.body_bytes);
  put(bytes, end_at::frames, trailer.frames);
  put_bytes(bytes, end_at::file_hash, trailer.file_hash);
  put(bytes, end_at::crc, crc32c(ByteView(bytes).first(end_at::crc)));
  return bytes;
}

SegmentReject decode(ByteView bytes, SegmentHeader& out) {
  TIDEMARK_CHECK(bytes.size() == kSegmentHeaderBytes);
  if (!has_magic(bytes, kSegmentMagic)) {
    return all_zero(bytes) ? SegmentReject::zeros : SegmentReject::bad_magic;
  }
  if (get<std::uint32_t>(bytes, at::crc) != crc32c(bytes.first(at::crc))) {
    return SegmentReject::bad_header_crc;
  }
  read_fields(bytes, out);
  if (get<std::uint8_t>(bytes, at::major) != kSegmentMajor) return SegmentReject::newer_version;
  if (get<std::uint16_t>(bytes, at::flags) != 0) return SegmentReject::unknown_flag;
  if (!all_zero(bytes.subspan(at::zero, at::crc - at::zero))) return SegmentReject::bad_reserved;
  const std::uint64_t first = to_number(out.first);
  const std::uint64_t next = to_number(out.next);
  if (first >= next || next > kIndexEnd) return SegmentReject::bad_index;
  if (first == 0 && out.chain_before != chain_start(out.origin)) {
    return SegmentReject::bad_chain_start;
  }
  // Each frame has at least one entry and a header.
  const bool fits = out.frames > 0 && out.frames <= next - first && out.body_bytes > 0 &&
                    out.body_bytes <= kSegmentBodyBytesMax &&
                    out.frames <= out.body_bytes / proto::kFrameHeaderBytes;
  return fits ? SegmentReject::none : SegmentReject::bad_length;
}

SegmentReject decode(ByteView bytes, SegmentTrailer& out) {
  TIDEMARK_CHECK(bytes.size() == kSegmentTrailerBytes);
  if (!has_magic(bytes, kTrailerMagic)) {
    return all_zero(bytes) ? SegmentReject::zeros : SegmentReject::bad_trailer_magic;
  }
  if (get<std::uint32_t>(bytes, end_at::crc) != crc32c(bytes.first(end_at::crc))) {
    return SegmentReject::bad_trailer_crc;
  }
  out.next = EntryIndex{get<std::uint64_t>(bytes, end_at::next)};
  out.body_bytes = get<std::uint64_t>(bytes, end_at::body_bytes);
  out.frames = get<std::uint32_t>(bytes, end_at::frames);
  get_bytes(bytes, end_at::file_hash, out.file_hash);
  return SegmentReject::none;
}

bool agree(const SegmentHeader& header, const SegmentTrailer& trailer) {
  return header.next == trailer.next && header.body_bytes == trailer.body_bytes &&
         header.frames == trailer.frames;
}

}  // namespace tidemark::filelog
