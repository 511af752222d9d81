// How far a sync is, for a terminal, a log or a program. Always on stderr; never in the answer.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/device.h"
#include "cli/command.h"

namespace tidemark::cli {

/// Turns progress into what is to be written. Time is an argument. Says nothing in the first half
/// second, so that quick work stays quiet (json: from the first call on).
class ProgressText {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// `automatic` is plain text that rewrites its line where `terminal`, and nothing elsewhere.
  ProgressText(ProgressMode mode, bool terminal, std::string location, Time start);

  /// What to write now; often nothing: terminals get ten lines a second, logs one in ten seconds,
  /// programs ten a second and the last of each phase.
  std::string step(const Progress& progress, Time now);
  /// What removes the line from a terminal.
  std::string end();

 private:
  bool is_due(const Progress& progress, Time now) const;
  std::string line(const Progress& progress) const;

  ProgressMode mode_;
  std::string location_;
  Time start_;
  std::optional<Time> last_;
  std::string last_phase_;
  bool line_open_{};
};

}  // namespace tidemark::cli
