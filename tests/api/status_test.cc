#include "api/status.h"

#include <gtest/gtest.h>

#include "tests/api/member.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

class StatusTest : public testing::Test {
 protected:
  StatusTest() { std::filesystem::create_directories(folder_); }
  void meet() {
    for (int round = 0; round < 2; ++round) {
      desk_.sync(folder_);
      laptop_.sync(folder_);
    }
  }
  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
  Member desk_{home_.path(), "desk", 1'700'000'000'000};
  Member laptop_{home_.path(), "laptop", 1'700'000'000'000};
};

TEST_F(StatusTest, NamesTheDevice) {
  const Status status = desk_.status();
  EXPECT_EQ(status.device, "desk");
  EXPECT_EQ(status.origin, desk_.origin());
  EXPECT_EQ(status.group, desk_.group());
  EXPECT_FALSE(status.rolled_back);
  EXPECT_TRUE(status.peers.empty());
}

TEST_F(StatusTest, CountsWhatIsNotSealedAndSealsNothing) {
  desk_.replica().settle();
  EXPECT_EQ(desk_.status().unsealed, 0U);
  desk_.write("a", "x");
  desk_.write("b", "x");
  EXPECT_EQ(desk_.status().unsealed, 2U);
  EXPECT_EQ(desk_.status().unsealed, 2U);
  desk_.replica().settle();
  EXPECT_EQ(desk_.status().unsealed, 0U);
}

TEST_F(StatusTest, WaitsForNobody) {
  desk_.app().exec("BEGIN IMMEDIATE; INSERT INTO notes VALUES('a', 'x')");
  EXPECT_EQ(desk_.status().device, "desk");
  desk_.app().exec("COMMIT");
}

TEST_F(StatusTest, ShowsWhatIsReceivedAppliedAndKnownOfEachLog) {
  laptop_.write("a", "x");
  meet();
  const Status status = desk_.status();
  ASSERT_EQ(status.origins.size(), 2U);
  const auto& theirs = status.origins.at(laptop_.origin());
  EXPECT_EQ(theirs.name, "laptop");
  EXPECT_EQ(theirs.received, laptop_.replica().cursor(laptop_.origin()));
  EXPECT_EQ(theirs.applied, theirs.received);
  EXPECT_EQ(theirs.known, theirs.received);
}

TEST_F(StatusTest, ShowsTheStateOfTables) {
  desk_.replica().settle();
  EXPECT_EQ(desk_.status().tables, (std::map<std::string, std::string>{{"notes", "tracked"}}));
  desk_.app().exec("DROP TABLE notes");
  desk_.replica().settle();
  EXPECT_TRUE(desk_.status().tables.at("notes").starts_with("dropped (TM-E0105)"));
}

TEST_F(StatusTest, CountsRowsWithValuesForColumnsThatAreMissingHere) {
  meet();
  laptop_.app().exec("ALTER TABLE notes ADD COLUMN colour TEXT");
  laptop_.app().exec("INSERT INTO notes VALUES('a', 'x', 'red')");
  meet();
  EXPECT_EQ(desk_.status().waiting, 1U);
  EXPECT_EQ(laptop_.status().waiting, 0U);
  desk_.app().exec("ALTER TABLE notes ADD COLUMN colour TEXT");
  meet();
  EXPECT_EQ(desk_.status().waiting, 0U);
  EXPECT_EQ(desk_.rows(), laptop_.rows());
}

TEST_F(StatusTest, CountsRowsOfTablesThatAreMissingHere) {
  meet();
  laptop_.app().exec("CREATE TABLE more(id TEXT PRIMARY KEY); INSERT INTO more VALUES('a'), ('b')");
  laptop_.track("more");
  meet();
  EXPECT_EQ(desk_.status().waiting, 2U);
  EXPECT_EQ(desk_.status().tables.at("more"), "unknown");
}

/// Such an edit waits for an insert that may never come: nothing that the user could do.
TEST_F(StatusTest, AnEditThatAConcurrentDeleteBeatIsNotWaiting) {
  desk_.write("a", "x");
  meet();
  desk_.app().exec("DELETE FROM notes");
  laptop_.clock.pass(60'000);
  laptop_.app().exec("UPDATE notes SET text = 'y'");
  meet();
  EXPECT_TRUE(laptop_.rows().empty());
  EXPECT_EQ(laptop_.status().waiting, 0U);
  EXPECT_EQ(desk_.status().waiting, 0U);
}

TEST_F(StatusTest, CountsRowsThatTheLocalSchemaRefuses) {
  desk_.app().exec("CREATE TABLE few(id TEXT PRIMARY KEY, n CHECK (n < 10))");
  laptop_.app().exec("CREATE TABLE few(id TEXT PRIMARY KEY, n)");
  desk_.track("few");
  laptop_.track("few");
  laptop_.app().exec("INSERT INTO few VALUES('a', 50)");
  meet();
  EXPECT_EQ(desk_.status().parked, 1U);
  EXPECT_EQ(desk_.status().waiting, 0U);
}

TEST_F(StatusTest, CountsChangesThatStayedHere) {
  desk_.app().exec("INSERT INTO notes VALUES(NULL, 'x')");
  desk_.replica().settle();
  EXPECT_EQ(desk_.status().null_keys, 1U);
  desk_.app().exec("INSERT INTO notes VALUES(zeroblob(70000), 'x')");
  desk_.replica().settle();
  EXPECT_EQ(desk_.status().oversized, 1U);
}

TEST_F(StatusTest, ShowsTheFilesOfTheLastSync) {
  desk_.write("a", "x");
  meet();
  EXPECT_EQ(desk_.status().files, (std::map<std::string, std::uint64_t>{{"covered", 2}}));
}

TEST_F(StatusTest, DigestIsOfTheAppliedPlane) {
  desk_.write("a", "x");
  const DigestReport digest = desk_.digest();
  EXPECT_EQ(digest.group, desk_.group());
  EXPECT_EQ(digest.origin, desk_.origin());
  EXPECT_EQ(digest.cursors, desk_.replica().applied_cursors());
  ASSERT_TRUE(digest.tables.contains("notes"));
  EXPECT_EQ(digest.tables.at("notes").rows, 1);
  EXPECT_EQ(digest.tables.at("notes").digest.size(), 32U);
  desk_.write("a", "y");
  EXPECT_NE(desk_.digest().tables.at("notes").digest, digest.tables.at("notes").digest);
}

}  // namespace
}  // namespace tidemark::test
