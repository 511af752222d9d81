// The full package data on three devices, and conflicting edits by the plain sqlite3 shell on all
// of them. The data is too large to ship: TIDEMARK_DATA names the folder that holds it.
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/support/seeded_rng.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE packages(name TEXT PRIMARY KEY, version TEXT, section TEXT, priority TEXT, "
    "installed_size INTEGER, size INTEGER, homepage TEXT, summary TEXT);"
    "CREATE TABLE tags(package TEXT, tag TEXT, PRIMARY KEY(package, tag)) WITHOUT ROWID;"
    "CREATE TABLE depends(package TEXT, dependency TEXT, constraint_ TEXT, "
    "PRIMARY KEY(package, dependency, constraint_))";
const std::vector<std::string> kTables = {"packages", "tags", "depends"};
constexpr int kEdits = 10'000;
constexpr int kEditsPerTransaction = 50;
/// So few packages are edited that devices meet on most of them.
constexpr std::uint64_t kEditedPackages = 4'000;

class Stopwatch {
 public:
  /// Prints what took how long since the last call.
  void lap(const std::string& what) {
    const auto now = std::chrono::steady_clock::now();
    std::cout << what << ": " << std::chrono::duration<double>(now - last_).count() << " s\n";
    last_ = std::chrono::steady_clock::now();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class FullData : public testing::Test {
 protected:
  void load(const std::string& data) {
    std::string script = ".bail on\n.mode csv\n";
    for (const auto& table : kTables) {
      script +=
          ".import --csv --skip 1 '|zstd -dc " + data + "/" + table + ".csv.zst' " + table + "\n";
    }
    shell(desk_, script);
    EXPECT_EQ(desk_.app().text("SELECT count(*) FROM packages"), "63666");
    EXPECT_EQ(desk_.app().text("SELECT count(*) FROM tags"), "109908");
    EXPECT_EQ(desk_.app().text("SELECT count(*) FROM depends"), "274524");
    names_ = desk_.app().rows("SELECT name FROM packages ORDER BY name LIMIT " +
                              std::to_string(kEditedPackages));
  }

  void shell(SyncedDevice& device, const std::string& script) {
    const std::string file = home_.file("script.sql");
    std::ofstream(file) << script;
    ASSERT_EQ(std::system(("sqlite3 '" + device.path() + "' < '" + file + "'").c_str()), 0);
  }
  /// Sorted: the shell dumps rows in the order of rowids, which every device gives by itself.
  std::string dump(SyncedDevice& device) {
    const std::string file = home_.file("dump.sql");
    const std::string command = "sqlite3 '" + device.path() +
                                "' '.dump packages tags depends' | LC_ALL=C sort > '" + file + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
    return read_bytes(file);
  }

  std::string edit(SeededRng& rng) {
    const std::string& name = names_[rng.below(names_.size())];
    const std::string& other = names_[rng.below(names_.size())];
    const std::string number = std::to_string(rng.below(1'000'000));
    switch (rng.below(10)) {
      case 0:
        return "DELETE FROM packages WHERE name = " + name;
      case 1:
        return "INSERT OR REPLACE INTO packages(name, size) VALUES(" + name + "," + number + ")";
      case 2:
        return "INSERT INTO packages(name, summary) VALUES(" + name + ",'s" + number +
               "') ON CONFLICT(name) DO UPDATE SET summary = excluded.summary, homepage = NULL";
      case 3:
        return "UPDATE OR REPLACE packages SET name = " + other + " WHERE name = " + name;
      case 4:
        return "UPDATE packages SET version = 'v" + number + "' WHERE name = " + name;
      case 5:
        return "UPDATE packages SET size = size + 1, section = x'0102' WHERE name = " + name;
      case 6:
        return "INSERT OR IGNORE INTO tags VALUES(" + name + ",'new::" + number + "')";
      case 7:
        return "DELETE FROM tags WHERE package = " + name;
      case 8:
        return "UPDATE OR REPLACE depends SET constraint_ = '(= " + number +
               ")' WHERE package = " + name;
      default:
        return "DELETE FROM depends WHERE package = " + name + " AND dependency > " + other;
    }
  }
  void edit_offline(SyncedDevice& device, std::uint64_t seed) {
    SeededRng rng(seed);
    std::string script = ".bail on\n";
    for (int i = 0; i < kEdits; ++i) {
      if (i % kEditsPerTransaction == 0) script += "BEGIN;\n";
      script += edit(rng) + ";\n";
      // One in ten transactions is thought better of.
      if (i % kEditsPerTransaction == kEditsPerTransaction - 1) {
        script += rng.chance(10) ? "ROLLBACK;\n" : "COMMIT;\n";
      }
    }
    shell(device, script);
  }

  void sync_until_quiet() {
    for (int round = 0; round < 5; ++round) {
      std::uint64_t moved = 0;
      for (auto* device : {&desk_, &laptop_, &phone_}) {
        const auto report = device->sync(folder_);
        EXPECT_FALSE(report.peer.code) << report.peer.reason;
        moved += report.pulled + report.pushed + report.repaired;
      }
      if (moved == 0) return;
    }
    FAIL() << "something still moves";
  }
  void expect_equal() {
    const auto digest = desk_.device().digest();
    const std::string tables = dump(desk_);
    for (auto* device : {&laptop_, &phone_}) {
      EXPECT_EQ(device->device().digest().cursors, digest.cursors);
      EXPECT_EQ(device->device().digest().tables, digest.tables);
      EXPECT_TRUE(dump(*device) == tables) << "the dumps differ";
    }
  }

  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
  SyncedDevice desk_{home_.path(), "desk", kSchema};
  SyncedDevice laptop_{home_.path(), "laptop", kSchema};
  SyncedDevice phone_{home_.path(), "phone", kSchema};
  std::vector<std::string> names_;
};

TEST_F(FullData, IsTheSameOnThreeDevicesAfterConflictingEdits) {
  const char* data = std::getenv("TIDEMARK_DATA");
  if (data == nullptr) {
    GTEST_SKIP() << "TIDEMARK_DATA names no folder with packages.csv.zst, tags.csv.zst and "
                    "depends.csv.zst";
  }
  Stopwatch watch;
  std::filesystem::create_directories(folder_);
  ASSERT_NO_FATAL_FAILURE(load(data));
  watch.lap("load with the sqlite3 shell");
  for (auto* device : {&desk_, &laptop_, &phone_}) device->track_all();
  ASSERT_NO_FATAL_FAILURE(sync_until_quiet());
  watch.lap("first sync of three devices");
  expect_equal();
  watch.lap("compare");
  std::uint64_t seed = 1;
  for (auto* device : {&desk_, &laptop_, &phone_}) {
    ASSERT_NO_FATAL_FAILURE(edit_offline(*device, seed++));
  }
  watch.lap("10,000 edits on each, offline");
  EXPECT_NE(dump(desk_), dump(laptop_));
  ASSERT_NO_FATAL_FAILURE(sync_until_quiet());
  watch.lap("sync until quiet");
  expect_equal();
  watch.lap("compare");
  EXPECT_EQ(phone_.problems(), "");
  watch.lap("verify");
}

}  // namespace
}  // namespace tidemark::test
