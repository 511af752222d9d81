// One run of the command, from its words to its exit code.
#pragma once

#include <string>
#include <vector>

#include "cli/console.h"
#include "cli/exit_code.h"

namespace tidemark::cli {

/// `words` without the program's name. Prints; never throws tidemark::Error.
ExitCode run(const std::vector<std::string>& words, Console& console);

}  // namespace tidemark::cli
