#include "tests/support/memory_log.h"

#include <algorithm>

#include "oplog/check.h"

namespace tidemark::test {
namespace {

using Outcome = Applied::Outcome;
using proto::FrameReject;

// Any so many entries fit the cap of one frame, however large each is.
constexpr std::uint64_t kEntriesPerFrame = 3;

Outcome refusal(FrameReject reject) {
  if (reject == FrameReject::other_group) return Outcome::foreign;
  const bool known = reject >= FrameReject::encrypted && reject <= FrameReject::scrubbed;
  return known || is_newer(reject) ? Outcome::waiting : Outcome::invalid;
}

}  // namespace

PeerCursors MemoryLog::cursors() {
  PeerCursors all;
  for (const auto& [origin, log] : logs_) all.advance(origin, EntryIndex{log.entries.size()});
  return all;
}

std::vector<IndexedEntry> MemoryLog::read_since(const PeerId& origin, EntryIndex from,
                                                const ReadLimits& limits) {
  std::vector<IndexedEntry> batch;
  std::size_t bytes = 0;
  const auto& entries = log(origin).entries;
  for (std::size_t i = to_number(from); i < entries.size(); ++i) {
    bytes += std::get<Entry>(entries[i]).payload.size();
    const bool full = batch.size() >= limits.entries_max || bytes > limits.bytes_max;
    if (full && !batch.empty()) break;
    batch.push_back({EntryIndex{i}, entries[i]});
  }
  return batch;
}

std::vector<Frame> MemoryLog::read_frames(const PeerId& origin, EntryIndex from,
                                          const ReadLimits& limits) {
  std::vector<Frame> frames;
  std::size_t bytes = 0;
  const Log& log = this->log(origin);
  // An earlier beginning than asked for: readers must cope with the overlap.
  std::uint64_t first = to_number(from) - to_number(from) % kEntriesPerFrame;
  while (to_number(from) < log.entries.size() && first < log.entries.size()) {
    const auto entries = read_since(origin, EntryIndex{first}, {kEntriesPerFrame, ~std::size_t{0}});
    auto frame = proto::wrap(group_, origin, {EntryIndex{first}, log.chain[first], {}}, entries);
    TIDEMARK_CHECK(frame.has_value());
    first += entries.size();
    bytes += frame->bytes.size();
    const bool full = first - to_number(from) > limits.entries_max || bytes > limits.bytes_max;
    if (full && !frames.empty()) break;
    frames.push_back(std::move(*frame));
  }
  return frames;
}

Applied MemoryLog::apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) {
  const Log& log = this->log(origin);
  const EntryIndex cursor{log.entries.size()};
  if (index > cursor) return {Outcome::gap, cursor, index, 0};
  const IndexedEntry indexed{index, entry};
  const auto frame =
      proto::wrap(group_, origin, {index, log.chain[to_number(index)], {}}, std::span(&indexed, 1));
  return frame ? take(*frame) : Applied{Outcome::invalid, cursor, index, 0};
}

std::vector<Applied> MemoryLog::apply(std::span<const Frame> frames) {
  std::vector<Applied> results;
  for (const Frame& frame : frames) results.push_back(take(frame));
  return results;
}

Applied MemoryLog::take(const Frame& frame) {
  const EntryIndex cursor = this->cursor(frame.origin);
  const auto is = [&](Outcome outcome, std::uint32_t entries = 0) {
    return Applied{outcome, cursor, frame.first, entries};
  };
  const proto::OpenedFrame opened = proto::open(group_, frame.bytes);
  const proto::Envelope& says = opened.envelope;
  if (opened.reject != FrameReject::none) return is(refusal(opened.reject));
  if (says.origin != frame.origin || says.first != frame.first) return is(Outcome::invalid);
  if (says.first > cursor) return is(Outcome::gap);
  Log& log = this->log(says.origin);
  const EntryIndex shared = std::min(cursor, says.next());
  if (proto::chain_at(opened, shared) != log.chain[to_number(shared)]) return is(Outcome::fork);
  for (std::size_t i = to_number(shared) - to_number(says.first); i < says.count; ++i) {
    const IndexedEntry next = opened.entry(i);
    log.chain.push_back(chain_next(log.chain.back(), next.index, next.entry));
    log.entries.push_back(next.entry);
  }
  const auto added = static_cast<std::uint32_t>(to_number(says.next()) - to_number(shared));
  if (added == 0) return is(Outcome::duplicate);
  PeerCursors delta;
  delta.advance(says.origin, says.next());
  watchers_.announce(delta);
  return is(Outcome::applied, added);
}

}  // namespace tidemark::test
