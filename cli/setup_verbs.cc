#include <algorithm>
#include <ostream>

#include "cli/device_options.h"
#include "cli/json.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace tidemark::cli {
namespace {

/// Of named tables each has to be tracked; of all, those that can be.
ExitCode exit_code(const TrackReport& report, bool all) {
  const auto refused =
      std::ranges::find_if(report.tables, [](const auto& table) { return !table.tracked; });
  if (all || refused == report.tables.end()) return ExitCode::ok;
  return exit_code_of(refused->code.value_or(ErrorCode::table_unsupported));
}

void advise(const Command& command, Console& console, const std::string& advice) {
  if (!command.quiet) console.out << "next: " << printable(advice) << "\n";
}

}  // namespace

ExitCode run_init(const Command& command, Console& console) {
  const DeviceOptions options = device_options(command, console);
  Device::init(command.database, options, command.join);
  const Status status = Device::open(command.database, options)->status();
  if (command.json) {
    console.out << json_of_init(command.database, status);
    return ExitCode::ok;
  }
  console.out << "created device " << printable(status.device) << " in "
              << printable(command.database) << "\n";
  if (!command.join.empty()) {
    console.out << "it belongs to the group of " << printable(command.join) << "\n";
  }
  advise(command, console, "tidemark track " + command.database + " --all");
  return ExitCode::ok;
}

ExitCode run_track(const Command& command, Console& console) {
  const auto device = Device::open(command.database, device_options(command, console));
  const TrackReport report = device->track(
      command.operands, {.dry_run = command.dry_run, .natural_key = command.natural_key});
  if (command.json) {
    console.out << json_of(report, command.dry_run);
  } else {
    console.out << text_of(report, console.out_paint);
    if (command.dry_run) console.out << "nothing was changed: a dry run\n";
  }
  return exit_code(report, command.all);
}

ExitCode run_untrack(const Command& command, Console& console) {
  const std::string& table = command.operands.front();
  Device::open(command.database, device_options(command, console))->untrack(table);
  if (command.json) {
    console.out << json_of_fact("untracked", table);
  } else {
    console.out << printable(table) << " is no longer shared; its rows stay as they are\n";
  }
  return ExitCode::ok;
}

ExitCode run_migrate(const Command& command, Console& console) {
  Device::open(command.database, device_options(command, console))->migrate(command.sql);
  if (command.json) {
    console.out << json_of_fact("migrated", command.database);
  } else {
    console.out << "migrated " << printable(command.database) << "\n";
  }
  return ExitCode::ok;
}

ExitCode run_backup(const Command& command, Console& console) {
  const std::string& to = command.operands.front();
  Device::open(command.database, device_options(command, console))->backup(to);
  if (command.json) {
    console.out << json_of_fact("backup", to);
  } else {
    console.out << "copied " << printable(command.database) << " to " << printable(to)
                << ", which opens as a new device\n";
  }
  return ExitCode::ok;
}

}  // namespace tidemark::cli
