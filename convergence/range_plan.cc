#include "convergence/range_plan.h"

#include <algorithm>

namespace tidemark {

std::vector<OriginRange> plan_ranges(const PeerCursors& have, const PeerCursors& offered,
                                     std::size_t ranges_max, const std::optional<PeerId>& after) {
  std::vector<OriginRange> ranges = have.missing(offered);
  if (after) {
    const auto start = std::ranges::upper_bound(ranges, *after, {}, &OriginRange::origin);
    std::ranges::rotate(ranges, start);
  }
  if (ranges.size() > ranges_max) ranges.resize(ranges_max);
  return ranges;
}

}  // namespace tidemark
