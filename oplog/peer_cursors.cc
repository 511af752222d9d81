#include "oplog/peer_cursors.h"

#include <algorithm>

namespace tidemark {

EntryIndex PeerCursors::at(const PeerId& origin) const {
  const auto found = next_.find(origin);
  return found == next_.end() ? EntryIndex{0} : found->second;
}

bool PeerCursors::advance(const PeerId& origin, EntryIndex next) {
  if (next <= at(origin)) return false;  // Invariant cursor-only-grows.
  next_[origin] = next;
  return true;
}

void PeerCursors::merge(const PeerCursors& other) {
  for (const auto& [origin, next] : other) advance(origin, next);
}

bool PeerCursors::covers(const PeerCursors& other) const {
  return std::ranges::all_of(other, [this](const auto& o) { return at(o.first) >= o.second; });
}

std::vector<OriginRange> PeerCursors::missing(const PeerCursors& offered) const {
  std::vector<OriginRange> ranges;
  for (const auto& [origin, next] : offered) {
    if (next > at(origin)) ranges.push_back({origin, at(origin), next});
  }
  return ranges;
}

PeerCursors PeerCursors::beyond(const PeerCursors& before) const {
  PeerCursors delta;
  for (const auto& range : before.missing(*this)) delta.advance(range.origin, range.to);
  return delta;
}

std::partial_ordering PeerCursors::operator<=>(const PeerCursors& other) const {
  const bool more = covers(other);
  const bool less = other.covers(*this);
  if (more && less) return std::partial_ordering::equivalent;
  if (more) return std::partial_ordering::greater;
  return less ? std::partial_ordering::less : std::partial_ordering::unordered;
}

}  // namespace tidemark
