#include "engine/table_projection.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

constexpr const char* kNotes =
    "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', body);";

class Devices : public testing::Test {
 protected:
  TestDevice& device(const std::string& name, const std::string& schema = kNotes) {
    auto& slot = devices_[name];
    if (!slot) {
      slot = std::make_unique<TestDevice>(dir_.file(name + ".db"), schema, devices_.size());
    }
    return *slot;
  }

  TestDevice& tracking(const std::string& name, const std::string& schema = kNotes) {
    TestDevice& made = device(name, schema);
    made.track("notes");
    return made;
  }

  static void exchange(TestDevice& a, TestDevice& b) {
    for (int round = 0; round < 2; ++round) {
      a.pull(b);
      b.pull(a);
    }
  }

  // Invariant table-plus-shadow-is-ideal: problems() compares both with a replay of the log.
  static void expect_same(TestDevice& a, TestDevice& b, const std::string& table = "notes") {
    EXPECT_EQ(a.app().table(table), b.app().table(table));
    EXPECT_EQ(a.digests(), b.digests());
    EXPECT_EQ(a.replica().cursors(), b.replica().cursors());
    EXPECT_EQ(a.problems(), std::vector<std::string>());
    EXPECT_EQ(b.problems(), std::vector<std::string>());
  }

 private:
  TempDir dir_{TempDir::Place::memory};
  std::map<std::string, std::unique_ptr<TestDevice>> devices_;
};

TEST_F(Devices, InsertUpdateDeleteReachTheOtherDevice) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk',NULL),('2','bread',x'00ff'),('3','tea',1.5)");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().table("notes").size(), 3U);
  b.app().exec("UPDATE notes SET body = 7 WHERE id = '1'; DELETE FROM notes WHERE id = '2'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().rows("SELECT * FROM notes ORDER BY id"),
            (std::vector<std::string>{"'1'|'milk'|7", "'3'|'tea'|1.5 (real)"}));
}

TEST_F(Devices, ConcurrentEditsOfDifferentColumnsAreBothKept) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.app().exec("UPDATE notes SET title = 'oat milk'");
  b.app().exec("UPDATE notes SET body = 'two'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().text("SELECT * FROM notes"), "'1'|'oat milk'|'two'");
}

TEST_F(Devices, ConcurrentEditsOfOneColumnEndEqual) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.app().exec("UPDATE notes SET title = 'from a'");
  b.app().exec("UPDATE notes SET title = 'from b'");
  exchange(a, b);
  expect_same(a, b);
}

TEST_F(Devices, WhatAUserSawHeCanOverwriteWhateverTheClocksSay) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  a.clock().pass(365LL * 24 * 3600 * 1000);
  a.app().exec("UPDATE notes SET title = 'future'");
  exchange(a, b);
  b.app().exec("UPDATE notes SET title = 'later'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().text("SELECT title FROM notes"), "'later'");
}

TEST_F(Devices, ALateSealDoesNotMakeAnOldEditYoung) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  b.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);  // a's next transaction has a context to tell
  a.app().exec("UPDATE notes SET title = 'yesterday'; UPDATE tidemark_pending SET at = at - 1");
  b.app().exec("UPDATE notes SET title = 'today'");
  b.seal();
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().text("SELECT title FROM notes"), "'today'");
}

TEST_F(Devices, DeletedRowsStayDeleted) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.app().exec("DELETE FROM notes");
  b.app().exec("UPDATE notes SET title = 'edited'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_TRUE(a.app().table("notes").empty());
  b.app().exec("INSERT INTO notes VALUES('1','again',NULL)");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().text("SELECT * FROM notes"), "'1'|'again'|NULL");
}

TEST_F(Devices, ReplaceIsAnUpdateOfWhatDiffers) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.app().exec("INSERT OR REPLACE INTO notes VALUES('1','oat','x')");
  b.app().exec("UPDATE notes SET body = 'kept'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().text("SELECT * FROM notes"), "'1'|'oat'|'kept'");
}

TEST_F(Devices, RowsEvictedThroughAnotherUniqueIndexAreDeletedEverywhere) {
  const std::string schema = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, u TEXT UNIQUE, v);";
  auto& a = tracking("a", schema);
  auto& b = tracking("b", schema);
  a.app().exec("INSERT INTO notes VALUES('1','x',1),('2','y',2),('3','z',3)");
  exchange(a, b);
  a.app().exec("INSERT OR REPLACE INTO notes VALUES('9','x',9)");
  a.app().exec("UPDATE OR REPLACE notes SET u = 'y' WHERE id = '3'");
  a.app().exec("INSERT OR IGNORE INTO notes VALUES('4','y',0)");
  a.app().exec("INSERT INTO notes VALUES('5','y',0) ON CONFLICT(u) DO UPDATE SET v = 'upserted'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().rows("SELECT * FROM notes ORDER BY id"),
            (std::vector<std::string>{"'3'|'y'|'upserted'", "'9'|'x'|9"}));
}

TEST_F(Devices, AChangedKeyIsADeleteAndAnInsert) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','bread','y')");
  exchange(a, b);
  a.app().exec("UPDATE notes SET id = '3' WHERE id = '1'");
  a.app().exec("UPDATE OR REPLACE notes SET id = '2' WHERE id = '3'");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().rows("SELECT * FROM notes"), (std::vector<std::string>{"'2'|'milk'|'x'"}));
}

TEST_F(Devices, RowsThatExistAtTrackingAreSeedsBelowEveryEdit) {
  auto& a = device("a");
  auto& b = device("b");
  a.app().exec("INSERT INTO notes VALUES('1','old copy','x'),('2','gone','y')");
  b.app().exec("INSERT INTO notes VALUES('1','old copy','x'),('2','gone','y'),('3','b only',0)");
  a.track("notes");
  a.app().exec(
      "UPDATE notes SET title = 'edited' WHERE id = '1'; DELETE FROM notes WHERE id = '2'");
  a.seal();
  b.track("notes");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().rows("SELECT id, title FROM notes ORDER BY id"),
            (std::vector<std::string>{"'1'|'edited'", "'3'|'b only'"}));
}

TEST_F(Devices, RowsOfUnknownTablesWaitAndAppearWhenTracked) {
  auto& a = tracking("a");
  auto& b = device("b", "CREATE TABLE other(x);");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','tea','y')");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  b.app().exec(kNotes);
  b.track("notes");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().table("notes").size(), 2U);
}

TEST_F(Devices, AnAddedColumnIsNoticedWithNothingLost) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.app().exec("ALTER TABLE notes ADD COLUMN stars INTEGER DEFAULT 3");
  a.app().exec("INSERT INTO notes VALUES('2','tea','y',5)");
  a.app().exec("UPDATE notes SET stars = 1 WHERE id = '1'");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  b.app().exec("ALTER TABLE notes ADD COLUMN stars INTEGER DEFAULT 3");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().rows("SELECT id, stars FROM notes ORDER BY id"),
            (std::vector<std::string>{"'1'|1", "'2'|5"}));
}

TEST_F(Devices, WithoutRowidCompositeAndNocaseKeys) {
  const std::string schema =
      "CREATE TABLE notes(a TEXT COLLATE NOCASE, b, v, PRIMARY KEY(b, a)) WITHOUT ROWID;";
  auto& a = tracking("a", schema);
  auto& b = tracking("b", schema);
  a.app().exec("INSERT INTO notes VALUES('Bob',1,'x'),('Ann',2,'y')");
  exchange(a, b);
  b.app().exec("UPDATE notes SET a = 'BOB' WHERE a = 'bob'; UPDATE notes SET b = 2.0 WHERE b = 2");
  a.app().exec("INSERT OR REPLACE INTO notes VALUES('ann',2.0,'z')");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().table("notes").size(), 2U);
}

TEST_F(Devices, ARowThatTheSchemaRefusesIsParkedAndComesBack) {
  auto& a = tracking("a");
  auto& b = tracking("b",
                     "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL "
                     "CHECK(length(title) < 5), body);");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','too long','y')");
  exchange(a, b);
  EXPECT_EQ(b.app().table("notes").size(), 1U);
  EXPECT_EQ(a.digests(), b.digests());
  EXPECT_EQ(b.problems(), std::vector<std::string>());
  a.app().exec("UPDATE notes SET title = 'fits' WHERE id = '2'");
  exchange(a, b);
  expect_same(a, b);
  a.app().exec("UPDATE notes SET title = 'again too long' WHERE id = '1'");
  exchange(a, b);
  EXPECT_EQ(b.app().table("notes").size(), 1U);
  a.app().exec("DELETE FROM notes WHERE id = '1'");
  exchange(a, b);
  expect_same(a, b);
}

TEST_F(Devices, TheTablesOwnConflictClausesDoNotEvictRowsInMerge) {
  const std::string schema =
      "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, v UNIQUE ON CONFLICT REPLACE);";
  auto& a = tracking("a", schema);
  auto& b = tracking("b", schema);
  a.app().exec("INSERT INTO notes VALUES('3','x')");
  b.app().exec("INSERT INTO notes VALUES('1','x')");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  EXPECT_EQ(a.app().text("SELECT id FROM notes"), "'3'");
  EXPECT_EQ(b.app().text("SELECT id FROM notes"), "'1'");
  EXPECT_EQ(a.problems(), std::vector<std::string>());
  EXPECT_EQ(b.problems(), std::vector<std::string>());
}

TEST_F(Devices, ATableThatReturnsWithAnotherKeyIsRefused) {
  auto& a = tracking("a");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  a.seal();
  a.app().exec("DROP TABLE notes; CREATE TABLE notes(id TEXT, title TEXT PRIMARY KEY, body)");
  a.seal();
  EXPECT_THROW(a.track("notes"), Error);
}

TEST_F(Devices, ALogWhoseTableHasAnotherKindOfKeyWaits) {
  auto& a = tracking("a", "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, n);");
  auto& b = tracking("b", "CREATE TABLE notes(id INT PRIMARY KEY NOT NULL, n);");
  a.app().exec("INSERT INTO notes VALUES('1',1),('1.0',9)");
  b.app().exec("INSERT INTO notes VALUES(1,3)");
  exchange(a, b);
  EXPECT_EQ(a.app().table("notes").size(), 2U);
  EXPECT_EQ(b.app().table("notes").size(), 1U);
  EXPECT_EQ(a.problems(), std::vector<std::string>());
  EXPECT_EQ(b.problems(), std::vector<std::string>());
}

TEST_F(Devices, LargeValuesTravelInChunks) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1', hex(zeroblob(200000)), randomblob(1500000))");
  exchange(a, b);
  expect_same(a, b);
}

TEST_F(Devices, RolledBackTransactionsLeaveNothing) {
  auto& a = tracking("a");
  a.seal();
  const auto before = a.replica().cursors();
  a.app().exec("BEGIN; INSERT INTO notes VALUES('1','milk','x'); ROLLBACK");
  EXPECT_FALSE(a.seal());
  EXPECT_EQ(a.replica().cursors(), before);
}

TEST_F(Devices, ATableRebuiltWithoutTriggersIsComparedWithTheLog) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','tea','y'),('3','gone','z')");
  exchange(a, b);
  a.app().exec("UPDATE notes SET title = 'oat' WHERE id = '1'");
  a.app().exec(
      "CREATE TABLE fresh(id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL, stars DEFAULT 1);"
      "INSERT INTO fresh(id, title) SELECT id, title FROM notes;"
      "DROP TABLE notes; ALTER TABLE fresh RENAME TO notes;"
      "UPDATE notes SET stars = 5 WHERE id = '2'; DELETE FROM notes WHERE id = '3'");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  EXPECT_EQ(a.problems(), std::vector<std::string>());
  EXPECT_EQ(b.problems(), std::vector<std::string>());
  EXPECT_EQ(b.app().rows("SELECT * FROM notes ORDER BY id"),
            (std::vector<std::string>{"'1'|'oat'|'x'", "'2'|'tea'|'y'"}));
  b.app().exec("ALTER TABLE notes ADD COLUMN stars DEFAULT 1");
  b.seal();
  EXPECT_EQ(b.app().text("SELECT stars FROM notes WHERE id = '2'"), "5");
  EXPECT_EQ(b.problems(), std::vector<std::string>());
}

TEST_F(Devices, ADroppedTableKeepsItsRowsAsideAndReturns) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','tea','y')");
  exchange(a, b);
  b.app().exec("DROP TABLE notes");
  a.app().exec("UPDATE notes SET title = 'oat' WHERE id = '1'");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  EXPECT_EQ(b.problems(), std::vector<std::string>());
  EXPECT_EQ(a.app().table("notes").size(), 2U);
  b.app().exec(kNotes);
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().table("notes").size(), 2U);
}

TEST_F(Devices, AnUntrackedTableIsLeftAloneAndItsDifferencesAreEditsWhenTrackedAgain) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x'),('2','tea','y')");
  exchange(a, b);
  b.untrack("notes");
  b.app().exec(
      "UPDATE notes SET body = 'mine' WHERE id = '2'; INSERT INTO notes VALUES('3','new',0)");
  a.app().exec("UPDATE notes SET title = 'oat' WHERE id = '1'");
  exchange(a, b);
  EXPECT_EQ(a.digests(), b.digests());
  EXPECT_EQ(b.app().text("SELECT title FROM notes WHERE id = '1'"), "'milk'");
  b.track("notes");
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(a.app().table("notes").size(), 3U);
  EXPECT_EQ(a.app().text("SELECT body FROM notes WHERE id = '2'"), "'mine'");
  // b's copy of row 1 was only old: it must not undo what a wrote meanwhile.
  EXPECT_EQ(b.app().text("SELECT title FROM notes WHERE id = '1'"), "'oat'");
}

TEST_F(Devices, ReopeningContinues) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  a.reopen();
  a.app().exec("UPDATE notes SET title = 'after'");
  b.reopen();
  exchange(a, b);
  expect_same(a, b);
  EXPECT_EQ(b.app().text("SELECT title FROM notes"), "'after'");
}

TEST_F(Devices, ASyncThatBroughtNothingWritesNoEntry) {
  auto& a = tracking("a");
  auto& b = tracking("b");
  a.app().exec("INSERT INTO notes VALUES('1','milk','x')");
  exchange(a, b);
  const auto rest = a.replica().cursors();
  exchange(a, b);
  EXPECT_EQ(a.replica().cursors(), rest);
  EXPECT_EQ(b.replica().cursors(), rest);
}

}  // namespace
}  // namespace tidemark::test
