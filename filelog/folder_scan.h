// Which files of a folder are whole segments of our group, and what the others are. A file is
// judged by its bytes, never by its name, place, date or company; what is absent says nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filelog/file_class.h"
#include "filelog/segment_header.h"
#include "filelog/segment_reader.h"
#include "filelog/storage.h"
#include "oplog/clock.h"

namespace tidemark::filelog {

/// A file that does not verify is unsettled, not corrupt, for so long after its last change.
inline constexpr std::int64_t kSettleMs = 60'000;

/// A segment whose whole file was verified, or of which only the header was read (foreign).
struct Segment {
  std::string path;
  SegmentHeader header;
  Hash file_hash{};
  Hash chain_after{};
};

struct ScannedFile {
  FileInfo info;
  std::optional<FileClass> refused;  ///< none: a whole segment of our group
  std::string reason;                ///< of a refusal, where there is more to say than its class
  std::unique_ptr<Segment> segment;  ///< of whole and of foreign segments
  bool costly{};                     ///< refused after all of it was read: not read at each look
  std::uint32_t looks{};             ///< how often it was refused like that
  std::int64_t look_again_ms{};      ///< steady time from which it is read again
};

/// Remembers what it verified: a file that has not changed is not read again. Memory is bounded by
/// the number of names that a scan looks at.
/// Thread: one at a time.
class FolderScan {
 public:
  /// Borrows storage and clock.
  FolderScan(Storage& storage, Clock& clock, const GroupId& group);

  /// Looks at the folder as it is now. Returns whether the files differ from those of the last
  /// time. Throws Error{folder_missing}; what one file does never throws.
  bool refresh();
  /// Looks at one file anew, because we wrote or removed it.
  const ScannedFile* look_again(const std::string& path);
  /// A verified segment turned out to have changed: it is no source until a refresh says so.
  void distrust(const std::string& path);

  /// By path. Pointers to segments stay valid until the file is looked at again.
  const std::map<std::string, ScannedFile>& files() const { return files_; }
  const ScannedFile* find(const std::string& path) const;
  /// Files that may be group markers: in the root, by name or size.
  const std::vector<FileInfo>& markers() const { return markers_; }
  /// Whether there were more names than a scan looks at.
  bool truncated() const { return truncated_; }

 private:
  using Files = std::map<std::string, ScannedFile>;

  bool is_due(const ScannedFile& known) const;
  std::optional<ScannedFile> examine(const FileInfo& info, const ScannedFile* known);
  void judge(StoredFile& file, ScannedFile& out);
  void refuse(ScannedFile& out, const SegmentCheck& check);
  void keep(ScannedFile& out, const SegmentCheck& check);
  bool changed_just_now(const FileInfo& info) const;

  Storage& storage_;
  Clock& clock_;
  GroupId group_;
  Files files_;
  std::vector<FileInfo> markers_;
  bool truncated_ = false;
};

}  // namespace tidemark::filelog
