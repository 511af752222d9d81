// What one command line asks for, once it has been understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tidemark::cli {

enum class Verb : std::uint8_t {
  init,
  track,
  untrack,
  sync,
  status,
  digest,
  verify,
  log,
  migrate,
  backup,
  version,
};

/// How `sync` says how far it is; always on stderr.
enum class ProgressMode : std::uint8_t {
  automatic,  ///< a line that rewrites itself on a terminal, nothing elsewhere
  plain,      ///< now and then a line
  json,       ///< one JSON document a line
  none,
};

/// A command line that is complete: what a verb needs is there, and nothing that it does not know.
struct Command {
  Verb verb{};
  std::string database;               ///< from the line or from TIDEMARK_DB; empty for `version`
  std::vector<std::string> operands;  ///< tables of track, folders of sync, else at most one
  std::string sql;                    ///< of migrate
  std::string name;                   ///< of the device, for init
  std::string join;                   ///< folder whose group init takes
  std::string table;                  ///< that log is limited to
  std::size_t limit = 20;             ///< lines of log
  bool all{};
  bool natural_key{};
  bool dry_run{};
  bool json{};
  bool quiet{};
  int verbosity{};  ///< how often -v was given
  ProgressMode progress = ProgressMode::automatic;
  std::string state_dir;
  int busy_ms = 5000;
};

}  // namespace tidemark::cli
