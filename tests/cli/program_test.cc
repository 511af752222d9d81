// The way from an empty directory to two devices that agree, as a shell goes it.
#include "tests/cli/program.h"

#include <gtest/gtest.h>

#include "tests/cli/app_database.h"

namespace tidemark::test {
namespace {

void expect_holds(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

std::string tables_part(const std::string& digest_json) {
  return digest_json.substr(digest_json.find("\"tables\""));
}

class ProgramRuns : public testing::Test {
 protected:
  std::string ok(const std::vector<std::string>& words) {
    const Ended ended = tidemark_(words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }

  const Program tidemark_;
};

TEST_F(ProgramRuns, TwoDevicesComeToAgree) {
  const std::string folder = tidemark_.folder("folder");
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk'), ('b', 'bread')");
  ok({"sync", laptop, folder});

  const std::string desk = tidemark_.file("desk.db");
  run_sql(desk, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT)");
  expect_holds(ok({"init", desk, "--name", "desk", "--join", folder}), "group of " + folder);
  ok({"track", desk, "--all"});
  ok({"sync", desk, folder});
  EXPECT_EQ(ask_sql(desk, "SELECT * FROM notes ORDER BY id"), "a|milk\nb|bread");

  run_sql(laptop, "UPDATE notes SET title = 'oat milk' WHERE id = 'a'");
  run_sql(desk, "DELETE FROM notes WHERE id = 'b'; INSERT INTO notes VALUES('c', 'salt')");
  for (const std::string& device : {laptop, desk, laptop, desk}) ok({"sync", device, folder});

  const std::string wanted = "a|oat milk\nc|salt";
  EXPECT_EQ(ask_sql(laptop, "SELECT * FROM notes ORDER BY id"), wanted);
  EXPECT_EQ(ask_sql(desk, "SELECT * FROM notes ORDER BY id"), wanted);
  EXPECT_EQ(tables_part(ok({"digest", laptop, "--json"})),
            tables_part(ok({"digest", desk, "--json"})));
}

TEST_F(ProgramRuns, StatusTellsWhatIsPendingAndWhere) {
  const std::string folder = tidemark_.folder("folder");
  const std::string laptop = tidemark_.device("laptop");
  ok({"sync", laptop, folder});
  const std::string text = ok({"status", laptop});
  expect_holds(text, "device laptop");
  expect_holds(text, folder);
  expect_holds(text, "current");
  expect_holds(ok({"status", laptop, "--json"}), "\"location\": \"");
}

TEST_F(ProgramRuns, LogNamesDeviceChangeAndKey) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  const std::string text = ok({"log", laptop, "--table", "notes", "-n", "3"});
  for (const char* part : {"laptop", "insert", "notes", "a"}) expect_holds(text, part);
  EXPECT_TRUE(ok({"log", laptop, "--json"}).starts_with("[\n"));
}

TEST_F(ProgramRuns, VerifyOfASoundDatabaseIsZero) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  expect_holds(ok({"verify", laptop}), "no problem found");
}

TEST_F(ProgramRuns, MigrateAndBackup) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  ok({"migrate", laptop, "--", "ALTER TABLE notes DROP COLUMN title;",
      "ALTER TABLE notes ADD COLUMN text DEFAULT 'x'"});
  EXPECT_EQ(ask_sql(laptop, "SELECT * FROM notes"), "a|x");
  ok({"backup", laptop, tidemark_.file("copy.db")});
  EXPECT_EQ(ask_sql(tidemark_.file("copy.db"), "SELECT * FROM notes"), "a|x");
  ok({"verify", tidemark_.file("copy.db")});
}

TEST_F(ProgramRuns, TheVariableNamesTheDatabase) {
  const std::map<std::string, std::string> variables = {
      {"TIDEMARK_DB", tidemark_.device("laptop")}};
  const std::string folder = tidemark_.folder("folder");
  EXPECT_EQ(tidemark_({"sync", folder}, variables).code, 0);
  expect_holds(tidemark_({"status"}, variables).out, "device laptop");
  EXPECT_EQ(tidemark_({"untrack", "notes"}, variables).code, 0);
  EXPECT_EQ(tidemark_({"backup", tidemark_.file("b.db")}, variables).code, 0);
}

TEST_F(ProgramRuns, OutputForAPipeHasNoColour) {
  const std::string laptop = tidemark_.device("laptop");
  ok({"sync", laptop, tidemark_.folder("folder")});
  EXPECT_EQ(ok({"status", laptop}).find('\x1b'), std::string::npos);
}

TEST_F(ProgramRuns, HelpAndVersionAreZero) {
  expect_holds(ok({"--help"}), "exit codes:");
  expect_holds(ok({"sync", "--help"}), "usage: tidemark sync DB FOLDER...");
  EXPECT_EQ(ok({"version"}), ok({"--version"}));
}

}  // namespace
}  // namespace tidemark::test
