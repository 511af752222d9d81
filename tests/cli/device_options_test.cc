#include "cli/device_options.h"

#include <sstream>

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

TEST(DeviceOptionsOfCommand, CarryWhatWasTyped) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}, {}, false, {}, {}};
  Command command;
  command.name = "desk";
  command.state_dir = "s";
  command.busy_ms = 7;
  const DeviceOptions options = device_options(command, console);
  EXPECT_EQ(options.name, "desk");
  EXPECT_EQ(options.state_dir, "s");
  EXPECT_EQ(options.busy_ms, 7);
  EXPECT_EQ(options.logger, nullptr);
  command.verbosity = 1;
  EXPECT_NE(device_options(command, console).logger, nullptr);
}

}  // namespace
}  // namespace tidemark::cli
