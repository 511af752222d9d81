// One function per verb: it asks the device, prints the answer to console.out, and says how it
// ended. Failures leave as tidemark::Error; run.cc prints them.
#pragma once

#include "cli/command.h"
#include "cli/console.h"
#include "cli/exit_code.h"

namespace tidemark::cli {

// Setting up: setup_verbs.cc
ExitCode run_init(const Command& command, Console& console);
ExitCode run_track(const Command& command, Console& console);
ExitCode run_untrack(const Command& command, Console& console);
ExitCode run_migrate(const Command& command, Console& console);
ExitCode run_backup(const Command& command, Console& console);

// Exchanging: sync_verb.cc
ExitCode run_sync(const Command& command, Console& console);

// Asking: ask_verbs.cc
ExitCode run_status(const Command& command, Console& console);
ExitCode run_digest(const Command& command, Console& console);
ExitCode run_verify(const Command& command, Console& console);
ExitCode run_log(const Command& command, Console& console);
ExitCode run_version(const Command& command, Console& console);

}  // namespace tidemark::cli
