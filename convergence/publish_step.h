// One step of publishing: the own log's next frames become one segment of a file log.
#pragma once

#include "convergence/step.h"
#include "oplog/log.h"

namespace tidemark {

/// A segment is cut when it has this much.
inline constexpr ReadLimits kPublishCut{4096, std::size_t{256} * 1024};

/// Reads from `oplog` the frames of into.self() at and after `from`, up to the cut, and writes them
/// as one segment. Nothing is written when there are none: the step is drained. Throws what source
/// and sink throw: then nothing was written. No clock, no thread, no retry.
Step publish_step(LogSource& oplog, FileLogSink& into, EntryIndex from,
                  const ReadLimits& cut = kPublishCut);

}  // namespace tidemark
