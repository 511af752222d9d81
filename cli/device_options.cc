#include "cli/device_options.h"

#include "cli/logging.h"

namespace tidemark::cli {

DeviceOptions device_options(const Command& command, Console& console) {
  DeviceOptions options;
  options.name = command.name;
  options.state_dir = command.state_dir;
  options.busy_ms = command.busy_ms;
  options.logger = make_logger(command.verbosity, console.err);
  return options;
}

}  // namespace tidemark::cli
