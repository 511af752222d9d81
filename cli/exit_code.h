// What a script learns from how the command ended. The numbers are a promise.
#pragma once

#include <cstdint>

#include "oplog/error_codes.h"

namespace tidemark::cli {

enum class ExitCode : std::uint8_t {
  ok = 0,
  error = 1,
  usage = 2,
  peer_failed = 3,    ///< one of several peers could not be used at all
  problems = 4,       ///< verify found divergence or corruption
  not_tidemark = 10,  ///< not a tidemark database
  busy = 11,          ///< another process holds the database or publishes
  schema = 13,        ///< a table that can not be tracked, or is not
  unreachable = 14,   ///< the folder is missing, empty although it must not be, or read-only
  newer_format = 15,  ///< written by a newer tidemark
  interrupted = 130,  ///< asked to stop, and stopped cleanly
};

/// The exit code of a command that failed with `code`.
ExitCode exit_code_of(ErrorCode code);

constexpr int to_number(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace tidemark::cli
