// One device: what the app did reaches the log exactly. verify merges the log anew and compares.
#include "engine/capture/trigger_capture.h"

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

constexpr const char* kNotes =
    "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title TEXT NOT NULL DEFAULT '', body);";
constexpr const char* kUnique = "CREATE TABLE notes(id TEXT PRIMARY KEY, u UNIQUE, v);";

class Capture : public testing::Test {
 protected:
  TestDevice& make(const std::string& schema = kNotes,
                   const std::vector<std::string>& tables = {"notes"}) {
    device_ = std::make_unique<TestDevice>(directory_.file("app.db"), schema, 1);
    for (const auto& table : tables) device_->track(table);
    device_->seal();
    return *device_;
  }
  AppDb& app() { return device_->app(); }
  /// The log says what the tables show (invariant source-and-entries-are-one-commit).
  void expect_captured() {
    device_->seal();
    EXPECT_EQ(device_->problems(), std::vector<std::string>());
    EXPECT_EQ(app().text("SELECT count(*) FROM tidemark_pending"), "0");
  }
  void expect_captured(const std::string& sql) {
    app().try_exec(sql);
    expect_captured();
  }
  /// Entries that a seal of these statements writes.
  std::uint64_t entries(const std::string& sql) {
    const auto before = to_number(device_->replica().cursor(device_->replica().self()));
    app().exec(sql);
    device_->seal();
    return to_number(device_->replica().cursor(device_->replica().self())) - before;
  }

  TempDir directory_{TempDir::Place::memory};
  std::unique_ptr<TestDevice> device_;
};

TEST_F(Capture, AllStorageClassesByteForByte) {
  make();
  expect_captured(
      "INSERT INTO notes(id, body) VALUES('n', NULL), ('i', -9223372036854775808), "
      "('r', 1e308), ('z', -0.0), ('f', 1.0), ('t', CAST(x'6100ff62' AS TEXT)), ('e', ''), "
      "('b', x'00ff'), ('0', zeroblob(0)), ('l', zeroblob(70000)), ('inf', 9e999)");
  expect_captured(
      "UPDATE notes SET body = 1 WHERE id = 'f'; UPDATE notes SET body = '1' WHERE id = 'i';"
      "UPDATE notes SET body = CAST('x' AS BLOB) WHERE id = 't'");
}

TEST_F(Capture, TablesWiderThanAnIntegerMask) {
  std::string schema = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL";
  for (int i = 0; i < 200; ++i) schema += ", c" + std::to_string(i);
  make(schema + ")");
  expect_captured("INSERT INTO notes(id, c0, c61, c62, c199) VALUES('1', 1, 2, 3, 4)");
  expect_captured("UPDATE notes SET c61 = 5, c62 = 6, c199 = 7");
}

TEST_F(Capture, ManyColumnsOfMiddlingSize) {
  std::string schema = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL";
  std::string values = "'1'";
  for (int i = 0; i < 900; ++i) {
    schema += ", c" + std::to_string(i);
    values += ", hex(zeroblob(500))";
  }
  make(schema + ")");
  expect_captured("INSERT INTO notes VALUES(" + values + ")");
}

TEST_F(Capture, AnUpdateThatChangesNothingWritesNoEntry) {
  make();
  app().exec("INSERT INTO notes VALUES('1', 'a', 1)");
  device_->seal();
  EXPECT_EQ(entries("UPDATE notes SET title = title, body = 1"), 0U);
  EXPECT_EQ(entries("INSERT OR REPLACE INTO notes VALUES('1', 'a', 1)"), 0U);
  EXPECT_EQ(entries("UPDATE notes SET body = 1.0"), 1U);
}

TEST_F(Capture, Upserts) {
  make();
  expect_captured(
      "INSERT INTO notes VALUES('1', 'a', 1) ON CONFLICT DO UPDATE SET title = 'never'");
  expect_captured(
      "INSERT INTO notes VALUES('1', 'a', 1) ON CONFLICT(id) DO UPDATE SET title = 'again'");
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1) ON CONFLICT DO NOTHING");
  EXPECT_EQ(app().text("SELECT title FROM notes"), "'again'");
}

class Replacing : public Capture, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(RecursiveTriggers, Replacing,
                         testing::Values("PRAGMA recursive_triggers = OFF",
                                         "PRAGMA recursive_triggers = ON"));

TEST_P(Replacing, TheSameKey) {
  make();
  app().exec(GetParam());
  app().exec("INSERT INTO notes VALUES('1', 'a', 1), ('2', 'b', 2)");
  expect_captured();
  expect_captured("INSERT OR REPLACE INTO notes VALUES('1', 'a', 2)");
  expect_captured(
      "REPLACE INTO notes VALUES('1', 'c', 2); REPLACE INTO notes VALUES('1', 'd', 3);"
      "DELETE FROM notes WHERE id = '1'; REPLACE INTO notes VALUES('1', 'e', 4)");
  expect_captured("REPLACE INTO notes VALUES('2', 'x', 0); DELETE FROM notes WHERE id = '2'");
}

TEST_P(Replacing, RowsOfAnotherUniqueValue) {
  make(kUnique);
  app().exec(GetParam());
  app().exec("INSERT INTO notes VALUES('1', 'x', 1), ('2', 'y', 2), ('3', 'z', 3), ('4', 'w', 4)");
  expect_captured();
  expect_captured("REPLACE INTO notes VALUES('5', 'x', 5)");
  expect_captured("UPDATE OR REPLACE notes SET u = 'y' WHERE id = '5'");
  expect_captured("REPLACE INTO notes VALUES('3', 'w', 6)");
  expect_captured(
      "REPLACE INTO notes VALUES('6', 'w', 7); INSERT INTO notes VALUES('3', 'back', 8)");
  EXPECT_EQ(app().rows("SELECT * FROM notes ORDER BY id"),
            (std::vector<std::string>{"'3'|'back'|8", "'5'|'y'|5", "'6'|'w'|7"}));
}

TEST_P(Replacing, ByARowThatStaysLocal) {
  make(kUnique);
  app().exec(GetParam());
  app().exec("INSERT INTO notes VALUES('1', 'x', 1), ('2', 'y', 2)");
  expect_captured();
  expect_captured("REPLACE INTO notes VALUES(NULL, 'x', 5)");
  expect_captured("UPDATE OR REPLACE notes SET u = 'y' WHERE id IS NULL");
  EXPECT_EQ(app().table("notes").size(), 1U);
}

TEST_P(Replacing, ByAKeyChange) {
  make(kUnique);
  app().exec(GetParam());
  app().exec("INSERT INTO notes VALUES('1', 'x', 1), ('2', 'y', 2), ('3', 'z', 3)");
  expect_captured();
  expect_captured("UPDATE OR REPLACE notes SET id = '2' WHERE id = '1'");
  expect_captured("UPDATE OR REPLACE notes SET id = '9', u = 'z' WHERE id = '2'");
  expect_captured("UPDATE OR REPLACE notes SET id = NULL WHERE id = '9'");
  expect_captured("UPDATE notes SET id = '9' WHERE id IS NULL");
  EXPECT_EQ(app().table("notes"), (std::vector<std::string>{"'9'|'z'|1"}));
}

TEST_F(Capture, OrIgnoreAndOrFailKeepWhatWasDone) {
  make(kUnique);
  expect_captured("INSERT INTO notes VALUES('1', 'x', 1), ('2', 'y', 2)");
  expect_captured("INSERT OR IGNORE INTO notes VALUES('1', 'q', 9), ('3', 'x', 9), ('4', 'w', 9)");
  expect_captured("UPDATE OR IGNORE notes SET u = 'x'");
  app().exec("BEGIN");
  EXPECT_THROW(app().exec("INSERT OR FAIL INTO notes VALUES('5', 'v', 9), ('1', 'never', 9)"),
               std::runtime_error);
  app().exec("COMMIT");
  expect_captured();
  app().exec("BEGIN");
  EXPECT_THROW(app().exec("UPDATE OR FAIL notes SET u = 'same'"), std::runtime_error);
  app().exec("DELETE FROM notes WHERE id = '1'; INSERT INTO notes VALUES('1', 'new', 0); COMMIT");
  expect_captured();
}

TEST_F(Capture, AnIgnoredInsertDoesNotMixUpWhatFollows) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1), ('2', 'b', 2)");
  expect_captured(
      "INSERT OR IGNORE INTO notes VALUES('1', 'x', 9); UPDATE notes SET body = 5 WHERE id = '1';"
      "DELETE FROM notes WHERE id = '1'; INSERT INTO notes VALUES('1', 'a', 1)");
  expect_captured(
      "INSERT OR IGNORE INTO notes VALUES('1', 'x', 9); UPDATE notes SET id = '3' WHERE id = '1';"
      "UPDATE notes SET id = '1' WHERE id = '2'; UPDATE notes SET id = '2' WHERE id = '3'");
  expect_captured(
      "INSERT OR IGNORE INTO notes VALUES('2', 'x', 9); DELETE FROM notes WHERE id = '2'");
}

TEST_F(Capture, ManyIgnoredInserts) {
  make();
  const std::string numbers =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000) ";
  expect_captured(numbers + "INSERT INTO notes(id, body) SELECT 'r' || i, i FROM n");
  expect_captured(numbers +
                  "INSERT OR IGNORE INTO notes(id, body) SELECT 'r' || i, -i FROM n;"
                  "DELETE FROM notes WHERE body % 3 = 0;" +
                  numbers +
                  "REPLACE INTO notes(id, body) SELECT 'r' || i, -i FROM n WHERE i % 2 = 0");
}

TEST_F(Capture, KeysThatTradePlaces) {
  make("CREATE TABLE notes(a, b TEXT COLLATE NOCASE, v, PRIMARY KEY(b, a)) WITHOUT ROWID;");
  expect_captured("INSERT INTO notes VALUES(1, 'x', 'one'), (2, 'x', 'two')");
  expect_captured(
      "UPDATE notes SET a = 3 WHERE a = 1; UPDATE notes SET a = 1 WHERE a = 2;"
      "UPDATE notes SET a = 2 WHERE a = 3");
  expect_captured("UPDATE notes SET a = a + 10, b = 'X'");
  expect_captured("UPDATE notes SET a = 11.0 WHERE a = 11");
}

TEST_F(Capture, RollbackAndRollbackToLeaveNothing) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1)");
  EXPECT_EQ(entries("BEGIN; UPDATE notes SET body = 2; DELETE FROM notes; ROLLBACK"), 0U);
  EXPECT_EQ(entries("BEGIN; UPDATE notes SET body = 2; SAVEPOINT s; DELETE FROM notes;"
                    "INSERT INTO notes VALUES('2', 'b', 2); ROLLBACK TO s; COMMIT"),
            1U);
  expect_captured();
}

TEST_F(Capture, ForeignKeyActions) {
  make(
      "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, v);"
      "CREATE TABLE tags(note TEXT REFERENCES notes ON DELETE CASCADE ON UPDATE CASCADE, tag TEXT, "
      "PRIMARY KEY(note, tag)) WITHOUT ROWID;"
      "CREATE TABLE links(id TEXT PRIMARY KEY NOT NULL, note TEXT REFERENCES notes ON DELETE SET "
      "NULL "
      "ON UPDATE SET NULL);",
      {"notes", "tags", "links"});
  app().exec("PRAGMA foreign_keys = ON");
  expect_captured(
      "INSERT INTO notes VALUES('1', 1), ('2', 2), ('3', 3); INSERT INTO tags VALUES('1', 'x'), "
      "('1', 'y'), ('2', 'x'), ('3', 'z'); INSERT INTO links VALUES('l', '1'), ('m', '2')");
  expect_captured("UPDATE notes SET id = '9' WHERE id = '2'");
  expect_captured("REPLACE INTO notes VALUES('3', 33)");
  expect_captured("DELETE FROM notes WHERE id = '1'");
  EXPECT_EQ(app().rows("SELECT * FROM tags"), (std::vector<std::string>{"'9'|'x'"}));
  EXPECT_EQ(app().rows("SELECT * FROM links ORDER BY id"),
            (std::vector<std::string>{"'l'|NULL", "'m'|NULL"}));
}

constexpr const char* kTouch =
    "CREATE TRIGGER touch_new AFTER INSERT ON notes BEGIN UPDATE notes SET body = 'new ' || "
    "NEW.title "
    "WHERE id = NEW.id; END;"
    "CREATE TRIGGER touch AFTER UPDATE OF title ON notes BEGIN UPDATE notes SET title = "
    "upper(NEW.title), "
    "body = 'touched' WHERE id = NEW.id AND title <> upper(NEW.title); END;"
    "CREATE TRIGGER copy AFTER DELETE ON notes BEGIN INSERT INTO bin VALUES(OLD.id, OLD.title); "
    "END;";

TEST_F(Capture, TheUsersTriggers) {
  make(std::string(kNotes) + "CREATE TABLE bin(id TEXT PRIMARY KEY NOT NULL, title);" + kTouch,
       {"notes", "bin"});
  expect_captured("INSERT INTO notes(id, title) VALUES('1', 'a'), ('2', 'b')");
  expect_captured("UPDATE notes SET title = 'c' WHERE id = '1'");
  expect_captured(
      "DELETE FROM notes WHERE id = '1'; INSERT INTO notes(id, title) VALUES('1', 'a')");
  EXPECT_EQ(app().table("bin").size(), 1U);
}

TEST_F(Capture, TheUsersTriggersMadeAfterTracking) {
  make(std::string(kNotes) + "CREATE TABLE bin(id TEXT PRIMARY KEY NOT NULL, title);",
       {"notes", "bin"});
  app().exec(kTouch);
  expect_captured("INSERT INTO notes(id, title) VALUES('1', 'a'), ('2', 'b')");
  expect_captured("UPDATE notes SET title = 'c' WHERE id = '1'");
  expect_captured(
      "INSERT INTO notes(id, title) VALUES('3', 'a'); DELETE FROM notes WHERE id = '2'");
}

TEST_F(Capture, ATruncatingDelete) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1), ('2', 'b', 2)");
  EXPECT_EQ(entries("DELETE FROM notes"), 2U);
  expect_captured();
}

TEST_F(Capture, SchemaChangesByAnotherConnection) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1)");
  AppDb other(device_->path());
  other.exec("ALTER TABLE notes ADD COLUMN stars DEFAULT 3");
  app().exec(
      "UPDATE notes SET stars = 4; INSERT INTO notes VALUES('2', 'b', 2, 5), ('3', 'c', 3, 3)");
  expect_captured();
  app().exec("UPDATE notes SET stars = 3");
  expect_captured();
  other.exec("ALTER TABLE notes RENAME COLUMN body TO text");
  app().exec("UPDATE notes SET text = 'renamed' WHERE id = '1'");
  expect_captured();
}

TEST_F(Capture, AColumnAddedWithAWordAsDefault) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1)");
  expect_captured("ALTER TABLE notes ADD COLUMN kind DEFAULT \"plain\"");
  expect_captured("ALTER TABLE notes ADD COLUMN other DEFAULT word");
  expect_captured("ALTER TABLE notes ADD COLUMN number DEFAULT - 5");
}

TEST_F(Capture, RowsWhoseKeyIsTooLargeStayLocal) {
  make();
  expect_captured("INSERT INTO notes VALUES(hex(zeroblob(40000)), 'large', 1), ('1', 'small', 2)");
  EXPECT_EQ(device_->digests().at("notes").live, 1);
  EXPECT_NE(app().text("SELECT value FROM tidemark_meta WHERE key = 'oversized_keys'"), "");
}

TEST_F(Capture, RowsWithNullInTheKeyStayLocal) {
  make(kUnique);
  expect_captured("INSERT INTO notes VALUES(NULL, 'a', 1), (NULL, 'b', 2), ('1', 'c', 3)");
  expect_captured("UPDATE notes SET v = v + 1");
  expect_captured("DELETE FROM notes WHERE id IS NULL");
  EXPECT_EQ(device_->digests().at("notes").live, 1);
}

TEST_F(Capture, ARenamedTableIsNoLongerCaptured) {
  make();
  expect_captured("INSERT INTO notes VALUES('1', 'a', 1)");
  expect_captured("ALTER TABLE notes RENAME TO memos");
  EXPECT_EQ(entries("INSERT INTO memos VALUES('2', 'b', 2); DELETE FROM memos WHERE id = '1'"), 0U);
  expect_captured();
}

TEST_F(Capture, EditsBeforeTheSeedsAreSealed) {
  device_ = std::make_unique<TestDevice>(directory_.file("app.db"), kNotes, 1);
  app().exec("INSERT INTO notes VALUES('1', 'a', 1), ('2', 'b', 2), ('3', 'c', 3), ('4', 'd', 4)");
  device_->track("notes");
  app().exec(
      "UPDATE notes SET body = 9 WHERE id = '1'; DELETE FROM notes WHERE id = '2';"
      "REPLACE INTO notes VALUES('3', 'x', 3); UPDATE notes SET id = '5' WHERE id = '4';"
      "INSERT INTO notes VALUES('2', 'again', 0)");
  expect_captured();
  EXPECT_EQ(device_->digests().at("notes").live, 4);
}

}  // namespace
}  // namespace tidemark::test
