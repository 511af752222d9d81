#include "replica/admission.h"

#include "oplog/chain.h"
#include "oplog/check.h"
#include "proto/record.h"

namespace tidemark::replica {
namespace {

using proto::FrameReject;
using Outcome = Applied::Outcome;

FrameReject check_envelope(const Frame& frame, proto::Envelope& envelope) {
  const FrameReject reject = proto::parse_envelope(frame.bytes, envelope);
  if (reject != FrameReject::none) return reject;
  if (frame.bytes.size() < envelope.frame_bytes()) return FrameReject::too_short;
  if (frame.bytes.size() > envelope.frame_bytes()) return FrameReject::too_long;
  if (envelope.origin != frame.origin) return FrameReject::other_origin;
  const bool same = envelope.first == frame.first && envelope.count == frame.count;
  return same ? FrameReject::none : FrameReject::bad_index;
}

// All of the frame is behind the cursor.
Outcome judge_covered(Offer& offer, const Gate& gate) {
  const auto ours = stored_chain(gate.log, offer.frame().origin, offer.frame().next());
  if (!ours || *ours == offer.envelope().chain_after) return Outcome::duplicate;
  // Only bytes that verify are evidence of another log.
  return offer.verify() ? Outcome::fork : Outcome::invalid;
}

// The frame reaches from the cursor, or from before it, to beyond it.
Outcome judge_continuing(Offer& offer, const OriginTail& tail) {
  if (!offer.verify()) return Outcome::invalid;
  const EntryIndex cursor = tail.log.next;
  const Hash theirs = offer.frame().first == cursor
                          ? offer.envelope().chain_before
                          : proto::chain_at(proto::decode_trusted(offer.frame().bytes), cursor);
  return theirs == tail.log.chain ? Outcome::applied : Outcome::fork;
}

Outcome judge_position(Offer& offer, const Gate& gate, const OriginTail& tail) {
  const Frame& frame = offer.frame();
  if (frame.next() <= tail.log.next) return judge_covered(offer, gate);
  if (gate.own && frame.origin == *gate.own) {
    return offer.verify() ? Outcome::closed : Outcome::invalid;
  }
  if (frame.first > tail.log.next) return Outcome::gap;
  return judge_continuing(offer, tail);
}

}  // namespace

Offer::Offer(const Frame& frame)
    : frame_(frame),
      reject_(check_envelope(frame, envelope_)),
      legible_(reject_ == FrameReject::none) {}

bool Offer::is_waiting() const {
  return proto::is_newer(reject_);
}

bool Offer::verify() {
  if (verified_ || reject_ != FrameReject::none) return reject_ == FrameReject::none;
  const proto::OpenedFrame opened = proto::open(envelope_.group, frame_.bytes);
  reject_ = opened.reject;
  if (reject_ != FrameReject::none) return false;
  verified_ = true;
  for (std::size_t i = opened.entries.size(); i > 0 && !complete_; --i) {
    if (opened.entries[i - 1].commit) complete_ = opened.index_of(i);
  }
  proto::Genesis genesis;
  if (frame_.first == EntryIndex{0} &&
      proto::decode(opened.entries.front().payload, genesis) == proto::RecordReject::none) {
    device_name_ = genesis.device_name;
  }
  return true;
}

Applied judge(Offer& offer, const Gate& gate) {
  const Frame& frame = offer.frame();
  OriginTail tail;
  if (const auto found = gate.log.tail(frame.origin)) {
    tail = *found;
  } else {
    tail.log.chain = chain_start(frame.origin);
  }
  Applied result{Outcome::invalid, tail.log.next, frame.first, 0};
  if (offer.is_waiting()) {
    result.outcome = Outcome::waiting;
  } else if (offer.reject() != FrameReject::none) {
    result.outcome = Outcome::invalid;
  } else if (offer.envelope().group != gate.group) {
    result.outcome = Outcome::foreign;
  } else {
    result.outcome = judge_position(offer, gate, tail);
  }
  if (result.outcome == Outcome::applied) {
    result.entries = static_cast<std::uint32_t>(to_number(frame.next()) - to_number(tail.log.next));
  }
  return result;
}

bool tells_of(const proto::OpenedFrame& opened, const Frame& frame) {
  return opened.reject == FrameReject::none && opened.envelope.first == frame.first &&
         opened.entries.size() == frame.count;
}

std::optional<Hash> stored_chain(FrameReader& log, const PeerId& origin, EntryIndex index) {
  if (index == EntryIndex{0}) return chain_start(origin);
  const auto tail = log.tail(origin);
  if (!tail || index > tail->log.next) return std::nullopt;
  if (index == tail->log.next) return tail->log.chain;
  const auto frames = log.read(origin, index, {1, 1});
  if (frames.empty()) return std::nullopt;
  const proto::OpenedFrame opened = proto::decode_trusted(frames.front().bytes);
  if (!tells_of(opened, frames.front())) return std::nullopt;
  return proto::chain_at(opened, index);
}

}  // namespace tidemark::replica
