#include "cli/run.h"

#include <new>
#include <ostream>
#include <variant>

#include "cli/args.h"
#include "cli/complaint.h"
#include "cli/verbs.h"
#include "oplog/error.h"

namespace tidemark::cli {
namespace {

ExitCode dispatch(const Command& command, Console& console) {
  switch (command.verb) {
    case Verb::init:
      return run_init(command, console);
    case Verb::track:
      return run_track(command, console);
    case Verb::untrack:
      return run_untrack(command, console);
    case Verb::sync:
      return run_sync(command, console);
    case Verb::status:
      return run_status(command, console);
    case Verb::digest:
      return run_digest(command, console);
    case Verb::verify:
      return run_verify(command, console);
    case Verb::log:
      return run_log(command, console);
    case Verb::migrate:
      return run_migrate(command, console);
    case Verb::backup:
      return run_backup(command, console);
    case Verb::version:
      return run_version(command, console);
  }
  return ExitCode::error;
}

ExitCode run_command(const Command& command, Console& console) {
  try {
    const ExitCode code = dispatch(command, console);
    console.out.flush();
    if (console.out) return code;
    complain(Error(ErrorCode::io_failed, "the answer could not be written"), command.json, console);
    return ExitCode::error;
  } catch (const Error& error) {
    complain(error, command.json, console);
    return exit_code_of(error.code());
  } catch (const std::bad_alloc&) {
    complain(Error(ErrorCode::limit_exceeded, "there is not enough memory"), command.json, console);
    return ExitCode::error;
  }
}

}  // namespace

ExitCode run(const std::vector<std::string>& words, Console& console) {
  const ParsedArgs parsed = parse_args(words, console.database_variable);
  if (const auto* help = std::get_if<Help>(&parsed)) {
    console.out << help->text;
    return ExitCode::ok;
  }
  if (const auto* wrong = std::get_if<UsageError>(&parsed)) {
    complain(Error(ErrorCode::invalid_argument, wrong->message, wrong->hint), wrong->json, console);
    return ExitCode::usage;
  }
  return run_command(std::get<Command>(parsed), console);
}

}  // namespace tidemark::cli
