// Any bytes as a frame, and as each record. Strategy: first as they are; then with lengths, hash
// and CRC made right, so that codec, body and entries are reached; then with the chain made right
// too, so that what only the chain would stop is opened whole.
// Invariants: whatever is accepted is written again the same way, and gives the same chain when
// its entries are wrapped into a frame of another form.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/envelope.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/group_spec.h"
#include "proto/record.h"

namespace tidemark::proto {
namespace {

template <typename Record>
void check_record(ByteView payload) {
  Record record;
  if (decode(payload, record) != RecordReject::none) return;
  const Bytes again = encode(record);
  TIDEMARK_CHECK(std::ranges::equal(again, payload));
}

template <>
void check_record<RowChange>(ByteView payload) {
  RowChange row;
  if (decode(payload, row) != RecordReject::none) return;
  Bytes again;
  encode(row, again);
  TIDEMARK_CHECK(std::ranges::equal(again, payload));
}

void check_records(ByteView payload) {
  check_record<RowChange>(payload);
  check_record<TableDecl>(payload);
  check_record<ContextDelta>(payload);
  check_record<Yield>(payload);
  check_record<Genesis>(payload);
  ByteView piece;
  if (decode_chunk(payload, piece) != RecordReject::none) return;
  TIDEMARK_CHECK(std::ranges::equal(encode_chunk(piece), payload));
}

void check_group(ByteView bytes) {
  GroupSpec spec;
  if (decode(bytes, spec) != GroupSpecReject::none) return;
  TIDEMARK_CHECK(std::ranges::equal(encode(spec), bytes));
}

std::vector<IndexedEntry> check_entries(const OpenedFrame& frame) {
  std::vector<IndexedEntry> entries;
  for (std::size_t i = 0; i < frame.entries.size(); ++i) {
    check_records(frame.entries[i].payload);
    entries.push_back(frame.entry(i));
  }
  return entries;
}

void check_wrapped(const Envelope& envelope, const std::vector<IndexedEntry>& entries) {
  const LogTail tail{envelope.first, envelope.chain_before, EntryIndex{0}};
  const auto wrapped = wrap(envelope.group, envelope.origin, tail, entries);
  if (!wrapped) return;  // a salt each can push a body above its cap
  const OpenedFrame again = open(envelope.group, wrapped->bytes);
  TIDEMARK_CHECK(again.reject == FrameReject::none);
  TIDEMARK_CHECK(again.envelope.chain_after == envelope.chain_after);
}

void check_frame(ByteView bytes) {
  Envelope envelope;
  parse_envelope(bytes, envelope);
  const OpenedFrame decoded = decode_trusted(bytes);
  const auto entries = check_entries(decoded);
  const OpenedFrame opened = open(envelope.group, bytes);
  if (opened.reject != FrameReject::none) return;
  TIDEMARK_CHECK(check_entries(opened) == entries);
  check_wrapped(opened.envelope, entries);
}

Bytes with_header(const Envelope& envelope, ByteView stored) {
  Bytes frame(kFrameHeaderBytes);
  write_header(envelope, std::span(frame).first<kFrameHeaderBytes>());
  append(frame, stored);
  return frame;
}

// A frame of these bytes whose header is right about all that follows it. A header that can't be
// read is one of a raw body that begins a log.
void check_repaired(ByteView bytes) {
  if (bytes.size() <= kFrameHeaderBytes) return;
  const ByteView stored = bytes.subspan(kFrameHeaderBytes);
  if (stored.size() > kFrameRawBytesMax) return;
  Envelope envelope;
  parse_envelope(bytes, envelope);
  envelope.incompatible = 0;
  envelope.stored_length = static_cast<std::uint32_t>(stored.size());
  if (envelope.codec != static_cast<std::uint8_t>(Codec::zstd)) {
    envelope.codec = static_cast<std::uint8_t>(Codec::raw);
    envelope.raw_length = envelope.stored_length;
  }
  if (stored.size() >= kBodyPrefixBytes && envelope.count == 0) {
    envelope.count = std::to_integer<std::uint32_t>(stored[body_offset::count]);
  }
  envelope.payload_hash = hash_payload(stored);
  const Bytes frame = with_header(envelope, stored);
  check_frame(frame);

  const OpenedFrame decoded = decode_trusted(frame);
  if (decoded.reject != FrameReject::none) return;
  envelope.hlc_max = decoded.entries.back().hlc;
  envelope.info =
      static_cast<std::uint16_t>(kInfoBegins | (decoded.entries.back().commit ? kInfoEnds : 0));
  envelope.chain_after = chain_at(decoded, envelope.next());
  check_frame(with_header(envelope, stored));
}

}  // namespace
}  // namespace tidemark::proto

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  tidemark::proto::check_frame(bytes);
  tidemark::proto::check_repaired(bytes);
  tidemark::proto::check_records(bytes);
  tidemark::proto::check_group(bytes);
  return 0;
}
