#include "cli/args.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>

#include "cli/suggest.h"

namespace tidemark::cli {
namespace {

constexpr const char* kFooter = R"(
DB is the app's own SQLite file. It may be left out where the environment variable TIDEMARK_DB names
it; track and sync then take the first of several names for DB only if it is a file.
Options may stand anywhere. `tidemark VERB --help` shows those that only one verb has.

exit codes: 0 ok, 1 error, 2 usage, 3 one of several folders could not be used, 4 verify found
  problems, 10 not a tidemark database, 11 busy, 13 table can not be tracked, 14 folder unreachable,
  15 written by a newer tidemark, 130 interrupted)";

struct VerbHelp {
  Verb verb;
  const char* name;
  const char* names;  ///< what follows the verb
  const char* text;
};

constexpr std::array kVerbs = {
    VerbHelp{Verb::init, "init", "DB", "make DB a tidemark database"},
    VerbHelp{Verb::track, "track", "DB TABLE... | DB --all", "share tables with the other devices"},
    VerbHelp{Verb::untrack, "untrack", "DB TABLE", "stop sharing a table; it stays as it is"},
    VerbHelp{Verb::sync, "sync", "DB FOLDER...", "pull from and publish to sync folders"},
    VerbHelp{Verb::status, "status", "DB", "what is pending, and where"},
    VerbHelp{Verb::digest, "digest", "DB", "equal on two devices: the same data"},
    VerbHelp{Verb::verify, "verify", "DB", "check every log, and the tables against the logs"},
    VerbHelp{Verb::log, "log", "DB", "the newest changes, newest first"},
    VerbHelp{Verb::migrate, "migrate", "DB -- SQL...",
             "run SQL that changes tracked tables' columns"},
    VerbHelp{Verb::backup, "backup", "DB TO", "copy DB to a new file that opens as a new device"},
    VerbHelp{Verb::version, "version", "", "the version of this program"},
};

/// What was typed, before the names have been told apart.
struct Line {
  Command command;
  std::vector<std::string> names;
  std::vector<std::string> after_dashes;
};

void add_common_options(CLI::App& app, Command& command) {
  const std::map<std::string, ProgressMode> modes = {{"auto", ProgressMode::automatic},
                                                     {"plain", ProgressMode::plain},
                                                     {"json", ProgressMode::json},
                                                     {"none", ProgressMode::none}};
  app.add_flag("--json", command.json, "print one JSON document");
  app.add_flag("-q,--quiet", command.quiet, "no progress and no advice");
  app.add_flag("-v,--verbose", command.verbosity, "say more on stderr; -vv everything");
  app.add_option_function<std::string>(
         "--progress",
         [&command, modes](const std::string& mode) { command.progress = modes.at(mode); },
         "of sync, on stderr: auto, plain, json or none")
      ->type_name("MODE")
      ->check(CLI::IsMember({"auto", "plain", "json", "none"}));
  app.add_option("--state-dir", command.state_dir, "where locks are kept")->type_name("DIR");
  app.add_option("--busy-ms", command.busy_ms, "how long to wait for another writer of DB")
      ->type_name("MS")
      ->check(CLI::Range(0, 3600000));
}

void add_options_of(Verb verb, CLI::App& sub, Command& command) {
  if (verb == Verb::init) {
    sub.add_option("--name", command.name, "of this device, for people; else the host's name")
        ->type_name("NAME");
    sub.add_option("--join", command.join, "belong to the group of this sync folder")
        ->type_name("FOLDER");
  } else if (verb == Verb::track) {
    sub.add_flag("--all", command.all, "every table that can be tracked; the others are listed");
    sub.add_flag("--natural-key", command.natural_key,
                 "equal integer keys mean the same row on every device");
    sub.add_flag("--dry-run", command.dry_run, "only say what would happen");
  } else if (verb == Verb::log) {
    sub.add_option("--table", command.table, "only changes of this table")->type_name("TABLE");
    sub.add_option("-n,--limit", command.limit, "how many lines, 20 without it")
        ->type_name("N")
        ->check(CLI::PositiveNumber);
  }
}

/// CLI11's own usage line puts the options before the names and calls the names "names".
class UsageOfVerbs : public CLI::Formatter {
 public:
  std::string make_usage(const CLI::App* /*app*/, std::string name) const override {
    for (const VerbHelp& verb : kVerbs) {
      if (name.ends_with(std::string(" ") + verb.name)) {
        return "usage: " + name + " " + verb.names + " [options]\n";
      }
    }
    return "usage: tidemark VERB DB ... [options]\n";
  }
};

/// The tree that CLI11 walks; it points into `line`, which must outlive it.
std::unique_ptr<CLI::App> make_app(Line& line) {
  auto app = std::make_unique<CLI::App>(
      "tidemark keeps the SQLite tables of an app the same on all of a person's devices.");
  app->name("tidemark");
  app->allow_extras();
  app->require_subcommand(0, 1);  // a table may be called like a verb
  app->formatter(std::make_shared<UsageOfVerbs>());
  app->set_version_flag("--version", [] { return std::string("tidemark " TIDEMARK_VERSION); });
  app->footer(kFooter);
  add_common_options(*app, line.command);
  for (const VerbHelp& verb : kVerbs) {
    CLI::App* sub = app->add_subcommand(verb.name, verb.text);
    sub->allow_extras();
    sub->fallthrough();
    sub->footer("The options that every verb has: tidemark --help");
    sub->add_option("names", line.names)->group("");
    add_options_of(verb.verb, *sub, line.command);
  }
  return app;
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

UsageError unknown_word(const std::string& word, const CLI::App& app, const CLI::App* sub) {
  if (word.starts_with("-")) {
    std::vector<std::string> known = option_names(app);
    if (sub != nullptr) std::ranges::copy(option_names(*sub), std::back_inserter(known));
    const std::string typed = word.substr(0, word.find('='));
    const auto close = nearest(typed, known);
    return {"unknown option '" + typed + "'" + (close ? "; did you mean '" + *close + "'?" : ""),
            sub == nullptr ? "tidemark --help" : "tidemark " + sub->get_name() + " --help",
            {}};
  }
  std::vector<std::string> verbs;
  for (const VerbHelp& verb : kVerbs) verbs.emplace_back(verb.name);
  const auto close = nearest(word, verbs);
  return {"unknown command '" + word + "'" + (close ? "; did you mean '" + *close + "'?" : ""),
          close ? "tidemark " + *close : "tidemark --help",
          {}};
}

UsageError misused(const VerbHelp& verb, const std::string& what) {
  return {std::string(verb.name) + ": " + what,
          std::string("tidemark ") + verb.name + " " + verb.names,
          {}};
}

bool is_file(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::status(path, ignored);
  return std::filesystem::exists(status) && !std::filesystem::is_directory(status);
}

/// How many names a verb has besides DB; none: any number from one on.
std::optional<std::size_t> fixed_operands(const Command& command) {
  switch (command.verb) {
    case Verb::track:
      return command.all ? std::optional<std::size_t>(0) : std::nullopt;
    case Verb::sync:
      return std::nullopt;
    case Verb::untrack:
    case Verb::backup:
      return 1;
    default:
      return 0;
  }
}

/// Tells DB from the other names.
std::optional<UsageError> place_names(Line& line, const VerbHelp& verb,
                                      const std::string& database_variable) {
  Command& command = line.command;
  const auto fixed = fixed_operands(command);
  const std::size_t given = line.names.size();
  bool leads = true;  // the first name is the database
  if (!database_variable.empty()) {
    leads = fixed ? given > *fixed : given > 1 && is_file(line.names.front());
  }
  if (leads && given == 0) return misused(verb, "DB is missing, and TIDEMARK_DB is not set");
  command.database = leads ? line.names.front() : database_variable;
  command.operands.assign(line.names.begin() + (leads ? 1 : 0), line.names.end());
  if (fixed && command.operands.size() > *fixed) {
    return misused(verb, "'" + command.operands[*fixed] + "' is one name too many");
  }
  if (command.operands.size() < fixed.value_or(1)) {
    return misused(verb, verb.verb == Verb::sync     ? "no FOLDER is named"
                         : verb.verb == Verb::backup ? "TO, the file to write, is missing"
                                                     : "no TABLE is named");
  }
  return std::nullopt;
}

std::optional<UsageError> take_sql(Line& line, const VerbHelp& verb) {
  for (const std::string& word : line.after_dashes) {
    line.command.sql += (line.command.sql.empty() ? "" : " ") + word;
  }
  const bool blank = line.command.sql.find_first_not_of(" \t\n;") == std::string::npos;
  if (blank) return misused(verb, "the SQL is missing; it stands after a bare --");
  return std::nullopt;
}

ParsedArgs understood(Line& line, const CLI::App& app, const std::string& database_variable) {
  const auto subs = app.get_subcommands();
  const CLI::App* sub = subs.empty() ? nullptr : subs.front();
  const std::vector<std::string> extras = app.remaining(true);
  if (!extras.empty()) return unknown_word(extras.front(), app, sub);
  if (sub == nullptr) return UsageError{"no command is named", "tidemark --help", {}};
  const VerbHelp& verb =
      *std::ranges::find_if(kVerbs, [&](const VerbHelp& v) { return sub->get_name() == v.name; });
  line.command.verb = verb.verb;
  if (verb.verb == Verb::migrate) {
    if (auto wrong = take_sql(line, verb)) return *wrong;
  } else {
    std::ranges::copy(line.after_dashes, std::back_inserter(line.names));
  }
  if (verb.verb == Verb::version) {
    if (!line.names.empty()) return misused(verb, "takes no names");
    return line.command;
  }
  if (auto wrong = place_names(line, verb, database_variable)) return *wrong;
  return line.command;
}

ParsedArgs parse(Line& line, std::vector<std::string> words, const std::string& database_variable) {
  const auto app = make_app(line);
  try {
    std::ranges::reverse(words);  // what CLI11 wants of a vector
    app->parse(std::move(words));
  } catch (const CLI::CallForHelp&) {
    return Help{app->help()};
  } catch (const CLI::CallForVersion& version) {
    return Help{std::string(version.what()) + "\n"};
  } catch (const CLI::ParseError& wrong) {
    return UsageError{wrong.what(), "tidemark --help", {}};
  }
  return understood(line, *app, database_variable);
}

}  // namespace

ParsedArgs parse_args(const std::vector<std::string>& words, const std::string& database_variable) {
  Line line;
  const auto dashes = std::ranges::find(words, "--");

  if (dashes != words.end()) line.after_dashes.assign(dashes + 1, words.end());
  ParsedArgs parsed = parse(line, {words.begin(), dashes}, database_variable);
  if (auto* wrong = std::get_if<UsageError>(&parsed)) {
    wrong->json = std::find(words.begin(), dashes, "--json") != dashes;
  }
  return parsed;
}

}  // namespace tidemark::cli
