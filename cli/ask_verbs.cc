#include <ostream>

#include "cli/device_options.h"
#include "cli/json.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace tidemark::cli {
namespace {

std::unique_ptr<Device> open(const Command& command, Console& console) {
  return Device::open(command.database, device_options(command, console));
}

/// Damage that already the reading of the database meets is what verify is asked about.
VerifyReport verified(const Command& command, Console& console) {
  try {
    return open(command, console)->verify();
  } catch (const Error& error) {
    const bool damage = error.code() == ErrorCode::database_corrupt ||
                        error.code() == ErrorCode::log_broken ||
                        error.code() == ErrorCode::diverged;
    if (!damage) throw;
    VerifyReport report;
    report.problems.push_back(std::string(error.what()) + " (" + tidemark::to_text(error.code()) +
                              ")");
    return report;
  }
}

}  // namespace

ExitCode run_status(const Command& command, Console& console) {
  const Status status = open(command, console)->status();
  console.out << (command.json ? json_of(status)
                               : text_of(status, command.database, console.out_paint));
  return ExitCode::ok;
}

ExitCode run_digest(const Command& command, Console& console) {
  const DigestReport digest = open(command, console)->digest();
  console.out << (command.json ? json_of(digest) : text_of(digest, console.out_paint));
  return ExitCode::ok;
}

ExitCode run_verify(const Command& command, Console& console) {
  const VerifyReport report = verified(command, console);
  console.out << (command.json ? json_of(report) : text_of(report, console.out_paint));
  return report.problems.empty() ? ExitCode::ok : ExitCode::problems;
}

ExitCode run_log(const Command& command, Console& console) {
  const auto lines = open(command, console)->log(command.table, command.limit);
  console.out << (command.json ? json_of(lines) : text_of(lines, console.out_paint));
  return ExitCode::ok;
}

ExitCode run_version(const Command& command, Console& console) {
  if (command.json) {
    console.out << json_of_fact("version", TIDEMARK_VERSION);
  } else {
    console.out << "tidemark " TIDEMARK_VERSION "\n";
  }
  return ExitCode::ok;
}

}  // namespace tidemark::cli
