#include "convergence/pull_step.h"

#include <algorithm>
#include <utility>

#include "oplog/check.h"
#include "oplog/error.h"

namespace tidemark {
namespace {

using Outcome = Applied::Outcome;

// Gathers a batch and what comes of it.
class Batch {
 public:
  Batch(LogSource& from, LogProcessor& into, const ReadLimits& limits)
      : from_(from), into_(into), left_(limits) {
    step_.drained = true;
  }

  bool is_full() const { return left_.entries_max == 0 || left_.bytes_max == 0; }
  void leave_rest() { step_.drained = false; }

  /// Reads of one range its share, when `ranges_left` ranges including it are still to be read.
  void read(const OriginRange& range, std::size_t ranges_left) {
    const ReadLimits share{std::max<std::size_t>(1, left_.entries_max / ranges_left),
                           std::max<std::size_t>(1, left_.bytes_max / ranges_left)};
    step_.last_served = range.origin;
    try {
      if (read_frames(range, share) || read_entries(range, share)) return;
      trouble(range.origin, OriginTrouble::Kind::withheld);
    } catch (const Error& error) {
      OriginTrouble& entry = trouble(range.origin, OriginTrouble::Kind::unreadable);
      entry.code = error.code();
      entry.reason = error.what();
    }
  }

  Step apply() {
    const auto results = frames_.empty() ? std::vector<Applied>{} : into_.apply(frames_);
    TIDEMARK_CHECK(results.size() == frames_.size());
    for (std::size_t i = 0; i < results.size(); ++i) note(frames_[i].origin, results[i]);
    for (const auto& [origin, entries] : entries_) apply_entries(origin, entries);
    return std::move(step_);
  }

 private:
  bool read_frames(const OriginRange& range, const ReadLimits& share) {
    std::vector<Frame> frames = from_.read_frames(range.origin, range.from, share);
    if (frames.empty()) return false;
    std::size_t bytes = 0;
    for (const Frame& frame : frames) bytes += frame.bytes.size();
    account(range, frames.back().next(), bytes);
    std::ranges::move(frames, std::back_inserter(frames_));
    return true;
  }

  bool read_entries(const OriginRange& range, const ReadLimits& share) {
    auto entries = from_.read_since(range.origin, range.from, share);
    if (entries.empty()) return false;
    std::size_t bytes = 0;
    for (const IndexedEntry& indexed : entries) {
      const Entry* entry = std::get_if<Entry>(&indexed.entry);
      bytes += entry == nullptr ? 0 : entry->payload.size();
    }
    account(range, advanced(entries.back().index, 1), bytes);
    entries_.emplace_back(range.origin, std::move(entries));
    return true;
  }

  void account(const OriginRange& range, EntryIndex reached, std::size_t bytes) {
    const std::uint64_t entries =
        reached > range.from ? to_number(reached) - to_number(range.from) : 0;
    left_.entries_max -= std::min<std::size_t>(left_.entries_max, entries);
    left_.bytes_max -= std::min(left_.bytes_max, bytes);
    step_.bytes += bytes;
    if (reached < range.to) step_.drained = false;
  }

  void apply_entries(const PeerId& origin, const std::vector<IndexedEntry>& entries) {
    for (const IndexedEntry& indexed : entries) {
      const Applied result = into_.apply(origin, indexed.index, indexed.entry);
      note(origin, result);
      if (!is_progress(result.outcome)) return;
    }
  }

  static bool is_progress(Outcome outcome) {
    return outcome == Outcome::applied || outcome == Outcome::duplicate;
  }

  void note(const PeerId& origin, const Applied& result) {
    step_.entries += result.entries;
    if (result.outcome == Outcome::applied) ++step_.frames;
    if (is_progress(result.outcome)) return;
    // What follows a refusal in the same log is refused for its sake.
    const bool known = std::ranges::any_of(
        step_.troubles, [&](const OriginTrouble& entry) { return entry.origin == origin; });
    if (!known) trouble(origin, OriginTrouble::Kind::refused).applied = result;
  }

  OriginTrouble& trouble(const PeerId& origin, OriginTrouble::Kind kind) {
    OriginTrouble& entry = step_.troubles.emplace_back();
    entry.origin = origin;
    entry.kind = kind;
    return entry;
  }

  LogSource& from_;
  LogProcessor& into_;
  ReadLimits left_;
  std::vector<Frame> frames_;
  std::vector<std::pair<PeerId, std::vector<IndexedEntry>>> entries_;
  Step step_;
};

}  // namespace

Step pull_step(LogSource& from, LogProcessor& into, std::span<const OriginRange> ranges,
               const ReadLimits& limits) {
  Batch batch(from, into, limits);
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    if (batch.is_full()) {
      batch.leave_rest();
      break;
    }
    batch.read(ranges[i], ranges.size() - i);
  }
  return batch.apply();
}

}  // namespace tidemark
