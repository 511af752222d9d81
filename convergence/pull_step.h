// One step of pulling: a batch is read, and applied in one transaction of the target.
#pragma once

#include <span>

#include "convergence/step.h"
#include "oplog/log.h"
#include "oplog/peer_cursors.h"

namespace tidemark {

/// Reads of all `ranges` in turn what fits into `limits`, each getting a share, and applies all of
/// it at once. Ranges are pulled as frames where the source has them, as entries where it has none.
/// What one origin does wrong, or can't be read of it, never stops the others. Throws only what
/// the target throws: then nothing was applied. No clock, no thread, no retry.
Step pull_step(LogSource& from, LogProcessor& into, std::span<const OriginRange> ranges,
               const ReadLimits& limits);

}  // namespace tidemark
