// Every way in which the program ends badly: its exit code, its sentence, and what to try.
#include <fstream>

#include <gtest/gtest.h>

#include "tests/cli/app_database.h"
#include "tests/cli/program.h"

namespace tidemark::test {
namespace {

class ProgramErrors : public testing::Test {
 protected:
  void expect_error(const Ended& ended, int code, const std::string& part) {
    EXPECT_EQ(ended.code, code) << ended.out << ended.err;
    EXPECT_TRUE(ended.err.starts_with("tidemark: ")) << ended.err;
    EXPECT_NE(ended.err.find(part), std::string::npos) << part << "\nin\n" << ended.err;
  }

  const Program tidemark_;
};

TEST_F(ProgramErrors, ADatabaseThatIsMissing) {
  const Ended ended = tidemark_({"status", tidemark_.file("absent.db")});
  expect_error(ended, 10, "(TM-E0017)");
  EXPECT_NE(ended.err.find("  try: "), std::string::npos) << ended.err;
  EXPECT_FALSE(std::filesystem::exists(tidemark_.file("absent.db")));
}

TEST_F(ProgramErrors, AFileThatIsNoDatabase) {
  std::ofstream(tidemark_.file("a.txt")) << std::string(5000, 'x');
  expect_error(tidemark_({"status", tidemark_.file("a.txt")}), 10, "(TM-E0010)");
}

TEST_F(ProgramErrors, ADatabaseThatIsNotTidemarks) {
  run_sql(tidemark_.file("a.db"), "CREATE TABLE notes(id TEXT PRIMARY KEY)");
  for (const char* verb : {"status", "digest", "verify", "log"}) {
    const Ended ended = tidemark_({verb, tidemark_.file("a.db")});
    expect_error(ended, 10, "(TM-E0010)");
    EXPECT_NE(ended.err.find("tidemark init"), std::string::npos) << ended.err;
  }
}

TEST_F(ProgramErrors, AFolderThatIsMissing) {
  expect_error(tidemark_({"sync", tidemark_.device("laptop"), tidemark_.file("absent")}), 14,
               "(TM-E0300)");
  EXPECT_FALSE(std::filesystem::exists(tidemark_.file("absent")));
}

TEST_F(ProgramErrors, OneOfSeveralFoldersThatIsMissing) {
  const std::string folder = tidemark_.folder("folder");
  const Ended ended =
      tidemark_({"sync", tidemark_.device("laptop"), folder, tidemark_.file("absent")});
  expect_error(ended, 3, "(TM-E0300)");
  EXPECT_NE(ended.out.find("in sync with 1 of 2 folders"), std::string::npos) << ended.out;
}

TEST_F(ProgramErrors, ADatabaseThatSomebodyHolds) {
  const std::string laptop = tidemark_.device("laptop");
  AppDatabase app(laptop);
  app.run("BEGIN IMMEDIATE; INSERT INTO notes VALUES('a', 'milk')");
  const Ended ended = tidemark_({"digest", laptop, "--busy-ms", "20"});
  expect_error(ended, 11, "(TM-E0012)");
  EXPECT_EQ(tidemark_({"status", laptop, "--busy-ms", "20"}).code, 0);
  app.run("COMMIT");
  EXPECT_EQ(tidemark_({"digest", laptop}).code, 0);
}

TEST_F(ProgramErrors, ATableThatCanNotBeTracked) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "CREATE TABLE loose(x); CREATE TABLE counted(id INTEGER PRIMARY KEY)");
  const Ended loose = tidemark_({"track", laptop, "loose"});
  EXPECT_EQ(loose.code, 13);
  EXPECT_NE((loose.out + loose.err).find("(TM-E0101)"), std::string::npos) << loose.out;
  const Ended counted = tidemark_({"track", laptop, "counted"});
  EXPECT_EQ(counted.code, 13);
  EXPECT_NE((counted.out + counted.err).find("(TM-E0102)"), std::string::npos) << counted.out;
  EXPECT_EQ(tidemark_({"track", laptop, "--all"}).code, 0);
}

TEST_F(ProgramErrors, ATableThatIsNotThere) {
  const Ended ended = tidemark_({"track", tidemark_.device("laptop"), "absent"});
  EXPECT_EQ(ended.code, 13);
  EXPECT_NE((ended.out + ended.err).find("(TM-E0100)"), std::string::npos) << ended.out;
}

TEST_F(ProgramErrors, UntrackOfATableThatIsNotTracked) {
  expect_error(tidemark_({"untrack", tidemark_.device("laptop"), "absent"}), 13, "(TM-E0104)");
}

TEST_F(ProgramErrors, ADatabaseOfANewerTidemark) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "UPDATE tidemark_meta SET value = 999 WHERE key = 'schema'");
  expect_error(tidemark_({"status", laptop}), 15, "(TM-E0015)");
}

TEST_F(ProgramErrors, ALogThatIsDamaged) {
  const std::string laptop = tidemark_.device("laptop");
  run_sql(laptop, "INSERT INTO notes VALUES('a', 'milk')");
  ASSERT_EQ(tidemark_({"digest", laptop}).code, 0);
  run_sql(laptop, "UPDATE tidemark_frame SET bytes = zeroblob(length(bytes))");
  const Ended ended = tidemark_({"verify", laptop});
  EXPECT_EQ(ended.code, 4) << ended.err;
  EXPECT_NE(ended.out.find("found"), std::string::npos) << ended.out;
}

TEST_F(ProgramErrors, ASecondInit) {
  expect_error(tidemark_({"init", tidemark_.device("laptop")}), 1, "(TM-E0016)");
}

TEST_F(ProgramErrors, SqlThatIsWrong) {
  expect_error(tidemark_({"migrate", tidemark_.device("laptop"), "--", "nonsense"}), 1,
               "(TM-E0013)");
}

TEST_F(ProgramErrors, ABackupOverAFileThatExists) {
  const std::string laptop = tidemark_.device("laptop");
  std::ofstream(tidemark_.file("taken")) << "mine";
  EXPECT_EQ(tidemark_({"backup", laptop, tidemark_.file("taken")}).code, 1);
  std::string text;
  std::ifstream(tidemark_.file("taken")) >> text;
  EXPECT_EQ(text, "mine");
}

TEST_F(ProgramErrors, AVerbThatIsMistyped) {
  expect_error(tidemark_({"statsu", "a.db"}), 2, "did you mean 'status'?");
}

TEST_F(ProgramErrors, AnOptionThatIsMistyped) {
  expect_error(tidemark_({"sync", "a.db", "f", "--jsno"}), 2, "did you mean '--json'?");
}

TEST_F(ProgramErrors, ALineThatIsNotComplete) {
  expect_error(tidemark_({}), 2, "no command");
  expect_error(tidemark_({"status"}), 2, "TIDEMARK_DB");
  expect_error(tidemark_({"log", "a.db", "-n"}), 2, "--limit");
  expect_error(tidemark_({"log", "a.db", "-n", "many"}), 2, "many");
}

TEST_F(ProgramErrors, WithJsonTheErrorIsJsonToo) {
  const Ended ended = tidemark_({"status", tidemark_.file("absent.db"), "--json"});
  EXPECT_EQ(ended.code, 10);
  EXPECT_EQ(ended.out, "");
  EXPECT_TRUE(ended.err.starts_with("{\"type\":\"error\",\"code\":\"TM-E0017\",\"message\":"))
      << ended.err;
}

TEST_F(ProgramErrors, AnAnswerThatCanNotBeWritten) {
  std::error_code failed;
  std::filesystem::create_symlink("/dev/full", tidemark_.file("stdout.txt"), failed);
  ASSERT_FALSE(failed);
  expect_error(tidemark_({"version"}), 1, "(TM-E0002)");
}

}  // namespace
}  // namespace tidemark::test
