// A sync folder seen as a log: readable for all origins, writable only for its own.
#pragma once

#include <span>
#include <vector>

#include "filelog/folder_view.h"
#include "filelog/group_marker.h"
#include "filelog/own_segments.h"
#include "filelog/segment_ledger.h"
#include "filelog/storage.h"
#include "oplog/clock.h"
#include "oplog/log.h"

namespace tidemark {

/// Everything is borrowed and must outlive the replica.
struct FileLogOptions {
  filelog::Storage* storage{};
  Clock* clock{};
  GroupId group;
  PeerId self;                       ///< our own origin, and the name of our directory
  filelog::SegmentLedger* ledger{};  ///< of this folder
  /// Publish although the folder holds nothing of what was published there: it was emptied on
  /// purpose.
  bool refill{};
};

/// The folder is looked at by refresh() alone; all else answers from the last look (the first use
/// looks by itself). Cursors are those of what is readable: they are lower after files vanished,
/// and nobody concludes anything from that. Entries of our own origin are shown like any other, so
/// that a database which was restored from a backup meets what it has forgotten.
/// Files of other publishers are never written, renamed or removed.
/// Thread: one at a time; publishing is for one process of a device at a time.
class FileLogReplica final : public Replica, public FileLogSink, public FileLogPuller {
 public:
  explicit FileLogReplica(const FileLogOptions& options);

  /// Looks at the folder as it is now. Throws Error{folder_missing}.
  void refresh();
  /// What the last look found, in classes as a reader with `have` sees them.
  filelog::FolderReport report(const PeerCursors& have);
  /// All groups of which the folder shows traces.
  std::vector<filelog::FoundGroup> groups();
  /// Whether we published here, and the folder holds nothing of the group any more: then nothing
  /// is written (Error{folder_emptied}).
  bool is_emptied();

  PeerCursors cursors() override;
  EntryIndex cursor(const PeerId& origin) override;
  EntryIndex floor(const PeerId& origin) override;
  std::shared_ptr<CursorWatch> watch_cursors() override;

  std::vector<IndexedEntry> read_since(const PeerId& origin, EntryIndex from,
                                       const ReadLimits& limits) override;
  std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from,
                                 const ReadLimits& limits) override;
  PeerCursors offered(const PeerCursors& have) override;

  bool accepts(const PeerId& origin) const override { return origin == options_.self; }
  /// One entry, one segment: for tests and tools.
  Applied apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) override;
  /// Frames of our own origin, as few segments as the caps allow; others are
  /// Error{invalid_argument}. Positions count from extent().
  std::vector<Applied> apply(std::span<const Frame> frames) override;

  PeerId self() const override { return options_.self; }
  /// Throws Error{folder_emptied, folder_not_writable, io_failed}: then no segment was added.
  Applied write(std::span<const Frame> frames) override;
  /// The next index of our own that is to be written here: what the ledger says, whatever the
  /// folder shows.
  EntryIndex extent() { return own_.extent(); }
  /// Writes again, from the own log, our live segments that are missing, short or damaged in the
  /// folder as last seen. Call before anything new is published.
  filelog::RepairReport repair(LogSource& oplog);
  /// Removes our live segments and empties the ledger: the group is being left.
  void retire();

  std::vector<PeerId> list_peers() override;
  std::vector<IndexedEntry> read_entries(const PeerId& origin, EntryIndex from) override;

 private:
  void see();
  void require_above_floor(const PeerId& origin, EntryIndex from);
  void announce();

  FileLogOptions options_;
  filelog::FolderView view_;
  filelog::OwnSegments own_;
  bool seen_ = false;
  PeerCursors announced_;
  CursorWatchers watchers_;
};

}  // namespace tidemark
