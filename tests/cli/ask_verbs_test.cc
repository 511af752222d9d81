#include <gtest/gtest.h>

#include "cli/verbs.h"
#include "tests/cli/app_database.h"
#include "tests/cli/run_words.h"
#include "tests/support/temp_dir.h"

namespace tidemark::cli {
namespace {

using test::Ran;
using test::run_sql;
using test::run_words;

class AskVerbs : public testing::Test {
 protected:
  void SetUp() override {
    run_sql(db_, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT)");
    ask({"init", db_, "--name", "laptop"});
    ask({"track", db_, "notes"});
    run_sql(db_, "INSERT INTO notes VALUES('a', 'milk')");
  }

  std::string ask(std::vector<std::string> words, ExitCode expected = ExitCode::ok) {
    words.insert(words.end(), {"--state-dir", dir_.file("state")});
    const Ran ran = run_words(words);
    EXPECT_EQ(ran.code, expected) << ran.err;
    return ran.out;
  }

  const test::TempDir dir_;
  const std::string db_ = dir_.file("a.db");
};

void expect_holds(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TEST_F(AskVerbs, StatusNamesTheDeviceAndSealsNothing) {
  expect_holds(ask({"status", db_}), "device laptop, 1 table");
  expect_holds(ask({"status", db_, "--json"}), "\"unsealed\": 1");
  expect_holds(ask({"status", db_, "--json"}), "\"unsealed\": 1");
}

TEST_F(AskVerbs, DigestSealsAndCountsRows) {
  expect_holds(ask({"digest", db_}), "notes     1  ");
  expect_holds(ask({"digest", db_, "--json"}), "\"rows\": 1");
  const std::string status = ask({"status", db_, "--json"});
  expect_holds(status, "\"unsealed\": 0");
  expect_holds(status, "\"notes\": \"tracked\"");
}

TEST_F(AskVerbs, DigestChangesWithTheData) {
  const std::string before = ask({"digest", db_});
  EXPECT_EQ(ask({"digest", db_}), before);
  run_sql(db_, "UPDATE notes SET title = 'bread'");
  EXPECT_NE(ask({"digest", db_}), before);
}

TEST_F(AskVerbs, VerifyOfASoundDatabaseIsOk) {
  expect_holds(ask({"verify", db_}), "ok: no problem found");
  expect_holds(ask({"verify", db_, "--json"}), "\"ok\": true");
}

TEST_F(AskVerbs, VerifyFindsADamagedFrame) {
  ask({"digest", db_});
  run_sql(db_, "UPDATE tidemark_frame SET bytes = CAST(zeroblob(length(bytes)) AS BLOB)");
  expect_holds(ask({"verify", db_}, ExitCode::problems), "found");
}

TEST_F(AskVerbs, LogShowsChangesNewestFirst) {
  ask({"digest", db_});
  run_sql(db_, "DELETE FROM notes");
  const std::string log = ask({"log", db_, "--table", "notes"});
  const std::size_t deletion = log.find("delete");
  const std::size_t insertion = log.find("insert");
  ASSERT_NE(deletion, std::string::npos) << log;
  ASSERT_NE(insertion, std::string::npos) << log;
  EXPECT_LT(deletion, insertion);
  const std::string newest = ask({"log", db_, "--table", "notes", "-n", "1"});
  expect_holds(newest, "delete");
  EXPECT_EQ(newest.find("insert"), std::string::npos);
}

TEST(Version, IsToldAsTextAndAsJson) {
  EXPECT_TRUE(run_words({"version"}).out.starts_with("tidemark "));
  expect_holds(run_words({"version", "--json"}).out, "\"version\": \"");
}

}  // namespace
}  // namespace tidemark::cli
