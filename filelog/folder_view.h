// A folder seen as logs: what is readable of each origin, whoever published it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "filelog/folder_scan.h"
#include "filelog/segment_index.h"
#include "oplog/log.h"

namespace tidemark::filelog {

/// A file that is of no use now, and why.
struct FileTrouble {
  std::string path;
  FileClass file_class{};
  std::string reason;
};

/// What the last look at the folder found.
struct FolderReport {
  FileCounts files;
  std::vector<FileTrouble> troubles;  ///< up to kTroublesMax
  bool truncated{};                   ///< more names than a scan looks at
};
inline constexpr std::size_t kTroublesMax = 20;

/// Thread: one at a time.
class FolderView {
 public:
  /// Borrows storage and clock. Sees nothing before the first refresh().
  FolderView(Storage& storage, Clock& clock, const GroupId& group);

  /// Looks at the folder as it is now. Throws Error{folder_missing}.
  void refresh();
  /// Looks at one file anew, because we wrote or removed it.
  const ScannedFile* look_again(const std::string& path);

  const FolderScan& scan() const { return scan_; }
  const SegmentIndex& index() const { return index_; }
  /// Classes as a reader with `have` sees them.
  FolderReport report(const PeerCursors& have) const;

  /// Frames from `from` on, verbatim, without a hole; the first one holds `from`. Empty if nothing
  /// readable is there. A file that changed since it was verified is given up, and another that
  /// holds the same is used.
  std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from, const ReadLimits& limits);
  /// The chain at `index` of what is readable; none if that does not tell.
  std::optional<Hash> chain_at(const PeerId& origin, EntryIndex index);
  /// A frame's bytes did not verify: the file that holds it is no source until it changes.
  void distrust(const PeerId& origin, EntryIndex index);

 private:
  /// Where the last read ended, so that the next one need not walk there.
  struct Resume {
    Hash file_hash{};
    FramePosition position;
  };
  struct Batch {
    EntryIndex from{};
    ReadLimits limits;
    std::vector<Frame> frames;
    std::size_t bytes{};

    bool is_full_with(const proto::Envelope& next) const;
  };

  void rebuild();
  std::optional<Hash> chain_inside(const Segment& segment, EntryIndex index);
  bool read_segment(const Segment& segment, EntryIndex wanted, Batch& batch);

  Storage& storage_;
  GroupId group_;
  FolderScan scan_;
  SegmentIndex index_;
  std::map<std::pair<Hash, EntryIndex>, Hash> chains_;  ///< inside segments, by file hash
  Resume resume_;
};

}  // namespace tidemark::filelog
