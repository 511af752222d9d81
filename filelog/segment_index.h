// Which runs of which logs a set of verified segments gives, and which of them say the same or
// contradict each other. Reads no file itself.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "filelog/file_class.h"
#include "filelog/folder_scan.h"
#include "oplog/peer_cursors.h"

namespace tidemark::filelog {

class SegmentIndex {
 public:
  /// The chain at an index inside a segment, none if it can't be told. Asked only where two
  /// segments overlap without ending at the same index.
  using ChainInside = std::function<std::optional<Hash>(const Segment&, EntryIndex)>;

  SegmentIndex() = default;
  /// Borrows the segments. The result depends on their content alone, not on their order: of equal
  /// files the one at its proper path is used; of contradicting ones the one that begins first,
  /// then the one that reaches further.
  SegmentIndex(std::vector<const Segment*> segments, const ChainInside& chain_inside);

  /// Per origin the end of the run that begins at the lowest index held.
  PeerCursors cursors() const;
  /// Per origin the end of the run that holds have[origin]; origins without one are left out.
  PeerCursors offered(const PeerCursors& have) const;
  EntryIndex floor(const PeerId& origin) const;
  /// The segment that holds the entry at `index` and reaches furthest; null if there is none.
  const Segment* holding(const PeerId& origin, EntryIndex index) const;
  /// A segment that tells the chain at `index`: one that holds it or ends there.
  const Segment* bounding(const PeerId& origin, EntryIndex index) const;
  /// duplicate, fork, covered, next or future, for a reader that has `have`. Requires: one of the
  /// segments given.
  FileClass classify(const Segment& segment, const PeerCursors& have) const;

  std::vector<PeerId> origins() const;
  bool empty() const { return standings_.empty(); }

 private:
  /// A segment that no other covers. In a Log both its beginnings and its ends ascend.
  struct Stretch {
    const Segment* segment{};
    EntryIndex run_end{};  ///< of the hole-free run that it is part of
  };
  using Log = std::vector<Stretch>;

  void add_origin(std::span<const Segment*> segments, const ChainInside& chain_inside);
  /// The last stretch that begins at or before `index`; null if there is none.
  const Stretch* last_from(const PeerId& origin, EntryIndex index) const;

  std::map<PeerId, Log> logs_;
  std::map<const Segment*, FileClass> standings_;  ///< duplicate, fork, covered; next = in use
};

}  // namespace tidemark::filelog
