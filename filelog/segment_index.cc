#include "filelog/segment_index.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <tuple>

#include "filelog/segment_name.h"
#include "oplog/check.h"

namespace tidemark::filelog {
namespace {

bool at_proper_path(const Segment& segment) {
  const SegmentHeader& header = segment.header;
  const std::string name = segment_name(header.origin, header.first, segment.file_hash);
  return segment.path == segment_path(header.publisher, name);
}

// By origin, then by what decides between them: beginning, reach, content, place.
bool goes_before(const Segment* a, const Segment* b) {
  const auto key = [](const Segment& s) {
    return std::tie(s.header.origin, s.header.first, s.header.next, s.file_hash);
  };
  if (a->header.origin == b->header.origin && a->header.first == b->header.first &&
      a->header.next != b->header.next) {
    return a->header.next > b->header.next;
  }
  if (key(*a) != key(*b)) return key(*a) < key(*b);
  const bool proper = at_proper_path(*a);
  if (proper != at_proper_path(*b)) return proper;
  return a->path < b->path;
}

std::optional<Hash> chain_at(const Segment& segment, EntryIndex index,
                             const SegmentIndex::ChainInside& chain_inside) {
  if (index == segment.header.first) return segment.header.chain_before;
  if (index == segment.header.next) return segment.chain_after;
  return chain_inside(segment, index);
}

// The chain binds all that came before: it is enough to look at the last index that both have.
// Requires: `later` does not begin before `earlier`, nor after its end.
bool contradict(const Segment& earlier, const Segment& later,
                const SegmentIndex::ChainInside& chain_inside) {
  const EntryIndex shared = std::min(earlier.header.next, later.header.next);
  const auto ours = chain_at(earlier, shared, chain_inside);
  const auto theirs = chain_at(later, shared, chain_inside);
  return ours && theirs && *ours != *theirs;
}

}  // namespace

SegmentIndex::SegmentIndex(std::vector<const Segment*> segments, const ChainInside& chain_inside) {
  std::ranges::sort(segments, goes_before);
  std::span<const Segment*> left(segments);
  while (!left.empty()) {
    const PeerId& origin = left.front()->header.origin;
    const auto end = std::ranges::find_if(
        left, [&](const Segment* segment) { return segment->header.origin != origin; });
    const auto count = static_cast<std::size_t>(end - left.begin());
    add_origin(left.first(count), chain_inside);
    left = left.subspan(count);
  }
}

void SegmentIndex::add_origin(std::span<const Segment*> segments, const ChainInside& chain_inside) {
  Log log;
  const Segment* before = nullptr;
  for (const Segment* segment : segments) {
    const bool same = before != nullptr && before->file_hash == segment->file_hash &&
                      before->header == segment->header;
    before = segment;
    if (same) {
      standings_[segment] = FileClass::duplicate;
      continue;
    }
    // The last stretch reaches furthest of all, and agrees with those before it.
    const bool meet = !log.empty() && log.back().segment->header.next >= segment->header.first;
    const bool fork = meet && contradict(*log.back().segment, *segment, chain_inside);
    if (fork) {
      standings_[segment] = FileClass::fork;
      continue;
    }
    const bool covered = meet && segment->header.next <= log.back().segment->header.next;
    standings_[segment] = covered ? FileClass::covered : FileClass::next;
    if (!covered) log.push_back({segment, segment->header.next});
  }
  // Invariant no-holes: a run goes on only where the next stretch begins within or at its end.
  for (std::size_t i = log.size(); i-- > 1;) {
    if (log[i].segment->header.first <= log[i - 1].segment->header.next) {
      log[i - 1].run_end = log[i].run_end;
    }
  }
  const PeerId origin = segments.front()->header.origin;
  logs_.emplace(origin, std::move(log));
}

PeerCursors SegmentIndex::cursors() const {
  PeerCursors all;
  for (const auto& [origin, log] : logs_) all.advance(origin, log.front().run_end);
  return all;
}

PeerCursors SegmentIndex::offered(const PeerCursors& have) const {
  PeerCursors all;
  for (const auto& [origin, log] : logs_) {
    const EntryIndex from = have.at(origin);
    const Stretch* stretch = last_from(origin, from);
    if (stretch != nullptr && from <= stretch->run_end) all.advance(origin, stretch->run_end);
  }
  return all;
}

EntryIndex SegmentIndex::floor(const PeerId& origin) const {
  const auto found = logs_.find(origin);
  return found == logs_.end() ? EntryIndex{0} : found->second.front().segment->header.first;
}

const SegmentIndex::Stretch* SegmentIndex::last_from(const PeerId& origin, EntryIndex index) const {
  const auto found = logs_.find(origin);
  if (found == logs_.end()) return nullptr;
  const Log& log = found->second;
  const auto beyond = std::ranges::upper_bound(
      log, index, {}, [](const Stretch& s) { return s.segment->header.first; });
  return beyond == log.begin() ? nullptr : &*std::prev(beyond);
}

const Segment* SegmentIndex::holding(const PeerId& origin, EntryIndex index) const {
  const Stretch* stretch = last_from(origin, index);
  if (stretch == nullptr || index >= stretch->segment->header.next) return nullptr;
  return stretch->segment;
}

const Segment* SegmentIndex::bounding(const PeerId& origin, EntryIndex index) const {
  const Stretch* stretch = last_from(origin, index);
  if (stretch == nullptr || index > stretch->segment->header.next) return nullptr;
  return stretch->segment;
}

FileClass SegmentIndex::classify(const Segment& segment, const PeerCursors& have) const {
  const auto standing = standings_.find(&segment);
  TIDEMARK_CHECK(standing != standings_.end());
  if (standing->second != FileClass::next) return standing->second;
  const PeerId& origin = segment.header.origin;
  const EntryIndex from = have.at(origin);
  if (segment.header.next <= from) return FileClass::covered;
  if (segment.header.first <= from) return FileClass::next;
  const Stretch* stretch = last_from(origin, from);
  const bool reached = stretch != nullptr && segment.header.first <= stretch->run_end;
  return reached ? FileClass::next : FileClass::future;
}

std::vector<PeerId> SegmentIndex::origins() const {
  std::vector<PeerId> all;
  for (const auto& [origin, log] : logs_) all.push_back(origin);
  return all;
}

}  // namespace tidemark::filelog
