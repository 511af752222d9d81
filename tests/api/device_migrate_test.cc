// Schema changes that triggers stand in the way of.
#include <stdexcept>

#include <gtest/gtest.h>

#include "api/device.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

class DeviceMigrate : public testing::Test {
 protected:
  DeviceMigrate() {
    std::filesystem::create_directories(folder_);
    desk_.app().exec("INSERT INTO notes VALUES('a', 'x', 1), ('b', 'y', 2)");
    desk_.track_all();
    laptop_.track_all();
    meet();
  }
  void meet() {
    for (int round = 0; round < 2; ++round) {
      desk_.sync(folder_);
      laptop_.sync(folder_);
    }
  }
  void expect_equal() {
    EXPECT_EQ(desk_.device().digest().cursors, laptop_.device().digest().cursors);
    EXPECT_EQ(desk_.device().digest().tables, laptop_.device().digest().tables);
    EXPECT_EQ(desk_.problems() + laptop_.problems(), "");
  }
  std::vector<std::string> schema() {
    return desk_.app().rows("SELECT type, name, sql FROM sqlite_schema ORDER BY name");
  }
  /// Captures still work: what the app writes now gets to the other device.
  void expect_captured() {
    desk_.app().exec("INSERT INTO notes(id, text) VALUES('later', 'after the migration')");
    meet();
    EXPECT_EQ(laptop_.app().text("SELECT text FROM notes WHERE id = 'later'"),
              "'after the migration'");
    expect_equal();
  }

  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
  static constexpr const char* kNotes =
      "CREATE TABLE notes(id TEXT PRIMARY KEY, text TEXT, n INTEGER)";
  SyncedDevice desk_{home_.path(), "desk", kNotes};
  SyncedDevice laptop_{home_.path(), "laptop", kNotes};
};

TEST_F(DeviceMigrate, DropsAColumn) {
  desk_.device().migrate("ALTER TABLE notes DROP COLUMN n");
  EXPECT_EQ(desk_.app().table("notes"), (std::vector<std::string>{"'a'|'x'", "'b'|'y'"}));
  expect_captured();
  EXPECT_EQ(laptop_.app().text("SELECT n FROM notes WHERE id = 'b'"), "2")
      << "whoever has the column keeps what was in it";
}

TEST_F(DeviceMigrate, RebuildsATable) {
  desk_.device().migrate(
      "CREATE TABLE fresh(id TEXT PRIMARY KEY, text TEXT NOT NULL DEFAULT '', n INTEGER);"
      "INSERT INTO fresh SELECT id, text, n FROM notes;"
      "DROP TABLE notes; ALTER TABLE fresh RENAME TO notes");
  EXPECT_EQ(desk_.device().status().tables.at("notes"), "tracked");
  meet();
  EXPECT_EQ(laptop_.app().table("notes"), desk_.app().table("notes"));
  expect_captured();
}

TEST_F(DeviceMigrate, CapturesWhatItChangesInRows) {
  desk_.device().migrate(
      "UPDATE notes SET text = upper(text); DELETE FROM notes WHERE id = 'b';"
      "INSERT INTO notes VALUES('c', 'new', 3)");
  meet();
  EXPECT_EQ(laptop_.app().table("notes"), (std::vector<std::string>{"'a'|'X'|1", "'c'|'new'|3"}));
  expect_equal();
}

TEST_F(DeviceMigrate, KeepsWhatWasPendingBefore) {
  desk_.app().exec("UPDATE notes SET text = 'edited' WHERE id = 'a'");
  desk_.device().migrate("ALTER TABLE notes DROP COLUMN n");
  meet();
  EXPECT_EQ(laptop_.app().text("SELECT text FROM notes WHERE id = 'a'"), "'edited'");
}

TEST_F(DeviceMigrate, LeavesEverythingAsItWasWhenTheSqlFails) {
  const auto before = schema();
  const auto rows = desk_.app().table("notes");
  const auto digest = desk_.device().digest();
  EXPECT_THROW(desk_.device().migrate("DELETE FROM notes; ALTER TABLE notes DROP COLUMN n;"
                                      "INSERT INTO nowhere VALUES(1)"),
               Error);
  EXPECT_EQ(schema(), before) << "triggers too";
  EXPECT_EQ(desk_.app().table("notes"), rows);
  EXPECT_EQ(desk_.device().digest().tables, digest.tables);
  EXPECT_EQ(desk_.device().digest().cursors, digest.cursors);
  expect_captured();
}

TEST_F(DeviceMigrate, RunsTheAppsOwnCode) {
  desk_.device().migrate([&] { desk_.app().exec("ALTER TABLE notes DROP COLUMN n"); });
  expect_captured();
}

TEST_F(DeviceMigrate, PassesOnWhatTheAppsCodeThrows) {
  const auto before = schema();
  EXPECT_THROW(desk_.device().migrate([] { throw std::runtime_error("the app's own"); }),
               std::runtime_error);
  EXPECT_EQ(schema(), before);
  expect_captured();
}

TEST_F(DeviceMigrate, IsNotNeededToAddAColumn) {
  desk_.app().exec("ALTER TABLE notes ADD COLUMN colour TEXT DEFAULT 'red'");
  desk_.app().exec("UPDATE notes SET colour = 'blue' WHERE id = 'b'");
  meet();
  EXPECT_EQ(laptop_.device().status().waiting, 1U);
  laptop_.app().exec("ALTER TABLE notes ADD COLUMN colour TEXT DEFAULT 'red'");
  meet();
  EXPECT_EQ(laptop_.app().table("notes"), desk_.app().table("notes"));
  expect_captured();
}

}  // namespace
}  // namespace tidemark::test
