// The device that a command line is about.
#pragma once

#include "api/device.h"
#include "cli/command.h"
#include "cli/console.h"

namespace tidemark::cli {

DeviceOptions device_options(const Command& command, Console& console);

}  // namespace tidemark::cli
