// What to pull next: a fair choice between origins.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "oplog/peer_cursors.h"

namespace tidemark {

/// At most `ranges_max` of what `offered` has beyond `have`, one range for each origin. Begins with
/// the first origin above `after` and goes round: give the last origin that was served, and none
/// starves, whatever comes and goes.
std::vector<OriginRange> plan_ranges(const PeerCursors& have, const PeerCursors& offered,
                                     std::size_t ranges_max,
                                     const std::optional<PeerId>& after = std::nullopt);

}  // namespace tidemark
