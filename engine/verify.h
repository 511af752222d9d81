// Proof that tables, clocks and log agree.
#pragma once

#include <string>
#include <vector>

#include "engine/replay.h"
#include "oplog/log.h"

namespace tidemark::engine {

/// One thing that is wrong.
struct Problem {
  ErrorCode code{};
  std::string text;  ///< one sentence
};

/// Checks every stored frame and each origin's chain from its floor to its cursor.
std::vector<Problem> verify_chains(LogSource& log, const GroupId& group);

/// Rebuilds tables, clocks and shadow from the log in a scratch database and compares clock digests,
/// row counts and values; names the first row that differs. Requires: nothing waits to be sealed.
std::vector<Problem> verify_tables(const ReplaySource& source, Rng& rng);

}  // namespace tidemark::engine
