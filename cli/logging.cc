#include "cli/logging.h"

#include <memory>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace tidemark::cli {

Logger make_logger(int verbosity, std::ostream& err) {
  if (verbosity <= 0) return nullptr;
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(err, true);
  auto logger = std::make_shared<spdlog::logger>("tidemark", std::move(sink));
  logger->set_level(verbosity == 1 ? spdlog::level::info : spdlog::level::trace);
  logger->set_pattern("%H:%M:%S.%e %l %v");
  return logger;
}

}  // namespace tidemark::cli
