#include "convergence/converge.h"

#include <algorithm>
#include <set>
#include <utility>

#include "convergence/pull_step.h"
#include "convergence/range_plan.h"

namespace tidemark {
namespace {

// Adds up steps, and tells.
class Run {
 public:
  explicit Run(const OnProgress& progress) : progress_(progress) {}

  void expect(std::uint64_t entries) { so_far_.entries_total = entries; }

  void add(const Step& step) {
    ++report_.steps;
    report_.entries += step.entries;
    report_.frames += step.frames;
    report_.bytes += step.bytes;
    for (const OriginTrouble& trouble : step.troubles) {
      left_behind_.insert(trouble.origin);
      report_.troubles.push_back(trouble);
    }
    so_far_.entries = report_.entries;
    so_far_.bytes = report_.bytes;
    if (progress_) progress_(so_far_);
  }
  void leave_behind(const PeerId& origin) {
    left_behind_.insert(origin);
    OriginTrouble trouble;
    trouble.origin = origin;
    trouble.kind = OriginTrouble::Kind::withheld;
    report_.troubles.push_back(std::move(trouble));
  }
  bool is_left_behind(const PeerId& origin) const { return left_behind_.contains(origin); }

  RunReport finish(bool stopped) {
    report_.stopped = stopped;
    return std::move(report_);
  }

 private:
  const OnProgress& progress_;
  RunProgress so_far_;
  RunReport report_;
  std::set<PeerId> left_behind_;
};

// What is worth asking for: accepted, and not in trouble.
PeerCursors wanted(const PeerCursors& target, const LogProcessor& into, const Run& run) {
  PeerCursors rest;
  for (const auto& [origin, next] : target) {
    if (into.accepts(origin) && !run.is_left_behind(origin)) rest.advance(origin, next);
  }
  return rest;
}

}  // namespace

RunReport pull(LogSource& from, LogProcessor& into, const PullOptions& options,
               std::stop_token stop, const OnProgress& progress) {
  PeerCursors have = into.cursors();
  const PeerCursors target = from.offered(have);
  Run run(progress);
  std::uint64_t total = 0;
  for (const OriginRange& range : have.missing(wanted(target, into, run))) {
    total += to_number(range.to) - to_number(range.from);
  }
  run.expect(total);
  std::optional<PeerId> after;
  while (!stop.stop_requested()) {
    const auto ranges = plan_ranges(have, wanted(target, into, run),
                                    std::max<std::size_t>(1, options.ranges_max), after);
    if (ranges.empty()) return run.finish(false);
    const Step step = pull_step(from, into, ranges, options.limits);
    run.add(step);
    after = step.last_served;
    have = into.cursors();
    const bool moved = step.entries > 0 || !step.troubles.empty() ||
                       std::ranges::any_of(ranges, [&](const OriginRange& range) {
                         return have.at(range.origin) > range.from;
                       });
    // A source that gives again and again what is here already would hold us for ever.
    if (!moved) run.leave_behind(ranges.front().origin);
  }
  return run.finish(true);
}

RunReport publish(LogSource& oplog, FileLogSink& into, EntryIndex extent, const ReadLimits& cut,
                  std::stop_token stop, const OnProgress& progress) {
  const EntryIndex end = oplog.cursor(into.self());
  Run run(progress);
  run.expect(end > extent ? to_number(end) - to_number(extent) : 0);
  EntryIndex from = extent;
  while (from < end) {
    if (stop.stop_requested()) return run.finish(true);
    const Step step = publish_step(oplog, into, from, cut);
    run.add(step);
    if (step.entries == 0) break;
    from = advanced(from, step.entries);
  }
  return run.finish(false);
}

}  // namespace tidemark
