// The grammar of the command line. CLI11 stays behind args.cc.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cli/command.h"

namespace tidemark::cli {

/// The user asked how to use the command (or said nothing at all): text for stdout.
struct Help {
  std::string text;
};

/// A line that can not be understood: what is wrong with it, and what to type instead.
struct UsageError {
  std::string message;
  std::string hint;
  bool json{};  ///< --json was among the words
};

using ParsedArgs = std::variant<Command, Help, UsageError>;

/// Reads the words after the program's name. Options may stand anywhere; after a bare `--` come
/// names that begin with a dash (for migrate: the SQL).
///
/// The database is the first name. It may be left out where `database_variable` (TIDEMARK_DB) is
/// not empty: then verbs with a fixed number of names (all but track with tables, and sync) go by
/// their number, and track and sync take the first of several names for the database only if it is
/// a file.
ParsedArgs parse_args(const std::vector<std::string>& words, const std::string& database_variable);

}  // namespace tidemark::cli
