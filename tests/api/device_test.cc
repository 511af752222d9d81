#include "api/device.h"

#include <sqlite3.h>

#include <algorithm>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY, text TEXT, n INTEGER)";

ErrorCode refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_FALSE(error.hint().empty()) << error.what();
    return error.code();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorCode::stopped;
}

class DeviceTest : public testing::Test {
 protected:
  DeviceTest() { std::filesystem::create_directories(folder_); }

  SyncedDevice make(const std::string& name, const std::string& schema = kNotes) {
    return SyncedDevice(home_.path(), name, schema);
  }
  SyncedDevice tracked(const std::string& name) {
    SyncedDevice device = make(name);
    device.track_all();
    return device;
  }
  void meet(SyncedDevice& a, SyncedDevice& b) {
    for (int round = 0; round < 2; ++round) {
      a.sync(folder_);
      b.sync(folder_);
    }
    EXPECT_EQ(a.device().digest().cursors, b.device().digest().cursors);
    EXPECT_EQ(a.device().digest().tables, b.device().digest().tables);
    EXPECT_EQ(a.app().table("notes"), b.app().table("notes"));
  }
  DeviceOptions options() {
    DeviceOptions options;
    options.state_dir = home_.file("state");
    return options;
  }

  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
};

TEST_F(DeviceTest, InitMakesADatabaseWhereThereIsNone) {
  Device::init(home_.file("new.db"), options());
  EXPECT_FALSE(Device::open(home_.file("new.db"), options())->status().device.empty())
      << "named after the host";
}

TEST_F(DeviceTest, InitTwiceIsRefused) {
  auto desk = make("desk");
  EXPECT_EQ(refusal([&] { Device::init(desk.path(), options()); }), ErrorCode::already_initialised);
}

TEST_F(DeviceTest, InitCanWaitForAFolderThatIsNotThereYet) {
  SyncedDevice laptop(home_.path(), "laptop", kNotes, (home_.path() / "later").string());
  auto desk = tracked("desk");
  EXPECT_EQ(laptop.sync(folder_).peer.state, "waiting");
  desk.sync(folder_);
  laptop.track_all();
  meet(desk, laptop);
  EXPECT_EQ(laptop.device().status().group, desk.device().status().group);
}

TEST_F(DeviceTest, OpenRefusesWhatIsNotThere) {
  EXPECT_EQ(refusal([&] { Device::open(home_.file("none.db"), options()); }),
            ErrorCode::database_missing);
  EXPECT_FALSE(std::filesystem::exists(home_.file("none.db")));
}

TEST_F(DeviceTest, OpenRefusesADatabaseOfAnotherKind) {
  AppDb(home_.file("plain.db")).exec(kNotes);
  EXPECT_EQ(refusal([&] { Device::open(home_.file("plain.db"), options()); }),
            ErrorCode::not_a_database);
}

TEST_F(DeviceTest, OpenRefusesAFileThatIsNoDatabase) {
  write_bytes(home_.file("text.db"), std::string(5000, 'x'));
  EXPECT_EQ(refusal([&] { Device::open(home_.file("text.db"), options()); }),
            ErrorCode::not_a_database);
}

TEST_F(DeviceTest, ALockedDatabaseIsSaidToBeBusy) {
  auto desk = tracked("desk");
  auto impatient = desk.options();
  impatient.busy_ms = 0;
  const auto device = Device::open(desk.path(), impatient);
  desk.app().exec("BEGIN IMMEDIATE; INSERT INTO notes VALUES('a', 'x', 1)");
  try {
    device->seal();
    FAIL() << "the app holds the lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database_busy);
    EXPECT_TRUE(error.retryable());
  }
  desk.app().exec("COMMIT");
  EXPECT_TRUE(device->seal());
}

class Tracking : public DeviceTest {
 protected:
  TrackReport::Table track(const std::string& table, const TrackOptions& options = {}) {
    return device_.device().track({table}, options).tables.at(0);
  }
  void expect_refused(const std::string& table, ErrorCode code) {
    const auto report = track(table);
    EXPECT_FALSE(report.tracked);
    EXPECT_EQ(report.code, code);
    EXPECT_FALSE(report.reason.empty());
    EXPECT_FALSE(report.hint.empty());
    EXPECT_TRUE(device_.device().status().tables.empty());
  }
  SyncedDevice device_ = make("desk", "");
};

TEST_F(Tracking, ReportsKeyAndRows) {
  device_.app().exec(kNotes);
  device_.app().exec("INSERT INTO notes(id) VALUES('a'), ('b'), (NULL)");
  const auto report = track("NOTES");
  EXPECT_TRUE(report.tracked);
  EXPECT_FALSE(report.code);
  EXPECT_EQ(report.name, "notes");
  EXPECT_EQ(report.key, "id TEXT");
  EXPECT_EQ(report.rows, 3);
  EXPECT_EQ(report.null_keys, 1);
}

TEST_F(Tracking, ADryRunOnlySays) {
  device_.app().exec(kNotes);
  EXPECT_TRUE(track("notes", {.dry_run = true}).tracked);
  EXPECT_TRUE(device_.device().status().tables.empty());
  device_.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  EXPECT_EQ(device_.device().status().unsealed, 0U);
}

TEST_F(Tracking, TwiceIsOnce) {
  device_.app().exec(kNotes);
  track("notes");
  device_.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  device_.device().seal();
  const auto before = device_.device().digest().cursors;
  EXPECT_TRUE(track("notes").tracked);
  EXPECT_EQ(device_.device().digest().cursors, before);
}

TEST_F(Tracking, RefusesATableWithoutKey) {
  device_.app().exec("CREATE TABLE t(a, b)");
  expect_refused("t", ErrorCode::table_without_key);
}

TEST_F(Tracking, RefusesAnIntegerKeyUnlessItIsNatural) {
  device_.app().exec("CREATE TABLE t(id INTEGER PRIMARY KEY, b)");
  expect_refused("t", ErrorCode::table_rowid_key);
  EXPECT_TRUE(track("t", {.natural_key = true}).tracked);
}

TEST_F(Tracking, RefusesACollationThatOthersLack) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(device_.path().c_str(), &db), SQLITE_OK);
  const auto compare = [](void*, int, const void*, int, const void*) { return 0; };
  sqlite3_create_collation(db, "german", SQLITE_UTF8, nullptr, compare);
  ASSERT_EQ(sqlite3_exec(db, "CREATE TABLE t(id TEXT COLLATE german PRIMARY KEY)", nullptr, nullptr,
                         nullptr),
            SQLITE_OK);
  sqlite3_close(db);
  expect_refused("t", ErrorCode::table_collation);
}

TEST_F(Tracking, RefusesAViewAndAVirtualTable) {
  device_.app().exec("CREATE VIEW v AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(a)");
  expect_refused("v", ErrorCode::table_unsupported);
  expect_refused("f", ErrorCode::table_unsupported);
}

TEST_F(Tracking, RefusesItsOwnTables) {
  expect_refused("tidemark_row", ErrorCode::table_unsupported);
}

TEST_F(Tracking, RefusesATableThatIsNotThere) {
  expect_refused("t", ErrorCode::table_missing);
}

TEST_F(Tracking, OfAllSkipsWhatItCantAndSaysSo) {
  device_.app().exec(kNotes);
  device_.app().exec("CREATE TABLE keyless(a); CREATE TABLE links(a, b, PRIMARY KEY(a, b))");
  const auto report = device_.device().track({}, {});
  ASSERT_EQ(report.tables.size(), 3U);
  EXPECT_EQ(std::ranges::count_if(report.tables, [](const auto& t) { return t.tracked; }), 2);
  EXPECT_EQ(device_.device().status().tables.size(), 2U);
}

TEST_F(Tracking, EndsAtUntrack) {
  device_.app().exec(kNotes);
  track("notes");
  device_.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  device_.device().untrack("notes");
  const auto cursors = device_.device().digest().cursors;
  device_.app().exec("UPDATE notes SET text = 'y'");
  EXPECT_EQ(device_.device().digest().cursors, cursors);
  EXPECT_EQ(device_.device().status().tables.at("notes"), "untracked");
  EXPECT_EQ(device_.app().table("notes").size(), 1U);
}

TEST_F(Tracking, AgainAfterUntrackBringsWhatChangedMeanwhile) {
  device_.app().exec(kNotes);
  track("notes");
  device_.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  device_.device().untrack("notes");
  device_.app().exec("UPDATE notes SET text = 'y'");
  track("notes");
  auto laptop = tracked("laptop");
  meet(device_, laptop);
  EXPECT_EQ(laptop.app().text("SELECT text FROM notes"), "'y'");
}

TEST_F(DeviceTest, UntrackRefusesATableThatIsNotTracked) {
  auto desk = make("desk");
  EXPECT_EQ(refusal([&] { desk.device().untrack("notes"); }), ErrorCode::table_not_tracked);
}

TEST_F(DeviceTest, RowsThatWereThereBeforeTravel) {
  auto desk = make("desk");
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1), ('b', 'y', 2)");
  desk.track_all();
  auto laptop = tracked("laptop");
  meet(desk, laptop);
  EXPECT_EQ(laptop.app().table("notes").size(), 2U);
}

/// Both had the row before anything was tracked; one edited and deleted it before its first seal.
TEST_F(DeviceTest, ARowThatWasEditedAndDeletedBeforeTheFirstSealIsGoneEverywhere) {
  auto desk = make("desk");
  auto laptop = make("laptop");
  for (auto* one : {&desk, &laptop}) {
    one->app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
    one->track_all();
  }
  desk.app().exec("UPDATE notes SET text = 'y'");
  desk.app().exec("DELETE FROM notes");
  EXPECT_EQ(desk.problems(), "");
  meet(desk, laptop);
  EXPECT_TRUE(laptop.app().table("notes").empty());
}

TEST_F(DeviceTest, SealSaysWhetherAnythingWasPending) {
  auto desk = tracked("desk");
  desk.device().seal();
  EXPECT_FALSE(desk.device().seal());
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  EXPECT_TRUE(desk.device().seal());
  EXPECT_FALSE(desk.device().seal());
}

TEST_F(DeviceTest, NotifyMakesTheNextCallSealOnce) {
  auto desk = tracked("desk");
  desk.device().seal();
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  EXPECT_FALSE(desk.device().seal_if_notified());
  std::thread([&] { desk.device().notify(); }).join();
  EXPECT_TRUE(desk.device().seal_if_notified());
  desk.app().exec("INSERT INTO notes VALUES('b', 'x', 1)");
  EXPECT_FALSE(desk.device().seal_if_notified());
}

TEST_F(DeviceTest, ADroppedTableIsShown) {
  auto desk = tracked("desk");
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  desk.device().seal();
  desk.app().exec("DROP TABLE notes");
  desk.device().seal();
  EXPECT_TRUE(desk.device().status().tables.at("notes").starts_with("dropped (TM-E0105)"));
}

TEST_F(DeviceTest, LogAndDigestAndVerifySealFirst) {
  auto desk = tracked("desk");
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  EXPECT_EQ(desk.device().log("notes", 1).at(0).key, "a");
  desk.app().exec("INSERT INTO notes VALUES('b', 'x', 1)");
  EXPECT_EQ(desk.device().digest().tables.at("notes").rows, 2);
  desk.app().exec("INSERT INTO notes VALUES('c', 'x', 1)");
  const VerifyReport report = desk.device().verify();
  EXPECT_TRUE(report.problems.empty());
  EXPECT_EQ(report.checked.at(desk.origin()), desk.device().digest().cursors.at(desk.origin()));
}

TEST_F(DeviceTest, VerifyFindsARowThatNoCaptureSaw) {
  auto desk = tracked("desk");
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  desk.device().seal();
  // As if the app's edit had met no trigger.
  desk.app().exec("UPDATE notes SET text = 'y'; DELETE FROM tidemark_pending");
  EXPECT_NE(desk.problems(), "");
}

TEST_F(DeviceTest, VerifyFindsADamagedFrame) {
  auto desk = tracked("desk");
  desk.app().exec("INSERT INTO notes VALUES('a', 'x', 1)");
  desk.device().seal();
  desk.app().exec("UPDATE tidemark_frame SET bytes = zeroblob(length(bytes)) WHERE first > 0");
  EXPECT_NE(desk.problems(), "");
}

class Backup : public DeviceTest {
 protected:
  Backup() { desk_.app().exec("INSERT INTO notes VALUES('a', 'x', 1)"); }
  SyncedDevice desk_ = tracked("desk");
  std::string copy_ = home_.file("copy.db");
};

TEST_F(Backup, OpensAsANewOriginOfTheSameGroup) {
  desk_.device().backup(copy_);
  const Status copy = Device::open(copy_, options())->status();
  EXPECT_NE(copy.origin, desk_.origin());
  EXPECT_EQ(copy.group, desk_.device().status().group);
  EXPECT_TRUE(copy.origins.contains(desk_.origin()));
  EXPECT_EQ(AppDb(copy_).table("notes"), desk_.app().table("notes"));
}

TEST_F(Backup, SealsFirst) {
  desk_.app().exec("INSERT INTO notes VALUES('pending', 'x', 1)");
  desk_.device().backup(copy_);
  const auto copy = Device::open(copy_, options());
  EXPECT_EQ(copy->status().unsealed, 0U);
  EXPECT_EQ(copy->digest().tables, desk_.device().digest().tables);
}

TEST_F(Backup, RefusesToWriteOverAFile) {
  write_bytes(copy_, "mine");
  EXPECT_EQ(refusal([&] { desk_.device().backup(copy_); }), ErrorCode::invalid_argument);
  EXPECT_EQ(read_bytes(copy_), "mine");
}

/// Both go on after the backup; neither loses anything, and the lost device's entries come back.
TEST_F(Backup, SyncsBackWithoutAnyLoss) {
  desk_.sync(folder_);
  desk_.device().backup(copy_);
  desk_.app().exec("INSERT INTO notes VALUES('after', 'of the desk', 2)");
  desk_.app().exec("UPDATE notes SET text = 'newer' WHERE id = 'a'");
  desk_.sync(folder_);
  auto copy_options = options();
  const auto copy = Device::open(copy_, copy_options);
  AppDb app(copy_);
  app.exec("INSERT INTO notes VALUES('copy', 'of the copy', 3)");
  const SyncReport report = copy->sync(folder_.string());
  EXPECT_FALSE(report.peer.code);
  EXPECT_FALSE(copy->status().rolled_back);
  EXPECT_EQ(app.table("notes").size(), 3U);
  desk_.sync(folder_);
  EXPECT_EQ(desk_.app().table("notes"), app.table("notes"));
  EXPECT_EQ(desk_.device().digest().tables, copy->digest().tables);
  EXPECT_THAT(copy->verify().problems, testing::IsEmpty());
}

}  // namespace
}  // namespace tidemark::test
