#include "cli/args.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace tidemark::cli {
namespace {

using Words = std::vector<std::string>;

Command command_of(const Words& words, const std::string& variable = {}) {
  const ParsedArgs parsed = parse_args(words, variable);
  if (const auto* wrong = std::get_if<UsageError>(&parsed)) ADD_FAILURE() << wrong->message;
  const auto* command = std::get_if<Command>(&parsed);
  return command == nullptr ? Command{} : *command;
}

UsageError error_of(const Words& words, const std::string& variable = {}) {
  const ParsedArgs parsed = parse_args(words, variable);
  const auto* wrong = std::get_if<UsageError>(&parsed);
  if (wrong == nullptr) ADD_FAILURE() << "was understood";
  return wrong == nullptr ? UsageError{} : *wrong;
}

TEST(Args, EachVerbIsKnown) {
  EXPECT_EQ(command_of({"init", "a.db"}).verb, Verb::init);
  EXPECT_EQ(command_of({"track", "a.db", "t"}).verb, Verb::track);
  EXPECT_EQ(command_of({"untrack", "a.db", "t"}).verb, Verb::untrack);
  EXPECT_EQ(command_of({"sync", "a.db", "f"}).verb, Verb::sync);
  EXPECT_EQ(command_of({"status", "a.db"}).verb, Verb::status);
  EXPECT_EQ(command_of({"digest", "a.db"}).verb, Verb::digest);
  EXPECT_EQ(command_of({"verify", "a.db"}).verb, Verb::verify);
  EXPECT_EQ(command_of({"log", "a.db"}).verb, Verb::log);
  EXPECT_EQ(command_of({"migrate", "a.db", "--", "x"}).verb, Verb::migrate);
  EXPECT_EQ(command_of({"backup", "a.db", "b.db"}).verb, Verb::backup);
  EXPECT_EQ(command_of({"version"}).verb, Verb::version);
}

TEST(Args, OptionsMayStandAnywhere) {
  for (const Words& words : {Words{"--json", "sync", "a.db", "one", "two", "-vv"},
                             Words{"sync", "--json", "a.db", "-v", "one", "-v", "two"},
                             Words{"-v", "sync", "a.db", "one", "two", "--json", "-v"}}) {
    const Command command = command_of(words);
    EXPECT_TRUE(command.json);
    EXPECT_EQ(command.verbosity, 2);
    EXPECT_EQ(command.database, "a.db");
    EXPECT_EQ(command.operands, (Words{"one", "two"}));
  }
}

TEST(Args, OptionsReachTheCommand) {
  const Command init = command_of({"init", "a.db", "--name", "desk", "--join=f", "--busy-ms", "7"});
  EXPECT_EQ(init.name, "desk");
  EXPECT_EQ(init.join, "f");
  EXPECT_EQ(init.busy_ms, 7);
  const Command track = command_of({"track", "a.db", "--all", "--natural-key", "--dry-run", "-q"});
  EXPECT_TRUE(track.all && track.natural_key && track.dry_run && track.quiet);
  const Command log = command_of({"log", "a.db", "--table", "t", "-n", "3", "--state-dir", "s"});
  EXPECT_EQ(log.table, "t");
  EXPECT_EQ(log.limit, 3U);
  EXPECT_EQ(log.state_dir, "s");
}

TEST(Args, ProgressHasFourModes) {
  const auto mode = [](const std::string& name) {
    return command_of({"sync", "a.db", "f", "--progress=" + name}).progress;
  };
  EXPECT_EQ(mode("auto"), ProgressMode::automatic);
  EXPECT_EQ(mode("plain"), ProgressMode::plain);
  EXPECT_EQ(mode("json"), ProgressMode::json);
  EXPECT_EQ(mode("none"), ProgressMode::none);
  EXPECT_NE(error_of({"sync", "a.db", "f", "--progress=loud"}).message.find("loud"),
            std::string::npos);
}

TEST(Args, ATableMayBeCalledLikeAVerb) {
  EXPECT_EQ(command_of({"track", "a.db", "log", "status"}).operands, (Words{"log", "status"}));
}

TEST(Args, AfterDashesComeNamesThatBeginWithOne) {
  EXPECT_EQ(command_of({"track", "a.db", "--", "-odd"}).operands, (Words{"-odd"}));
}

TEST(Args, MigrateTakesItsSqlAfterDashes) {
  const Command command = command_of({"migrate", "a.db", "--", "DROP TABLE t;", "--json"});
  EXPECT_EQ(command.sql, "DROP TABLE t; --json");
  EXPECT_FALSE(command.json);
  EXPECT_NE(error_of({"migrate", "a.db"}).message.find("SQL"), std::string::npos);
  EXPECT_NE(error_of({"migrate", "a.db", "--", " ; "}).message.find("SQL"), std::string::npos);
}

TEST(Args, TheVariableNamesTheDatabaseThatIsLeftOut) {
  EXPECT_EQ(command_of({"status"}, "env.db").database, "env.db");
  EXPECT_EQ(command_of({"migrate", "--", "x"}, "env.db").database, "env.db");
  EXPECT_EQ(command_of({"track", "--all"}, "env.db").database, "env.db");
  const Command backup = command_of({"backup", "to.db"}, "env.db");
  EXPECT_EQ(backup.database, "env.db");
  EXPECT_EQ(backup.operands, (Words{"to.db"}));
}

TEST(Args, ADatabaseThatIsNamedBeatsTheVariable) {
  EXPECT_EQ(command_of({"status", "a.db"}, "env.db").database, "a.db");
  EXPECT_EQ(command_of({"track", "a.db", "--all"}, "env.db").database, "a.db");
  EXPECT_EQ(command_of({"backup", "a.db", "to.db"}, "env.db").database, "a.db");
}

TEST(Args, WithTheVariableTrackAndSyncTakeAFileForTheDatabase) {
  const test::TempDir dir;
  const std::string file = dir.file("a.db");
  std::ofstream(file) << "x";
  EXPECT_EQ(command_of({"sync", file, "f"}, "env.db").database, file);
  EXPECT_EQ(command_of({"track", file, "t"}, "env.db").database, file);

  const std::string folder = dir.path().string();
  const Command sync = command_of({"sync", folder, "f"}, "env.db");
  EXPECT_EQ(sync.database, "env.db");
  EXPECT_EQ(sync.operands, (Words{folder, "f"}));
  EXPECT_EQ(command_of({"track", "t"}, "env.db").operands, (Words{"t"}));
}

TEST(Args, WithTheVariableTheOnlyNameIsNoDatabaseForTrackAndSync) {
  const test::TempDir dir;
  std::ofstream(dir.file("notes")) << "x";
  EXPECT_EQ(command_of({"track", dir.file("notes")}, "env.db").database, "env.db");
}

TEST(Args, RefusesAnUnknownVerbAndSuggests) {
  const UsageError wrong = error_of({"statsu", "a.db", "--table", "x"});
  EXPECT_EQ(wrong.message, "unknown command 'statsu'; did you mean 'status'?");
  EXPECT_EQ(wrong.hint, "tidemark status");
  EXPECT_EQ(error_of({"frobnicate"}).message, "unknown command 'frobnicate'");
}

TEST(Args, RefusesAnUnknownOptionAndSuggests) {
  EXPECT_EQ(error_of({"status", "a.db", "--jsno"}).message,
            "unknown option '--jsno'; did you mean '--json'?");
  EXPECT_EQ(error_of({"track", "a.db", "--natral-key=1"}).message,
            "unknown option '--natral-key'; did you mean '--natural-key'?");
  EXPECT_EQ(error_of({"--zzz", "status", "a.db"}).message, "unknown option '--zzz'");
}

TEST(Args, RefusesAnOptionOfAnotherVerb) {
  EXPECT_EQ(error_of({"status", "a.db", "--dry-run"}).message, "unknown option '--dry-run'");
}

TEST(Args, RefusesMissingNames) {
  EXPECT_EQ(error_of({}).message, "no command is named");
  EXPECT_NE(error_of({"status"}).message.find("TIDEMARK_DB"), std::string::npos);
  EXPECT_NE(error_of({"sync", "a.db"}).message.find("FOLDER"), std::string::npos);
  EXPECT_NE(error_of({"sync"}, "env.db").message.find("FOLDER"), std::string::npos);
  EXPECT_NE(error_of({"track", "a.db"}).message.find("TABLE"), std::string::npos);
  EXPECT_NE(error_of({"untrack", "a.db"}).message.find("TABLE"), std::string::npos);
  EXPECT_NE(error_of({"backup", "a.db"}).message.find("TO"), std::string::npos);
}

TEST(Args, RefusesNamesTooMany) {
  EXPECT_NE(error_of({"status", "a.db", "b"}).message.find("'b'"), std::string::npos);
  EXPECT_NE(error_of({"track", "a.db", "--all", "t"}).message.find("'t'"), std::string::npos);
  EXPECT_NE(error_of({"backup", "a", "b", "c"}).message.find("'c'"), std::string::npos);
  EXPECT_NE(error_of({"version", "x"}).message.find("no names"), std::string::npos);
}

TEST(Args, RefusesValuesOutOfRange) {
  EXPECT_NE(error_of({"log", "a.db", "-n", "0"}).message, "");
  EXPECT_NE(error_of({"log", "a.db", "-n", "many"}).message, "");
  EXPECT_NE(error_of({"status", "a.db", "--busy-ms", "-1"}).message, "");
  EXPECT_NE(error_of({"status", "a.db", "--state-dir"}).message, "");
}

TEST(Args, AnErrorKnowsWhetherJsonWasWanted) {
  EXPECT_TRUE(error_of({"statsu", "--json"}).json);
  EXPECT_FALSE(error_of({"statsu"}).json);
  EXPECT_FALSE(error_of({"statsu", "--", "--json"}).json);
}

TEST(Args, HelpExplainsVerbsDatabaseAndExitCodes) {
  const ParsedArgs parsed = parse_args({"--help"}, "");
  ASSERT_TRUE(std::holds_alternative<Help>(parsed));
  const std::string& text = std::get<Help>(parsed).text;
  for (const char* word : {"untrack", "TIDEMARK_DB", "--progress", "130 interrupted"}) {
    EXPECT_NE(text.find(word), std::string::npos) << word;
  }
}

TEST(Args, HelpOfAVerbShowsItsNamesAndOptions) {
  const ParsedArgs parsed = parse_args({"log", "--help"}, "");
  ASSERT_TRUE(std::holds_alternative<Help>(parsed));
  const std::string& text = std::get<Help>(parsed).text;
  EXPECT_NE(text.find("usage: tidemark log DB"), std::string::npos) << text;
  EXPECT_NE(text.find("--table"), std::string::npos) << text;
}

TEST(Args, VersionIsAlsoAnOption) {
  const ParsedArgs parsed = parse_args({"--version"}, "");
  ASSERT_TRUE(std::holds_alternative<Help>(parsed));
  EXPECT_TRUE(std::get<Help>(parsed).text.starts_with("tidemark "));
}

}  // namespace
}  // namespace tidemark::cli
