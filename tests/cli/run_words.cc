#include "tests/cli/run_words.h"

#include <sstream>
#include <stop_token>

#include "cli/run.h"

namespace tidemark::test {
namespace {

Ran run_until(const std::vector<std::string>& words, std::stop_token stop) {
  std::ostringstream out;
  std::ostringstream err;
  cli::Console console{out, err, {}, {}, false, {}, std::move(stop)};
  const cli::ExitCode code = cli::run(words, console);
  return {code, out.str(), err.str()};
}

}  // namespace

Ran run_words(const std::vector<std::string>& words) {
  return run_until(words, {});
}

Ran run_stopped(const std::vector<std::string>& words) {
  std::stop_source source;
  source.request_stop();
  return run_until(words, source.get_token());
}

}  // namespace tidemark::test
