// A small log whose every byte is known, and hands to damage its frames with.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "oplog/chain.h"
#include "oplog/hash.h"
#include "proto/body_codec.h"
#include "proto/envelope.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/group_spec.h"
#include "proto/leb.h"
#include "proto/record.h"

namespace tidemark::test {

// Functions, not constants: hashing needs what other files initialise.
inline const GroupId& group() {
  static const GroupId id = proto::group_id({});
  return id;
}
inline const GroupId& other_group() {
  static const GroupId id = proto::group_id({.created_ms = 1});
  return id;
}
inline constexpr Salt kSeed = {std::byte{1}, std::byte{2}};

inline proto::Genesis sample_genesis() {
  proto::Genesis genesis;
  genesis.device_name = "laptop";
  return genesis;
}

inline PeerId sample_origin() {
  const proto::Genesis genesis = sample_genesis();
  return derive_origin(genesis.key, genesis.nonce);
}

inline LogTail empty_log() {
  return {EntryIndex{0}, chain_start(sample_origin()), EntryIndex{0}};
}

/// What a frame is made of, to be broken on purpose. `sealed` computes everything that follows.
struct Parts {
  proto::Envelope envelope;
  std::vector<proto::EntryHead> heads;
  Bytes blob;

  void say(EntryKind kind, bool commit, ByteView payload) {
    const std::uint64_t hlc = heads.empty() ? 1000 : heads.back().hlc.bits + 5;
    heads.push_back({Hlc{hlc}, kind, commit, static_cast<std::uint32_t>(payload.size())});
    append(blob, payload);
  }
};

/// The genesis and three more entries, from index 0.
inline Parts sample_parts() {
  Parts parts;
  parts.envelope.group = group();
  parts.envelope.origin = sample_origin();
  parts.envelope.chain_before = chain_start(sample_origin());
  parts.say(EntryKind::genesis, true, proto::encode(sample_genesis()));
  parts.say(EntryKind::row, false, as_bytes("one"));
  parts.say(EntryKind::application, true, as_bytes(""));
  parts.say(EntryKind::row, true, as_bytes("three"));
  return parts;
}

/// The frame that is around `body`: lengths, payload hash and CRC are right.
inline Bytes around(proto::Envelope envelope, ByteView body) {
  envelope.raw_length = envelope.stored_length = static_cast<std::uint32_t>(body.size());
  envelope.payload_hash = proto::hash_payload(body);
  Bytes frame(proto::kFrameHeaderBytes);
  proto::write_header(envelope, std::span(frame).first<proto::kFrameHeaderBytes>());
  append(frame, body);
  return frame;
}

/// Completes the envelope with what the entries say; `edit` then has the last word.
template <typename Edit>
Bytes sealed(Parts parts, Edit edit) {
  proto::Envelope& e = parts.envelope;
  e.count = static_cast<std::uint32_t>(parts.heads.size());
  e.hlc_max = parts.heads.back().hlc;
  e.info = static_cast<std::uint16_t>(proto::kInfoBegins |
                                      (parts.heads.back().commit ? proto::kInfoEnds : 0));
  SaltSequence salts(kSeed);
  e.chain_after = e.chain_before;
  std::size_t at = 0;
  for (std::size_t i = 0; i < parts.heads.size(); ++i) {
    const proto::EntryHead& head = parts.heads[i];
    const EntryIndex index = advanced(e.first, i);
    const Hash body = body_hash(salts.at(index), ByteView(parts.blob).subspan(at, head.length));
    e.chain_after = chain_next(e.chain_after, {index, head.hlc, head.kind, head.commit}, body);
    at += head.length;
  }
  edit(e);
  Bytes body;
  proto::encode_body(parts.heads, kSeed, parts.blob, body);
  return around(e, body);
}
inline Bytes sealed(const Parts& parts) {
  return sealed(parts, [](proto::Envelope&) {});
}

/// The sample log as one raw frame.
inline const Bytes& sample_frame() {
  static const Bytes frame = sealed(sample_parts());
  return frame;
}

inline void repair_crc(Bytes& frame) {
  const std::uint32_t crc = crc32c(ByteView(frame).first(proto::frame_offset::crc));
  proto::put_number(frame.data() + proto::frame_offset::crc, crc);
}

inline void repair_payload_hash(Bytes& frame) {
  const Hash hash = proto::hash_payload(ByteView(frame).subspan(proto::kFrameHeaderBytes));
  proto::put_bytes(frame.data() + proto::frame_offset::payload_hash, hash);
  repair_crc(frame);
}

/// `frame` with one field of its header replaced, and the CRC right.
template <typename Number>
Bytes with_field(Bytes frame, std::size_t offset, Number value) {
  proto::put_number(frame.data() + offset, value);
  repair_crc(frame);
  return frame;
}

inline void flip_bit(Bytes& bytes, std::size_t bit) {
  bytes[bit / 8] ^= std::byte{1} << (bit % 8);
}

inline Bytes read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("can't read " + path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const ByteView bytes = as_bytes(text);
  return {bytes.begin(), bytes.end()};
}

}  // namespace tidemark::test
