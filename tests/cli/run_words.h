// A run of the command inside the test.
#pragma once

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace tidemark::test {

struct Ran {
  cli::ExitCode code{};
  std::string out;
  std::string err;
};

/// Without a terminal, without TIDEMARK_DB, never stopped.
Ran run_words(const std::vector<std::string>& words);
/// The same for a run that was asked to stop before it began.
Ran run_stopped(const std::vector<std::string>& words);

}  // namespace tidemark::test
