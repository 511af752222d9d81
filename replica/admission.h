// Whether an offered frame may be stored: the checks in their order, and what overlaps come to.
// Rules only; writes nothing.
#pragma once

#include <optional>
#include <string>

#include "oplog/frame.h"
#include "proto/frame_codec.h"
#include "replica/frame_store.h"

namespace tidemark::replica {

/// A frame that somebody offers, and what its own bytes say of it. Verified at most once, and
/// without the decoded body being kept. Borrows the frame.
class Offer {
 public:
  explicit Offer(const Frame& frame);

  const Frame& frame() const { return frame_; }
  const proto::Envelope& envelope() const { return envelope_; }
  /// What the envelope, then the full check if it ran, has against the frame.
  proto::FrameReject reject() const { return reject_; }
  /// Written by a newer version, or with a flag that this version can't honour.
  bool is_waiting() const;
  /// Whether the envelope is sound: only then do origin and index mean anything.
  bool is_legible() const { return legible_; }

  /// The full check of all bytes, from header to header. Returns whether the frame passed.
  bool verify();
  /// Requires of the next two: verify() passed.
  /// Behind the last entry that ends a transaction; none without one.
  std::optional<EntryIndex> complete() const { return complete_; }
  /// The device's name, from the genesis entry; empty in frames that don't begin a log.
  const std::string& device_name() const { return device_name_; }

 private:
  const Frame& frame_;
  proto::Envelope envelope_;
  proto::FrameReject reject_;
  bool legible_;
  bool verified_ = false;
  std::optional<EntryIndex> complete_;
  std::string device_name_;
};

/// Which log the frame is offered to.
struct Gate {
  FrameReader& log;
  GroupId group;
  std::optional<PeerId> own;  ///< the origin that only this device may continue
};

/// The outcome by the rules of the contract. `applied` says that the frame is verified and that its
/// part from `expected` on continues the log: the caller stores it.
Applied judge(Offer& offer, const Gate& gate);

/// Whether a stored frame decoded, and to what the store says of it.
bool tells_of(const proto::OpenedFrame& opened, const Frame& frame);

/// The chain at `index` of a stored log, 0 <= index <= next; none when no stored frame tells.
std::optional<Hash> stored_chain(FrameReader& log, const PeerId& origin, EntryIndex index);

}  // namespace tidemark::replica
