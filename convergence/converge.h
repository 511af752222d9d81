// Steps in a row, until nothing is left that this run can move.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "convergence/publish_step.h"
#include "convergence/step.h"
#include "oplog/log.h"

namespace tidemark {

/// What a run has moved so far.
struct RunProgress {
  std::uint64_t entries{};        ///< that were new
  std::uint64_t entries_total{};  ///< that this run set out to move
  std::uint64_t bytes{};
};
/// Called after each step, on the caller's thread.
using OnProgress = std::function<void(const RunProgress&)>;

struct RunReport {
  std::uint64_t entries{};
  std::uint64_t frames{};
  std::uint64_t bytes{};
  std::uint64_t steps{};
  bool stopped{};                       ///< it was asked to stop before it was done
  std::vector<OriginTrouble> troubles;  ///< origins that were left behind, one entry each
};

struct PullOptions {
  ReadLimits limits;            ///< of one step
  std::size_t ranges_max = 64;  ///< origins in one step
};

/// Pulls what `from` offered when the run began. An origin that is in trouble is left alone for the
/// rest of the run. Ends in any case: each step moves a cursor or leaves an origin behind.
/// Throws what the target throws; what was applied by then stays.
RunReport pull(LogSource& from, LogProcessor& into, const PullOptions& options,
               std::stop_token stop = {}, const OnProgress& progress = {});

/// Publishes the own log from `extent` to where it ended when the run began. Throws what source and
/// sink throw; what was written by then stays.
RunReport publish(LogSource& oplog, FileLogSink& into, EntryIndex extent,
                  const ReadLimits& cut = kPublishCut, std::stop_token stop = {},
                  const OnProgress& progress = {});

}  // namespace tidemark
