#include <filesystem>

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

class SyncVerb : public testing::Test {
 protected:
  SyncVerb() { std::filesystem::create_directory(folder_); }

  Ran in_state(std::vector<std::string> words) {
    words.insert(words.end(), {"--state-dir", dir_.file("state")});
    return run_words(words);
  }
  std::string device(const std::string& name) {
    const std::string db = dir_.file(name + ".db");
    run_sql(db, "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT)");
    EXPECT_EQ(in_state({"init", db, "--name", name}).code, ExitCode::ok);
    EXPECT_EQ(in_state({"track", db, "notes"}).code, ExitCode::ok);
    return db;
  }

  const test::TempDir dir_;
  const std::string folder_ = dir_.file("folder");
};

void expect_holds(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TEST_F(SyncVerb, CarriesRowsFromDeviceToDevice) {
  const std::string laptop = device("laptop");
  const std::string desk = device("desk");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  const Ran sent = in_state({"sync", laptop, folder_});
  EXPECT_EQ(sent.code, ExitCode::ok) << sent.err;
  expect_holds(sent.out, folder_ + "  current");
  EXPECT_EQ(in_state({"sync", desk, folder_}).code, ExitCode::ok);
  EXPECT_EQ(ask_sql(desk, "SELECT title FROM notes"), "milk");
}

TEST_F(SyncVerb, AsJsonCountsWhatMoved) {
  const std::string laptop = device("laptop");
  const Ran ran = in_state({"sync", laptop, folder_, "--json"});
  expect_holds(ran.out, "\"state\": \"current\"");
  EXPECT_EQ(ran.out.find("\"pushed\": 0"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.err, "");
}

TEST_F(SyncVerb, ProgressAsJsonGoesToStderr) {
  const std::string laptop = device("laptop");
  const Ran ran = in_state({"sync", laptop, folder_, "--progress=json"});
  EXPECT_TRUE(ran.err.starts_with("{\"type\":\"progress\"")) << ran.err;
  EXPECT_EQ(in_state({"sync", laptop, folder_, "--progress=json", "-q"}).err, "");
}

TEST_F(SyncVerb, AMissingFolderIsUnreachable) {
  const Ran ran = in_state({"sync", device("laptop"), dir_.file("absent")});
  EXPECT_EQ(ran.code, ExitCode::unreachable);
  expect_holds(ran.err, "(TM-E0300)");
}

TEST_F(SyncVerb, GoesOnAfterAFolderThatFailed) {
  const std::string laptop = device("laptop");
  const Ran ran = in_state({"sync", laptop, dir_.file("absent"), folder_});
  EXPECT_EQ(ran.code, ExitCode::peer_failed);
  expect_holds(ran.err, "(TM-E0300)");
  expect_holds(ran.out, folder_ + "  current");
  expect_holds(ran.out, "in sync with 1 of 2 folders");
}

TEST_F(SyncVerb, AFailureWithJsonIsInTheAnswerAndOnStderr) {
  const Ran ran = in_state({"sync", device("laptop"), dir_.file("absent"), "--json"});
  expect_holds(ran.out, "\"state\": \"blocked\"");
  EXPECT_TRUE(ran.err.starts_with("{\"type\":\"error\",\"code\":\"TM-E0300\"")) << ran.err;
}

TEST_F(SyncVerb, StoppedIsInterrupted) {
  const std::string laptop = device("laptop");
  const Ran ran = test::run_stopped({"sync", laptop, folder_, "--state-dir", dir_.file("state")});
  EXPECT_EQ(ran.code, ExitCode::interrupted);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SyncVerb, FilesOfOthersAreCountedAndNoError) {
  const std::string laptop = device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  ASSERT_EQ(in_state({"sync", laptop, folder_}).code, ExitCode::ok);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
    if (!entry.is_regular_file() || entry.file_size() < 200) continue;
    std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
  }
  const Ran ran = in_state({"sync", device("desk"), folder_});
  EXPECT_EQ(ran.code, ExitCode::ok) << ran.err;
}

}  // namespace
}  // namespace tidemark::cli
