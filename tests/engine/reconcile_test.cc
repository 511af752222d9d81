// What no trigger saw is found by comparing with the log: through whole devices.
#include "engine/reconcile.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);";

class Reconcile : public testing::Test {
 protected:
  Reconcile() {
    for (auto* device : {&a_, &b_}) device->track("notes");
    a_.app().exec(
        "INSERT INTO notes VALUES('1', 'milk', 'x'), ('2', 'tea', 'y'), ('3', 'oat', 'z')");
    exchange();
  }
  void exchange() {
    for (int round = 0; round < 2; ++round) {
      a_.pull(b_);
      b_.pull(a_);
    }
  }
  void expect_sound() {
    EXPECT_EQ(a_.digests(), b_.digests());
    EXPECT_EQ(a_.problems(), std::vector<std::string>());
    EXPECT_EQ(b_.problems(), std::vector<std::string>());
  }
  /// Without our triggers, as a migration of the app may leave the table.
  void remake(TestDevice& device, const std::string& columns, const std::string& copied) {
    device.app().exec("CREATE TABLE fresh(" + columns + "); INSERT INTO fresh SELECT " + copied +
                      " FROM notes; DROP TABLE notes; ALTER TABLE fresh RENAME TO notes");
  }

  TempDir directory_{TempDir::Place::memory};
  TestDevice a_{directory_.file("a.db"), kNotes, 1};
  TestDevice b_{directory_.file("b.db"), kNotes, 2};
};

TEST_F(Reconcile, AnUnchangedTableWritesNoRow) {
  const auto rows_before = a_.digests();
  remake(a_, "id TEXT PRIMARY KEY NOT NULL, title, body", "*");
  exchange();
  EXPECT_EQ(a_.digests(), rows_before);
  expect_sound();
}

TEST_F(Reconcile, UnseenEditsAreFoundAndTravel) {
  remake(a_, "id TEXT PRIMARY KEY NOT NULL, title, body", "*");
  a_.app().exec(
      "UPDATE notes SET title = 'unseen' WHERE id = '1'; DELETE FROM notes WHERE id = '2';"
      "INSERT INTO notes VALUES('4', 'new', NULL)");
  b_.app().exec("UPDATE notes SET body = 'concurrent' WHERE id = '1'");
  exchange();
  expect_sound();
  EXPECT_EQ(
      b_.app().rows("SELECT * FROM notes ORDER BY id"),
      (std::vector<std::string>{"'1'|'unseen'|'concurrent'", "'3'|'oat'|'z'", "'4'|'new'|NULL"}));
}

TEST_F(Reconcile, EditsBeforeTheRemakingAreFoundToo) {
  a_.app().exec("UPDATE notes SET title = 'seen' WHERE id = '1'");
  remake(a_, "id TEXT PRIMARY KEY NOT NULL, title, body", "*");
  exchange();
  expect_sound();
  EXPECT_EQ(b_.app().text("SELECT title FROM notes WHERE id = '1'"), "'seen'");
}

TEST_F(Reconcile, ValuesOfALostColumnAreKept) {
  remake(a_, "id TEXT PRIMARY KEY NOT NULL, title", "id, title");
  b_.app().exec("UPDATE notes SET body = 'later' WHERE id = '3'");
  exchange();
  expect_sound();
  EXPECT_EQ(b_.app().text("SELECT body FROM notes WHERE id = '1'"), "'x'");
  a_.app().exec("ALTER TABLE notes ADD COLUMN body");
  exchange();
  expect_sound();
  EXPECT_EQ(a_.app().table("notes"), b_.app().table("notes"));
}

TEST_F(Reconcile, ARenamedColumnIsANewOneAndTheOldOneStays) {
  a_.app().exec("ALTER TABLE notes RENAME COLUMN body TO content");
  exchange();
  expect_sound();
  EXPECT_EQ(a_.app().text("SELECT content FROM notes WHERE id = '1'"), "'x'");
  EXPECT_EQ(b_.app().text("SELECT body FROM notes WHERE id = '1'"), "'x'");
  b_.app().exec("ALTER TABLE notes ADD COLUMN content");
  b_.seal();
  EXPECT_EQ(b_.app().text("SELECT content FROM notes WHERE id = '1'"), "'x'");
}

TEST_F(Reconcile, ARenamedTableKeepsItsRowsAsideUntilOneReturns) {
  a_.app().exec("ALTER TABLE notes RENAME TO memos");
  b_.app().exec("UPDATE notes SET title = 'oat' WHERE id = '1'");
  exchange();
  expect_sound();
  EXPECT_EQ(b_.app().table("notes").size(), 3U);
  a_.app().exec("DELETE FROM memos");
  exchange();
  EXPECT_EQ(b_.app().table("notes").size(), 3U);
  a_.app().exec(kNotes);
  exchange();
  expect_sound();
  EXPECT_EQ(a_.app().table("notes"), b_.app().table("notes"));
}

TEST_F(Reconcile, ALargeEditOfATableThatWasGivenUpKeepsItsValue) {
  b_.untrack("notes");
  b_.app().exec("UPDATE notes SET title = hex(zeroblob(200000)) WHERE id = '1'");
  b_.track("notes");
  exchange();
  expect_sound();
  EXPECT_EQ(b_.app().text("SELECT length(title) FROM notes WHERE id = '1'"), "400000");
  EXPECT_EQ(a_.app().text("SELECT length(title) FROM notes WHERE id = '1'"), "400000");
}

TEST_F(Reconcile, AParkedRowThatLacksAColumnIsNoProblem) {
  b_.app().exec(
      "ALTER TABLE notes ADD COLUMN stars DEFAULT 3; CREATE UNIQUE INDEX titles ON notes(title)");
  b_.seal();
  a_.app().exec("INSERT INTO notes VALUES('9', 'milk', 'same title')");
  exchange();
  EXPECT_EQ(b_.app().table("notes").size(), 3U);
  EXPECT_EQ(b_.problems(), std::vector<std::string>());
}

TEST_F(Reconcile, AnotherProcessOfTheDeviceIsSeen) {
  TestDevice fresh(directory_.file("c.db"), kNotes, 3);
  fresh.track("notes");
  fresh.seal();
  TestDevice other(fresh.path(), 4);
  fresh.app().exec("INSERT INTO notes VALUES('7', 'by the first', 1)");
  fresh.seal();
  other.app().exec("INSERT INTO notes VALUES('8', 'by the second', 1)");
  other.seal();
  fresh.app().exec("UPDATE notes SET body = 2 WHERE id = '8'");
  fresh.seal();
  other.app().exec("UPDATE notes SET body = 3; DELETE FROM notes WHERE id = '7'");
  other.seal();
  EXPECT_EQ(fresh.problems(), std::vector<std::string>());
  EXPECT_EQ(other.problems(), std::vector<std::string>());
}

TEST_F(Reconcile, AProcessThatBeganBeforeTheFirstRowSeesIt) {
  TestDevice first(directory_.file("d.db"), kNotes, 5);
  first.track("notes");
  first.seal();
  TestDevice second(first.path(), 6);
  second.app().exec("CREATE TABLE unrelated(x)");
  second.seal();  // its view of the clocks is made while there are none
  first.app().exec("INSERT INTO notes VALUES('7', 'by the first', 1)");
  first.seal();
  second.app().exec("DELETE FROM notes WHERE id = '7'");
  second.seal();
  EXPECT_EQ(second.problems(), std::vector<std::string>());
  EXPECT_EQ(first.digests().at("notes").live, 0);
}

}  // namespace
}  // namespace tidemark::test
