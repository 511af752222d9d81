// Records about logs themselves: who writes one, what its writer had seen, pieces of values.
#include <algorithm>

#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/leb.h"
#include "proto/record.h"
#include "proto/record_version.h"

namespace tidemark::proto {

Bytes encode(const Genesis& genesis) {
  TIDEMARK_CHECK(genesis.predecessor || genesis.reason.empty());
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kRecordVersion);
  writer.bytes(genesis.key);
  writer.bytes(genesis.nonce);
  writer.sized(as_bytes(genesis.device_name));
  writer.u8(genesis.predecessor ? 1 : 0);
  if (!genesis.predecessor) return out;
  writer.bytes(genesis.predecessor->origin.bytes);
  writer.leb(to_number(genesis.predecessor->next));
  writer.bytes(genesis.predecessor->chain);
  writer.sized(as_bytes(genesis.reason));
  return out;
}

RecordReject decode(ByteView payload, Genesis& out) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  out = {};
  out.key = reader.array<32>();
  out.nonce = reader.array<16>();
  out.device_name = as_text(reader.sized(kNameBytesMax));
  if (reader.u8(1) != 0) {
    Genesis::Predecessor& predecessor = *(out.predecessor = Genesis::Predecessor{});
    predecessor.origin.bytes = reader.array<16>();
    predecessor.next = EntryIndex{reader.leb(kIndexEnd)};
    predecessor.chain = reader.array<32>();
    out.reason = as_text(reader.sized(kNameBytesMax));
  }
  return reader.done() ? RecordReject::none : RecordReject::malformed;
}

Bytes encode(const ContextDelta& context) {
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kRecordVersion);
  writer.u8(0);  // No promise.
  writer.leb(context.moved.size());
  const PeerId* before = nullptr;
  for (const auto& [origin, next] : context.moved) {
    TIDEMARK_CHECK((before == nullptr || *before < origin) && to_number(next) <= kIndexEnd);
    before = &origin;
    writer.bytes(origin.bytes);
    writer.leb(to_number(next));
  }
  return out;
}

RecordReject decode(ByteView payload, ContextDelta& out) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  out.moved.clear();
  if (reader.u8() != 0) return reader.ok() ? RecordReject::newer : RecordReject::malformed;
  const std::uint64_t count = reader.leb(reader.remaining() / sizeof(PeerId));
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
    const PeerId origin{reader.array<16>()};
    const EntryIndex next{reader.leb(kIndexEnd)};
    if (!out.moved.empty() && out.moved.back().first >= origin) reader.fail();
    out.moved.emplace_back(origin, next);
  }
  return reader.done() ? RecordReject::none : RecordReject::malformed;
}

Bytes encode_chunk(ByteView piece) {
  TIDEMARK_CHECK(!piece.empty() && piece.size() <= kChunkBytesMax);
  Bytes out(1 + piece.size());
  out[0] = std::byte{kRecordVersion};
  put_bytes(out.data() + 1, piece);
  return out;
}

RecordReject decode_chunk(ByteView payload, ByteView& piece) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  piece = reader.take(reader.remaining());
  const bool fits = !piece.empty() && piece.size() <= kChunkBytesMax;
  return fits ? RecordReject::none : RecordReject::malformed;
}

}  // namespace tidemark::proto
