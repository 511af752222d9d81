// The single-writer side of a folder: segments of our own origin, in our own directory.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "filelog/folder_view.h"
#include "filelog/segment_ledger.h"
#include "filelog/segment_writer.h"
#include "oplog/log.h"

namespace tidemark::filelog {

/// What repair() found and did.
struct RepairReport {
  std::size_t live{};       ///< own segments that the ledger names
  std::size_t rewritten{};  ///< written again: same name, same bytes
  std::size_t replaced{};   ///< a segment of other bytes took the place: the frames were joined
  std::size_t lost{};       ///< not intact, and the log does not hold their entries (any more)
};

/// Thread: one at a time.
class OwnSegments {
 public:
  struct Options {
    Storage* storage{};
    FolderView* view{};
    SegmentLedger* ledger{};
    GroupId group;
    PeerId self;
    bool refill{};  ///< write although the folder has lost everything
  };

  /// Borrows storage, view and ledger.
  explicit OwnSegments(const Options& options) : options_(options) {}

  /// The next index that is to be written: the end of what the ledger names.
  EntryIndex extent();

  /// Takes what continues the extent, verified, as few segments as the caps allow. One result for
  /// each frame. Throws Error{folder_emptied, ...}: what was taken before is durable then.
  std::vector<Applied> apply(std::span<const Frame> frames);
  /// All frames as one segment, or nothing. Throws Error{invalid_argument} if they are none, do not
  /// follow each other, or do not fit.
  Applied write(std::span<const Frame> frames);

  /// Compares the ledger with the last look at the folder, and writes again what is not intact.
  RepairReport repair(LogSource& oplog);
  /// Removes all own live segments, because the group is being left.
  void retire();

  /// The ledger names segments, and the folder holds nothing of our group: it was emptied, or it
  /// is not the folder that it was.
  bool is_emptied();

 private:
  /// Where the frames that were taken so far end.
  struct Continuation {
    EntryIndex next{};
    std::optional<Hash> chain;  ///< at `next`; none if nothing readable tells
  };
  struct Judgement {
    std::vector<Applied> results;
    std::vector<Frame> taken;
  };

  Judgement judge_all(std::span<const Frame> frames);
  Applied judge(const Frame& frame, Continuation& so_far);
  bool contradicts_folder(const Frame& frame, const Continuation& so_far);
  bool is_intact(const OwnSegment& own) const;
  bool rebuild(LogSource& oplog, const OwnSegment& own, RepairReport& report);
  void publish(std::span<const Frame> frames);
  void store(const BuiltSegment& built);
  void require_known();

  Options options_;
};

}  // namespace tidemark::filelog
