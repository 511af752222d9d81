// The version vector: how far each origin's log has been received.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "oplog/entry.h"
#include "oplog/ids.h"

namespace tidemark {

/// A run of indices [from, to) of one origin.
struct OriginRange {
  PeerId origin;
  EntryIndex from{};
  EntryIndex to{};
  bool operator==(const OriginRange&) const = default;
};

/// Per origin the *next* index wanted; absent = 0, and a 0 is never kept. Cursors only grow:
/// there is no way to lower one (invariant cursor-only-grows). A value.
class PeerCursors {
 public:
  /// The next index wanted of `origin`; 0 if unseen.
  EntryIndex at(const PeerId& origin) const;

  /// Moves one cursor to max(itself, next). Returns whether it moved.
  bool advance(const PeerId& origin, EntryIndex next);

  /// Pointwise maximum: commutative, associative, idempotent.
  void merge(const PeerCursors& other);

  /// Whether every cursor of `other` is at most ours.
  bool covers(const PeerCursors& other) const;

  /// What `offered` has beyond this, ordered by origin.
  std::vector<OriginRange> missing(const PeerCursors& offered) const;

  /// The cursors in which this exceeds `before`: the delta that takes `before` to the merge.
  PeerCursors beyond(const PeerCursors& before) const;

  bool empty() const { return next_.empty(); }
  std::size_t size() const { return next_.size(); }
  auto begin() const { return next_.begin(); }
  auto end() const { return next_.end(); }

  bool operator==(const PeerCursors&) const = default;
  /// Order of version vectors: unordered means concurrent.
  std::partial_ordering operator<=>(const PeerCursors& other) const;

 private:
  std::map<PeerId, EntryIndex> next_;
};

}  // namespace tidemark
