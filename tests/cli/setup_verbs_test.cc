#include <gtest/gtest.h>

#include "cli/verbs.h"
#include "tests/cli/app_database.h"
#include "tests/cli/run_words.h"
#include "tests/support/temp_dir.h"

namespace tidemark::cli {
namespace {

using test::ask_sql;
using test::Ran;
using test::run_sql;
using test::run_words;

class SetupVerbs : public testing::Test {
 protected:
  Ran in_state(std::vector<std::string> words) {
    // Before a bare --, after which nothing is an option.
    words.insert(words.begin() + 1, {"--state-dir", dir_.file("state")});
    return run_words(words);
  }
  std::string answer(const std::vector<std::string>& words) {
    const Ran ran = in_state(words);
    EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
    return ran.out;
  }

  const test::TempDir dir_;
  const std::string db_ = dir_.file("a.db");
};

void expect_holds(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TEST_F(SetupVerbs, InitMakesADatabaseAndSaysWhatComesNext) {
  const std::string text = answer({"init", db_, "--name", "laptop"});
  expect_holds(text, "created device laptop in " + db_);
  expect_holds(text, "next: tidemark track");
}

TEST_F(SetupVerbs, QuietInitGivesNoAdvice) {
  EXPECT_EQ(answer({"init", db_, "-q"}).find("next:"), std::string::npos);
}

TEST_F(SetupVerbs, InitAsJsonNamesTheOrigin) {
  expect_holds(answer({"init", db_, "--json", "--name", "laptop"}), "\"origin\": \"");
}

TEST_F(SetupVerbs, InitTwiceIsAnError) {
  answer({"init", db_});
  const Ran again = in_state({"init", db_});
  EXPECT_EQ(again.code, ExitCode::error);
  expect_holds(again.err, "(TM-E0016)");
}

TEST_F(SetupVerbs, TrackNamesItsTables) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL); INSERT INTO notes VALUES('a')");
  answer({"init", db_});
  const std::string text = answer({"track", db_, "notes"});
  expect_holds(text, "notes  ok");
  expect_holds(text, "1 row");
}

TEST_F(SetupVerbs, TrackAllSkipsWhatCanNotBeTracked) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL); CREATE TABLE loose(x)");
  answer({"init", db_});
  const std::string text = answer({"track", db_, "--all"});
  expect_holds(text, "loose  skip");
  expect_holds(text, "(TM-E0101)");
}

TEST_F(SetupVerbs, ANamedTableThatCanNotBeTrackedIsAnError) {
  run_sql(db_, "CREATE TABLE loose(x)");
  answer({"init", db_});
  EXPECT_EQ(in_state({"track", db_, "loose"}).code, ExitCode::schema);
  EXPECT_EQ(in_state({"track", db_, "absent"}).code, ExitCode::schema);
}

TEST_F(SetupVerbs, ADryRunTracksNothing) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL)");
  answer({"init", db_});
  expect_holds(answer({"track", db_, "notes", "--dry-run"}), "a dry run");
  EXPECT_EQ(answer({"status", db_, "--json"}).find("tracked"), std::string::npos);
}

TEST_F(SetupVerbs, AnIntegerKeyIsTrackedWhereItIsNatural) {
  run_sql(db_, "CREATE TABLE years(year INTEGER PRIMARY KEY, events TEXT)");
  answer({"init", db_});
  EXPECT_EQ(in_state({"track", db_, "years"}).code, ExitCode::schema);
  expect_holds(answer({"track", db_, "years", "--natural-key"}), "years  ok");
}

TEST_F(SetupVerbs, UntrackLeavesTheTableAndItsRows) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL); INSERT INTO notes VALUES('a')");
  answer({"init", db_});
  answer({"track", db_, "notes"});
  expect_holds(answer({"untrack", db_, "notes"}), "no longer shared");
  EXPECT_EQ(ask_sql(db_, "SELECT id FROM notes"), "a");
  EXPECT_EQ(in_state({"untrack", db_, "notes"}).code, ExitCode::schema);
}

TEST_F(SetupVerbs, MigrateDropsAColumnThatTriggersName) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, a TEXT, b TEXT)");
  answer({"init", db_});
  answer({"track", db_, "notes"});
  EXPECT_THROW(run_sql(db_, "ALTER TABLE notes DROP COLUMN b"), std::runtime_error);
  expect_holds(answer({"migrate", db_, "--", "ALTER TABLE notes DROP COLUMN b"}), "migrated");
  EXPECT_EQ(ask_sql(db_, "SELECT group_concat(name) FROM pragma_table_info('notes')"), "id,a");
}

TEST_F(SetupVerbs, MigrateWithWrongSqlChangesNothing) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL)");
  answer({"init", db_});
  const Ran ran = in_state({"migrate", db_, "--", "DROP TABLE notes; nonsense"});
  EXPECT_EQ(ran.code, ExitCode::error);
  expect_holds(ran.err, "(TM-E0013)");
  EXPECT_EQ(ask_sql(db_, "SELECT count(*) FROM notes"), "0");
}

TEST_F(SetupVerbs, BackupOpensAsAnotherOrigin) {
  run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL); INSERT INTO notes VALUES('a')");
  answer({"init", db_});
  answer({"track", db_, "notes"});
  const std::string copy = dir_.file("copy.db");
  expect_holds(answer({"backup", db_, copy}), "opens as a new device");
  EXPECT_EQ(ask_sql(copy, "SELECT id FROM notes"), "a");
  const auto origin = [&](const std::string& file) {
    const std::string json = answer({"digest", file, "--json"});
    return json.substr(json.find("\"origin\""), 40);
  };
  EXPECT_NE(origin(copy), origin(db_));
}

}  // namespace
}  // namespace tidemark::cli
