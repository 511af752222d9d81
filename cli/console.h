// What surrounds one run of the command: where answers and complaints go, and who may stop it.
#pragma once

#include <iosfwd>
#include <stop_token>
#include <string>

#include "cli/layout.h"

namespace tidemark::cli {

struct Console {
  std::ostream& out;  ///< the answer
  std::ostream& err;  ///< errors and progress
  Paint out_paint;
  Paint err_paint;
  bool err_terminal{};
  std::string database_variable;  ///< TIDEMARK_DB
  std::stop_token stop;
};

}  // namespace tidemark::cli
