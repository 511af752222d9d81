// Logs of other devices, made to measure: an OriginWriter says entries and hands out their frames.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "oplog/chain.h"
#include "oplog/entry.h"
#include "oplog/frame.h"
#include "oplog/hash.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/group_spec.h"
#include "proto/record.h"

namespace tidemark::test {

inline proto::GroupSpec plain_group(std::uint8_t number = 1) {
  proto::GroupSpec spec;
  spec.nonce[0] = std::byte{number};
  spec.created_ms = 1'700'000'000'000 + number;
  return spec;
}

/// One origin and all that it has said. A value: a copy that says something else is a fork.
class OriginWriter {
 public:
  explicit OriginWriter(const GroupId& group, std::uint8_t number = 1, std::string name = "laptop")
      : group_(group), name_(std::move(name)) {
    genesis_.nonce[0] = std::byte{number};
    genesis_.device_name = name_;
    origin_ = derive_origin(genesis_.key, genesis_.nonce);
    chains_.push_back(chain_start(origin_));
  }

  const PeerId& origin() const { return origin_; }
  EntryIndex next() const { return EntryIndex{entries_.size()}; }
  const std::vector<IndexedEntry>& entries() const { return entries_; }
  const Hash& chain(std::uint64_t index) const { return chains_.at(index); }

  /// Says `count` entries in one frame; the very first is the genesis. `ends` = the last one ends
  /// a transaction.
  Frame frame(std::uint32_t count, bool ends = true) {
    proto::FrameBuilder builder({.group = group_, .origin = origin_}, tail_at(entries_.size()));
    for (std::uint32_t i = 0; i < count; ++i) {
      hlc_.bits += 1;
      const bool genesis = builder.next() == EntryIndex{0};
      const Bytes payload = genesis ? proto::encode(genesis_) : payload_at(builder.next());
      builder.add(hlc_, genesis ? EntryKind::genesis : EntryKind::application,
                  genesis || (ends && i + 1 == count), payload);
    }
    Salt seed{};
    seed[0] = static_cast<std::byte>(entries_.size() & 0xFFU);
    seed[1] = static_cast<std::byte>(voice_ & 0xFFU);
    const auto frame = builder.finish(seed);
    if (!frame) throw std::logic_error("a frame without entries");
    remember(*frame);
    return *frame;
  }

  /// The same entries again, in one frame of other salts' form: an equal chain by another path.
  Frame joined(std::uint64_t from, std::uint64_t to) const {
    const std::vector<IndexedEntry> run(entries_.begin() + static_cast<std::ptrdiff_t>(from),
                                        entries_.begin() + static_cast<std::ptrdiff_t>(to));
    const auto frame = proto::wrap(group_, origin_, tail_at(from), run);
    if (!frame) throw std::logic_error("these entries fit in no frame");
    return *frame;
  }

  /// From here on this copy says other things than its original.
  void change_voice() { ++voice_; }
  /// The next entry's hlc is above this.
  void set_hlc(Hlc hlc) { hlc_ = hlc; }

 private:
  LogTail tail_at(std::uint64_t index) const {
    return {EntryIndex{index}, chains_.at(index), EntryIndex{0}};
  }
  Bytes payload_at(EntryIndex index) const {
    Bytes payload;
    append(payload, as_bytes("entry " + std::to_string(to_number(index)) + " of voice " +
                             std::to_string(voice_)));
    return payload;
  }
  void remember(const Frame& frame) {
    const proto::OpenedFrame opened = proto::open(group_, frame.bytes);
    if (opened.reject != proto::FrameReject::none) throw std::logic_error("made a bad frame");
    for (std::size_t i = 0; i < opened.entries.size(); ++i) {
      entries_.push_back(opened.entry(i));
      chains_.push_back(proto::chain_at(opened, opened.index_of(i + 1)));
    }
  }

  GroupId group_;
  std::string name_;
  proto::Genesis genesis_;
  PeerId origin_;
  Hlc hlc_{std::uint64_t{1'700'000'000'000} << 16};
  unsigned voice_ = 0;
  std::vector<IndexedEntry> entries_;
  std::vector<Hash> chains_;  ///< chain(i) for 0 <= i <= next
};

/// `frame` with the header changed by `edit(header)` and its CRC repaired.
template <typename Edit>
Frame with_header(Frame frame, Edit edit) {
  edit(frame.bytes);
  const std::uint32_t crc = crc32c(ByteView(frame.bytes).first(proto::frame_offset::crc));
  for (std::size_t i = 0; i < 4; ++i) {
    frame.bytes[proto::frame_offset::crc + i] = static_cast<std::byte>(crc >> (8 * i) & 0xFFU);
  }
  return frame;
}

}  // namespace tidemark::test
