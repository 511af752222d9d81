// What the library has to say, on stderr. spdlog stays behind logging.cc.
#pragma once

#include <iosfwd>

#include "oplog/logger.h"

namespace tidemark::cli {

/// Null below -v (0): what the user must know is in the reports. 1: information; 2: everything.
/// `err` must outlive the logger.
Logger make_logger(int verbosity, std::ostream& err);

}  // namespace tidemark::cli
