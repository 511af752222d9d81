#include "filelog/file_log_replica.h"

#include <array>
#include <string>
#include <utility>

#include "oplog/chain.h"
#include "oplog/error.h"
#include "proto/frame_codec.h"

namespace tidemark {
namespace {

using Outcome = Applied::Outcome;

}  // namespace

FileLogReplica::FileLogReplica(const FileLogOptions& options)
    : options_(options),
      view_(*options.storage, *options.clock, options.group),
      own_({options.storage, &view_, options.ledger, options.group, options.self, options.refill}) {
}

void FileLogReplica::see() {
  if (!seen_) refresh();
}

void FileLogReplica::refresh() {
  view_.refresh();
  seen_ = true;
  announce();
}

void FileLogReplica::announce() {
  const PeerCursors news = view_.index().cursors().beyond(announced_);
  announced_.merge(news);
  if (!news.empty()) watchers_.announce(news);
}

filelog::FolderReport FileLogReplica::report(const PeerCursors& have) {
  see();
  return view_.report(have);
}

std::vector<filelog::FoundGroup> FileLogReplica::groups() {
  see();
  return filelog::find_groups(*options_.storage, view_.scan());
}

bool FileLogReplica::is_emptied() {
  see();
  return own_.is_emptied();
}

PeerCursors FileLogReplica::cursors() {
  see();
  return view_.index().cursors();
}

EntryIndex FileLogReplica::cursor(const PeerId& origin) {
  return cursors().at(origin);
}

EntryIndex FileLogReplica::floor(const PeerId& origin) {
  see();
  return view_.index().floor(origin);
}

std::shared_ptr<CursorWatch> FileLogReplica::watch_cursors() {
  see();
  return watchers_.watch(view_.index().cursors());
}

PeerCursors FileLogReplica::offered(const PeerCursors& have) {
  see();
  return view_.index().offered(have);
}

void FileLogReplica::require_above_floor(const PeerId& origin, EntryIndex from) {
  if (from >= floor(origin)) return;
  throw Error(
      ErrorCode::behind_floor,
      "the folder holds no entry of " + to_text(origin) + " at " + std::to_string(to_number(from)),
      "wait until the sync client has brought the rest, or begin with a snapshot");
}

std::vector<Frame> FileLogReplica::read_frames(const PeerId& origin, EntryIndex from,
                                               const ReadLimits& limits) {
  require_above_floor(origin, from);
  return view_.read_frames(origin, from, limits);
}

std::vector<IndexedEntry> FileLogReplica::read_since(const PeerId& origin, EntryIndex from,
                                                     const ReadLimits& limits) {
  require_above_floor(origin, from);
  std::vector<IndexedEntry> entries;
  std::size_t bytes = 0;
  while (true) {
    const EntryIndex wanted = advanced(from, entries.size());
    // One frame at a time: what it decodes to may be far more than its stored bytes.
    const auto frames = view_.read_frames(origin, wanted, {1, 1});
    if (frames.empty()) return entries;
    const proto::OpenedFrame opened = proto::open(options_.group, frames.front().bytes);
    if (opened.reject != proto::FrameReject::none) {
      view_.distrust(origin, wanted);
      continue;
    }
    std::size_t position = to_number(wanted) - to_number(opened.envelope.first);
    for (; position < opened.entries.size(); ++position) {
      bytes += opened.entries[position].payload.size();
      const bool full = entries.size() >= limits.entries_max || bytes > limits.bytes_max;
      if (full && !entries.empty()) return entries;
      entries.push_back(opened.entry(position));
    }
  }
}

Applied FileLogReplica::apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) {
  if (!accepts(origin)) {
    throw Error(ErrorCode::invalid_argument, "a file log takes entries of its own origin only");
  }
  see();
  Applied result{Outcome::gap, own_.extent(), index, 0};
  if (index > result.expected) return result;
  const auto before = view_.chain_at(origin, index);
  if (!before && index < result.expected) {
    result.outcome = Outcome::duplicate;  // nothing readable here could contradict it
    return result;
  }
  if (!before) {
    throw Error(ErrorCode::segment_damaged,
                "the last segment of this device's log in the folder can not be read",
                "sync this device: it writes its damaged segments again");
  }
  const std::array<IndexedEntry, 1> one = {{{index, entry}}};
  if (const auto frame = proto::wrap(options_.group, origin, {index, *before, {}}, one)) {
    return apply(std::span<const Frame>(&*frame, 1)).front();
  }
  if (index < result.expected) {
    const auto after = view_.chain_at(origin, advanced(index, 1));
    const bool fork = after && *after != chain_next(*before, index, entry);
    result.outcome = fork ? Outcome::fork : Outcome::duplicate;
    return result;
  }
  // A marker needs frames that this version can't write; an entry above the caps, none can.
  const bool marker = std::holds_alternative<Expunged>(entry);
  result.outcome = marker ? Outcome::waiting : Outcome::invalid;
  return result;
}

std::vector<Applied> FileLogReplica::apply(std::span<const Frame> frames) {
  see();
  auto results = own_.apply(frames);
  announce();
  return results;
}

Applied FileLogReplica::write(std::span<const Frame> frames) {
  see();
  const Applied result = own_.write(frames);
  announce();
  return result;
}

filelog::RepairReport FileLogReplica::repair(LogSource& oplog) {
  see();
  const auto report = own_.repair(oplog);
  announce();
  return report;
}

void FileLogReplica::retire() {
  see();
  own_.retire();
}

std::vector<PeerId> FileLogReplica::list_peers() {
  try {
    see();
  } catch (const Error&) {
    return {};  // the contract: an unreadable root has none
  }
  return view_.index().origins();
}

std::vector<IndexedEntry> FileLogReplica::read_entries(const PeerId& origin, EntryIndex from) {
  return read_since(origin, from, {});
}

}  // namespace tidemark
