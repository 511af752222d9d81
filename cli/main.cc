#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "cli/interrupt.h"
#include "cli/run.h"

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace tidemark::cli;
  const Interrupt interrupt;
  const bool colour = variable("NO_COLOR").empty() && variable("TERM") != "dumb";
  const bool err_terminal = ::isatty(STDERR_FILENO) != 0;
  Console console{.out = std::cout,
                  .err = std::cerr,
                  .out_paint = {colour && ::isatty(STDOUT_FILENO) != 0},
                  .err_paint = {colour && err_terminal},
                  .err_terminal = err_terminal,
                  .database_variable = variable("TIDEMARK_DB"),
                  .stop = interrupt.token()};
  return to_number(run({argv + 1, argv + argc}, console));
}
