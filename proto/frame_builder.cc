#include <algorithm>
#include <utility>

#include "oplog/chain.h"
#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/body_codec.h"
#include "proto/envelope.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/leb.h"
#include "proto/zstd_codec.h"

namespace tidemark::proto {
namespace {

// What the columns and the salts may take beside the payloads.
constexpr std::size_t kEntryOverheadMax = kLebBytesMax + 2 + 3;
constexpr std::size_t kBodyOverheadMax = kBodyPrefixBytes + kLebBytesMax + 1 + sizeof(Salt);
static_assert(kPayloadBytesMax + kEntryOverheadMax + kBodyOverheadMax <= kFrameRawBytesMax);

std::size_t body_bytes_max(std::size_t count, std::size_t payload_bytes) {
  return kBodyOverheadMax + count * kEntryOverheadMax + payload_bytes;
}

// Compresses the body if that makes it smaller, and puts a header before it. `envelope` brings
// everything that does not follow from the body.
Frame pack(Envelope envelope, int zstd_level, ByteView body) {
  thread_local Bytes compressed;
  const bool smaller = zstd_level != 0 && compress(body, zstd_level, compressed);
  const ByteView stored = smaller ? ByteView(compressed) : body;
  envelope.codec = static_cast<std::uint8_t>(smaller ? Codec::zstd : Codec::raw);
  envelope.raw_length = static_cast<std::uint32_t>(body.size());
  envelope.stored_length = static_cast<std::uint32_t>(stored.size());
  envelope.payload_hash = hash_payload(stored);
  Frame frame{envelope.origin, envelope.first, envelope.count, {}};
  frame.bytes.reserve(envelope.frame_bytes());
  frame.bytes.resize(kFrameHeaderBytes);
  write_header(envelope, std::span(frame.bytes).first<kFrameHeaderBytes>());
  append(frame.bytes, stored);
  return frame;
}

}  // namespace

FrameBuilder::FrameBuilder(const Options& options, const LogTail& tail)
    : options_(options), tail_(tail) {
  TIDEMARK_CHECK(options.entries_max > 0);
  options_.entries_max = std::min(options.entries_max, kFrameEntriesMax);
  options_.raw_bytes_max = std::min(options.raw_bytes_max, kFrameRawBytesMax);
}

EntryIndex FrameBuilder::next() const {
  return advanced(tail_.next, pending_.size());
}

EntryIndex FrameBuilder::add(Hlc hlc, EntryKind kind, bool commit, ByteView payload) {
  TIDEMARK_CHECK(payload.size() <= kPayloadBytesMax);
  TIDEMARK_CHECK(hlc > last_hlc_ && hlc.bits < kHlcEnd);
  const EntryIndex index = next();
  TIDEMARK_CHECK(to_number(index) < kIndexEnd);
  last_hlc_ = hlc;
  pending_.push_back({hlc, kind, commit, static_cast<std::uint32_t>(payload.size())});
  append(payloads_, payload);
  return index;
}

void FrameBuilder::commit_last() {
  TIDEMARK_CHECK(!pending_.empty());
  pending_.back().commit = true;
}

std::optional<Frame> FrameBuilder::full_frame(const Salt& seed) {
  if (pending_.size() < 2) return std::nullopt;
  const bool full = pending_.size() > options_.entries_max ||
                    body_bytes_max(pending_.size(), payloads_.size()) > options_.raw_bytes_max;
  if (!full) return std::nullopt;
  return seal(pending_.size() - 1, seed);
}

std::optional<Frame> FrameBuilder::finish(const Salt& seed) {
  if (pending_.empty()) return std::nullopt;
  return seal(pending_.size(), seed);
}

Frame FrameBuilder::seal(std::size_t count, const Salt& seed) {
  const std::span<const EntryHead> heads = std::span(pending_).first(count);
  Envelope envelope;
  envelope.group = options_.group;
  envelope.origin = options_.origin;
  envelope.first = tail_.next;
  envelope.count = static_cast<std::uint32_t>(count);
  envelope.hlc_max = heads.back().hlc;
  envelope.info = static_cast<std::uint16_t>((begins_ ? kInfoBegins : 0) |
                                             (heads.back().commit ? kInfoEnds : 0));
  envelope.chain_before = tail_.chain;

  SaltSequence salts(seed);
  Hash chain = tail_.chain;
  EntryIndex index = tail_.next;
  ByteReader payloads(payloads_);
  for (const EntryHead& e : heads) {
    const Hash body = body_hash(salts.at(index), payloads.take(e.length));
    chain = chain_next(chain, {index, e.hlc, e.kind, e.commit}, body);
    index = advanced(index, 1);
  }
  envelope.chain_after = chain;

  const std::size_t used = payloads_.size() - payloads.remaining();
  encode_body(heads, seed, ByteView(payloads_).first(used), body_);
  TIDEMARK_CHECK(count <= kFrameEntriesMax && body_.size() <= kFrameRawBytesMax);
  Frame frame = pack(envelope, options_.zstd_level, body_);

  begins_ = heads.back().commit;
  tail_.next = index;
  tail_.chain = chain;
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
  payloads_.erase(payloads_.begin(), payloads_.begin() + static_cast<std::ptrdiff_t>(used));
  return frame;
}

std::optional<Frame> wrap(const GroupId& group, const PeerId& origin, const LogTail& tail,
                          std::span<const IndexedEntry> entries) {
  if (entries.empty() || entries.size() > kFrameEntriesMax) return std::nullopt;
  std::vector<EntryHead> heads;
  std::vector<Salt> salts;
  Bytes blob;
  Hash chain = tail.chain;
  for (const IndexedEntry& e : entries) {
    const Entry* live = std::get_if<Entry>(&e.entry);
    if (live == nullptr || e.index != advanced(tail.next, heads.size())) return std::nullopt;
    if (live->payload.size() > kPayloadBytesMax) return std::nullopt;
    heads.push_back(
        {live->hlc, live->kind, live->commit, static_cast<std::uint32_t>(live->payload.size())});
    salts.push_back(live->salt);
    append(blob, live->payload);
    if (blob.size() > kFrameRawBytesMax) return std::nullopt;
    chain = chain_next(chain, e.index, e.entry);
  }
  Bytes body;
  encode_body(heads, salts, blob, body);
  if (body.size() > kFrameRawBytesMax) return std::nullopt;

  Envelope envelope;
  envelope.group = group;
  envelope.origin = origin;
  envelope.first = tail.next;
  envelope.count = static_cast<std::uint32_t>(heads.size());
  envelope.hlc_max = heads.back().hlc;
  // The entry before is not known here, so only the first frame of a log is known to begin.
  envelope.info = static_cast<std::uint16_t>((tail.next == EntryIndex{0} ? kInfoBegins : 0) |
                                             (heads.back().commit ? kInfoEnds : 0));
  envelope.chain_before = tail.chain;
  envelope.chain_after = chain;
  return pack(envelope, FrameBuilder::Options{}.zstd_level, body);
}

}  // namespace tidemark::proto
