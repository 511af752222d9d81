#include "filelog/folder_view.h"

#include <algorithm>
#include <utility>

#include "oplog/chain.h"
#include "oplog/error.h"

namespace tidemark::filelog {
namespace {

constexpr std::size_t kChainsMax = 4096;

bool is_trouble(FileClass file_class) {
  switch (file_class) {
    case FileClass::not_ours:
    case FileClass::duplicate:
    case FileClass::covered:
    case FileClass::next:
      return false;
    default:
      return true;
  }
}

std::string reason_for(const ScannedFile& file, FileClass file_class) {
  switch (file_class) {
    case FileClass::future:
      return "entries are missing before the ones it holds";
    case FileClass::fork:
      return "contradicts another segment of the same origin";
    case FileClass::foreign:
      return "of group " + to_text(file.segment->header.group);
    default:
      return file.reason;
  }
}

}  // namespace

FolderView::FolderView(Storage& storage, Clock& clock, const GroupId& group)
    : storage_(storage), group_(group), scan_(storage, clock, group) {}

void FolderView::refresh() {
  if (scan_.refresh()) rebuild();
}

const ScannedFile* FolderView::look_again(const std::string& path) {
  const ScannedFile* file = scan_.look_again(path);
  rebuild();
  return file;
}

void FolderView::rebuild() {
  std::vector<const Segment*> segments;
  for (const auto& [path, file] : scan_.files()) {
    if (!file.refused) segments.push_back(file.segment.get());
  }
  if (chains_.size() > kChainsMax) chains_.clear();
  index_ = SegmentIndex(std::move(segments), [this](const Segment& segment, EntryIndex index) {
    return chain_inside(segment, index);
  });
}

FolderReport FolderView::report(const PeerCursors& have) const {
  FolderReport report;
  report.truncated = scan_.truncated();
  for (const auto& [path, file] : scan_.files()) {
    const FileClass file_class =
        file.refused ? *file.refused : index_.classify(*file.segment, have);
    report.files.add(file_class);
    if (!is_trouble(file_class) || report.troubles.size() >= kTroublesMax) continue;
    report.troubles.push_back({path, file_class, reason_for(file, file_class)});
  }
  return report;
}

std::optional<Hash> FolderView::chain_inside(const Segment& segment, EntryIndex index) {
  const std::pair key(segment.file_hash, index);
  if (const auto known = chains_.find(key); known != chains_.end()) return known->second;
  try {
    const auto file = storage_.open(segment.path);
    const auto chain = file ? filelog::chain_at(*file, segment.header, index) : std::nullopt;
    if (chain) chains_.emplace(key, *chain);
    return chain;
  } catch (const Error&) {
    return std::nullopt;  // it can't be read now: it says nothing
  }
}

std::optional<Hash> FolderView::chain_at(const PeerId& origin, EntryIndex index) {
  if (index == EntryIndex{0}) return chain_start(origin);
  const Segment* segment = index_.bounding(origin, index);
  if (segment == nullptr) return std::nullopt;
  if (index == segment->header.first) return segment->header.chain_before;
  if (index == segment->header.next) return segment->chain_after;
  return chain_inside(*segment, index);
}

void FolderView::distrust(const PeerId& origin, EntryIndex index) {
  const Segment* segment = index_.holding(origin, index);
  if (segment == nullptr) return;
  scan_.distrust(std::string(segment->path));
  rebuild();
}

std::vector<Frame> FolderView::read_frames(const PeerId& origin, EntryIndex from,
                                           const ReadLimits& limits) {
  Batch batch{from, limits, {}, 0};
  EntryIndex wanted = from;
  // Invariant no-holes: each round goes on at the very index that the last one reached. It gets
  // further, or gives a file up.
  while (const Segment* segment = index_.holding(origin, wanted)) {
    if (read_segment(*segment, wanted, batch)) break;
    const EntryIndex reached = batch.frames.empty() ? from : batch.frames.back().next();
    if (reached <= wanted) distrust(origin, wanted);
    wanted = std::max(wanted, reached);
  }
  return std::move(batch.frames);
}

// Adds what the segment holds from `wanted` on; true when the limits are reached.
bool FolderView::read_segment(const Segment& segment, EntryIndex wanted, Batch& batch) {
  try {
    const auto file = storage_.open(segment.path);
    if (!file) return false;
    FramePosition start{kSegmentHeaderBytes, segment.header.first};
    if (resume_.file_hash == segment.file_hash && resume_.position.index <= wanted) {
      start = resume_.position;
    }
    SegmentReader reader(*file, segment.header, start);
    while (const proto::Envelope* envelope = reader.peek()) {
      if (envelope->next() <= wanted) {
        reader.skip();
        continue;
      }
      if (batch.is_full_with(*envelope)) {
        resume_ = {segment.file_hash, reader.position()};
        return true;
      }
      auto frame = reader.next();
      if (!frame) return false;
      batch.bytes += frame->bytes.size();
      batch.frames.push_back(std::move(*frame));
    }
  } catch (const Error&) {
    return false;  // as if it had gone: another file may hold the same
  }
  return false;
}

bool FolderView::Batch::is_full_with(const proto::Envelope& next) const {
  if (frames.empty()) return false;
  return to_number(next.next()) - to_number(from) > limits.entries_max ||
         bytes + next.frame_bytes() > limits.bytes_max;
}

}  // namespace tidemark::filelog
