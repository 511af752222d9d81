// One thing an origin said, and where and when it said it.
#pragma once

#include <compare>
#include <cstdint>
#include <variant>

#include "oplog/bytes.h"
#include "oplog/ids.h"

namespace tidemark {

/// Position in an origin's log: from 0, without holes, below 2^48.
enum class EntryIndex : std::uint64_t {};

constexpr std::uint64_t to_number(EntryIndex index) { return static_cast<std::uint64_t>(index); }
constexpr EntryIndex advanced(EntryIndex index, std::uint64_t by) {
  return EntryIndex{to_number(index) + by};
}

/// Hybrid logical clock: 48 bits of Unix milliseconds above 16 bits of counter. Rises strictly
/// from entry to entry of an origin. Legal below 2^62.
struct Hlc {
  std::uint64_t bits{};
  auto operator<=>(const Hlc&) const = default;
};

constexpr std::int64_t unix_ms(Hlc hlc) { return static_cast<std::int64_t>(hlc.bits >> 16); }

/// What orders writes to a cell: h is the hlc lifted above what its writer had seen
/// (docs/merge.md). Unique, compared member by member in this order.
struct Stamp {
  std::uint64_t h{};
  PeerId origin;
  std::uint64_t branch{};  ///< 0 below a known fork
  EntryIndex index{};
  auto operator<=>(const Stamp&) const = default;
};

/// What an entry's payload is. THE NUMBERS ARE IN EVERY STORED LOG: never change or reuse one.
/// Unknown kinds below 128 make the applied cursor of their origin wait; from 128 on they may be
/// ignored.
enum class EntryKind : std::uint8_t {
  genesis = 1,
  schema = 2,
  row = 3,
  chunk = 4,
  expunge = 5,
  rehome = 6,
  keyring = 7,
  forget = 8,
  context = 9,
  yield = 10,
  floor = 11,
  application = 12,
};

/// A live entry. `salt` travels with it, so that the chain is the same on any path.
struct Entry {
  Hlc hlc;
  EntryKind kind{};
  bool commit{};  ///< the last entry of a transaction
  Salt salt{};
  Bytes payload;
  bool operator==(const Entry&) const = default;
};

/// What is left of an entry whose payload was removed: it still occupies its index and verifies.
struct Expunged {
  Hlc hlc;
  EntryKind kind{};
  bool commit{};
  Hash body{};             ///< the salted payload hash
  PeerId authority;        ///< origin of the expunge entry that names this one
  EntryIndex authorised{}; ///< index of that entry
  bool operator==(const Expunged&) const = default;
};

using StoredEntry = std::variant<Entry, Expunged>;

struct IndexedEntry {
  EntryIndex index{};
  StoredEntry entry;
  bool operator==(const IndexedEntry&) const = default;
};

}  // namespace tidemark
