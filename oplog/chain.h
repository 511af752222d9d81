// The hash chain over entries (proto/FRAME.md). It binds index, hlc, kind, transaction end
// and a salted payload hash; framing is no part of it, so an origin may join its own small frames
// and an expunged entry still verifies.
#pragma once

#include <cstdint>

#include "oplog/bytes.h"
#include "oplog/entry.h"
#include "oplog/ids.h"

namespace tidemark {

/// chain(0) of an origin.
Hash chain_start(const PeerId& origin);

/// body_i = H("tidemark.body.1"; salt ‖ payload).
Hash body_hash(const Salt& salt, ByteView payload);

/// What the chain says of an entry besides its payload.
struct ChainLink {
  EntryIndex index{};
  Hlc hlc;
  EntryKind kind{};
  bool commit{};
};

/// chain(i + 1) from chain(i).
Hash chain_next(const Hash& before, const ChainLink& link, const Hash& body);

/// The same for a stored entry: its body hash from salt and payload, or as the marker keeps it.
Hash chain_next(const Hash& before, EntryIndex index, const StoredEntry& entry);

/// The salts of a run that was made from one seed: one hash serves four entries, so walk indices
/// in order. Thread: one at a time.
class SaltSequence {
 public:
  explicit SaltSequence(const Salt& seed) : seed_(seed) {}
  const Salt& at(EntryIndex index);

 private:
  Salt seed_;
  std::uint64_t group_ = ~std::uint64_t{0};  ///< index / 4 of the salts at hand
  std::array<Salt, 4> salts_{};
};

}  // namespace tidemark
