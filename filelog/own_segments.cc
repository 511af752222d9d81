#include "filelog/own_segments.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "filelog/segment_name.h"
#include "oplog/chain.h"
#include "oplog/error.h"
#include "proto/frame_codec.h"

namespace tidemark::filelog {
namespace {

using Outcome = Applied::Outcome;
using proto::FrameReject;

Outcome refusal(FrameReject reject) {
  switch (reject) {
    case FrameReject::other_group:
      return Outcome::foreign;
    case FrameReject::encrypted:
    case FrameReject::signed_frame:
    case FrameReject::control:
    case FrameReject::rewritten:
    case FrameReject::scrubbed:
      return Outcome::waiting;
    default:
      return proto::is_newer(reject) ? Outcome::waiting : Outcome::invalid;
  }
}

// Whether the frame's own words agree with its bytes.
bool is_honest(const Frame& frame, const proto::Envelope& envelope) {
  return envelope.origin == frame.origin && envelope.first == frame.first &&
         envelope.count == frame.count;
}

// Pieces that can be a segment each.
std::vector<std::span<const Frame>> cut(std::span<const Frame> frames) {
  std::vector<std::span<const Frame>> pieces;
  std::size_t begin = 0;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const bool ends = i > begin && (bytes + frames[i].bytes.size() > kSegmentBodyBytesMax ||
                                    frames[i].first != frames[i - 1].next());
    if (ends) {
      pieces.push_back(frames.subspan(begin, i - begin));
      begin = i;
      bytes = 0;
    }
    bytes += frames[i].bytes.size();
  }
  if (begin < frames.size()) pieces.push_back(frames.subspan(begin));
  return pieces;
}

OwnSegment row_of(const BuiltSegment& built) {
  const SegmentHeader& header = built.header;
  return {header.first, header.next, header.frames, header.level, built.name()};
}

// Frames that together hold [first, next) of the log; empty if it does not hold all of it, intact.
std::vector<Frame> gather(LogSource& oplog, const GroupId& group, const PeerId& self,
                          const OwnSegment& own) {
  std::vector<Frame> frames;
  EntryIndex wanted = own.first;
  if (oplog.floor(self) > wanted) return {};
  while (wanted < own.next) {
    const std::uint64_t left = to_number(own.next) - to_number(wanted);
    auto more = oplog.read_frames(self, wanted, {left, kSegmentBodyBytesMax});
    if (more.empty()) return {};
    for (Frame& frame : more) {
      if (wanted >= own.next) break;
      const proto::OpenedFrame opened = proto::open(group, frame.bytes);
      const bool sound = opened.reject == FrameReject::none && is_honest(frame, opened.envelope) &&
                         frame.origin == self && frame.first <= wanted && frame.next() > wanted &&
                         (frames.empty() || frame.first == wanted);
      if (!sound) return {};
      wanted = frame.next();
      frames.push_back(std::move(frame));
    }
  }
  return frames;
}

}  // namespace

EntryIndex OwnSegments::extent() {
  EntryIndex end{0};
  for (const OwnSegment& own : options_.ledger->list()) end = std::max(end, own.next);
  return end;
}

Applied OwnSegments::judge(const Frame& frame, Continuation& so_far) {
  Applied result{Outcome::invalid, so_far.next, frame.first, 0};
  const proto::OpenedFrame opened = proto::open(options_.group, frame.bytes);
  if (opened.reject != FrameReject::none) {
    result.outcome = refusal(opened.reject);
    return result;
  }
  if (!is_honest(frame, opened.envelope)) return result;
  if (frame.first > so_far.next) {
    result.outcome = Outcome::gap;
    return result;
  }
  if (frame.next() <= so_far.next) {
    const auto ours = options_.view->chain_at(options_.self, frame.next());
    const bool fork = ours && *ours != opened.envelope.chain_after;
    result.outcome = fork ? Outcome::fork : Outcome::duplicate;
    return result;
  }
  const Hash joint = proto::chain_at(opened, so_far.next);
  if ((so_far.chain && *so_far.chain != joint) || contradicts_folder(frame, so_far)) {
    result.outcome = Outcome::fork;
    return result;
  }
  result.outcome = Outcome::applied;
  result.entries = static_cast<std::uint32_t>(to_number(frame.next()) - to_number(so_far.next));
  so_far = {frame.next(), opened.envelope.chain_after};
  return result;
}

// Someone continued this log beyond what the ledger knows: we, before the database was restored.
bool OwnSegments::contradicts_folder(const Frame& frame, const Continuation& so_far) {
  const Segment* there = options_.view->index().holding(options_.self, so_far.next);
  if (there == nullptr) return false;
  const EntryIndex shared = std::min(there->header.next, frame.next());
  const auto theirs = options_.view->chain_at(options_.self, shared);
  return theirs && *theirs != proto::chain_at(proto::decode_trusted(frame.bytes), shared);
}

OwnSegments::Judgement OwnSegments::judge_all(std::span<const Frame> frames) {
  Continuation so_far;
  so_far.next = extent();
  so_far.chain = options_.view->chain_at(options_.self, so_far.next);
  Judgement all;
  for (const Frame& frame : frames) {
    if (frame.origin != options_.self) {
      throw Error(ErrorCode::invalid_argument, "a file log takes entries of its own origin only");
    }
    all.results.push_back(judge(frame, so_far));
    if (all.results.back().outcome == Outcome::applied) all.taken.push_back(frame);
  }
  return all;
}

std::vector<Applied> OwnSegments::apply(std::span<const Frame> frames) {
  Judgement all = judge_all(frames);
  for (const auto piece : cut(all.taken)) publish(piece);
  return std::move(all.results);
}

Applied OwnSegments::write(std::span<const Frame> frames) {
  const Judgement all = judge_all(frames);
  const auto pieces = cut(all.taken);
  if (frames.empty() || pieces.size() > 1) {
    throw Error(ErrorCode::invalid_argument,
                "a segment holds consecutive frames: at least one, and at most 16 MiB of them");
  }
  Applied whole{Outcome::duplicate, all.results.front().expected, frames.front().first, 0};
  for (const Applied& one : all.results) {
    if (one.outcome == Outcome::duplicate) continue;
    whole.outcome = one.outcome;
    whole.entries += one.entries;
    if (one.outcome != Outcome::applied) {
      whole.entries = 0;
      return whole;
    }
  }
  if (!pieces.empty()) publish(pieces.front());
  return whole;
}

void OwnSegments::publish(std::span<const Frame> frames) {
  require_known();
  const BuiltSegment built = build_segment(options_.self, 0, frames);
  store(built);
  options_.ledger->add(row_of(built));
}

void OwnSegments::store(const BuiltSegment& built) {
  const std::string path = segment_path(options_.self, built.name());
  const auto is_stored = [&](const ScannedFile* file) {
    return file != nullptr && !file->refused && file->segment->file_hash == built.file_hash;
  };
  if (!options_.storage->write_new(path, built.bytes)) {
    // A crash between writing and the ledger leaves the same bytes; anything else is damage.
    // Invariant published-is-immutable: the name holds the hash of what is written again.
    if (is_stored(options_.view->look_again(path))) return;
    options_.storage->replace(path, built.bytes);
  }
  if (is_stored(options_.view->look_again(path))) return;
  throw Error(ErrorCode::io_failed, "the segment " + path + " reads back differently than written",
              "check the disk and the file system of the sync folder");
}

bool OwnSegments::is_intact(const OwnSegment& own) const {
  const ScannedFile* file = options_.view->scan().find(segment_path(options_.self, own.name));
  if (file == nullptr || file->refused) return false;
  const SegmentHeader& header = file->segment->header;
  return header.origin == options_.self && header.first == own.first && header.next == own.next &&
         segment_name(header.origin, header.first, file->segment->file_hash) == own.name;
}

RepairReport OwnSegments::repair(LogSource& oplog) {
  RepairReport report;
  for (const OwnSegment& own : options_.ledger->list()) {
    ++report.live;
    if (is_intact(own)) continue;
    require_known();
    if (!rebuild(oplog, own, report)) ++report.lost;
  }
  return report;
}

bool OwnSegments::rebuild(LogSource& oplog, const OwnSegment& own, RepairReport& report) {
  const std::vector<Frame> frames = gather(oplog, options_.group, options_.self, own);
  if (frames.empty()) return false;
  std::vector<OwnSegment> successors;
  for (const auto piece : cut(frames)) {
    const BuiltSegment built = build_segment(options_.self, own.level, piece);
    store(built);
    successors.push_back(row_of(built));
  }
  if (successors.front().name == own.name) {
    ++report.rewritten;
    return true;
  }
  // The successors are there: what is left of the old file says nothing that anyone would miss. The
  // ledger comes last, so that a crash on the way is repaired like the damage.
  const std::string path = segment_path(options_.self, own.name);
  options_.storage->remove(path);
  options_.view->look_again(path);
  for (const OwnSegment& successor : successors) options_.ledger->add(successor);
  options_.ledger->remove(own.name);
  ++report.replaced;
  return true;
}

void OwnSegments::retire() {
  for (const OwnSegment& own : options_.ledger->list()) {
    const std::string path = segment_path(options_.self, own.name);
    options_.storage->remove(path);
    options_.ledger->remove(own.name);
    options_.view->look_again(path);
  }
}

bool OwnSegments::is_emptied() {
  const FolderScan& scan = options_.view->scan();
  // A damaged file is a trace of the group as good as a whole one; one of another group is none.
  const auto is_trace = [](const auto& entry) {
    const auto refused = entry.second.refused;
    return refused != FileClass::not_ours && refused != FileClass::foreign;
  };
  if (!scan.markers().empty() || std::ranges::any_of(scan.files(), is_trace)) return false;
  return !options_.ledger->list().empty();
}

void OwnSegments::require_known() {
  if (options_.refill || !is_emptied()) return;
  throw Error(
      ErrorCode::folder_emptied,
      "the sync folder holds nothing of what was published there, so nothing is written",
      "see whether it is mounted and synced; if it was emptied on purpose, allow refilling");
}

}  // namespace tidemark::filelog
