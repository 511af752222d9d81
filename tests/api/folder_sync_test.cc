#include "api/folder_sync.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "api/state_dir.h"
#include "oplog/error.h"
#include "tests/api/member.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;

class FolderSyncTest : public testing::Test {
 protected:
  FolderSyncTest() { std::filesystem::create_directories(folder_); }

  void meet() {
    for (int round = 0; round < 2; ++round) {
      for (auto* one : {&desk_, &laptop_, &phone_}) one->sync(folder_);
    }
  }
  void expect_equal(Member& a, Member& b) {
    EXPECT_EQ(a.digest().cursors, b.digest().cursors);
    EXPECT_EQ(a.digest().tables, b.digest().tables);
    EXPECT_EQ(a.rows(), b.rows());
  }
  ErrorCode refusal(Member& who, const std::filesystem::path& folder) {
    try {
      who.sync(folder);
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty());
      return error.code();
    }
    ADD_FAILURE() << "nothing was refused";
    return ErrorCode::stopped;
  }
  std::vector<std::filesystem::path> segments_of(Member& who) {
    std::vector<std::filesystem::path> files;
    const auto own = folder_ / "l" / to_text(who.origin());
    for (const auto& entry : std::filesystem::directory_iterator(own))
      files.push_back(entry.path());
    std::ranges::sort(files);
    return files;
  }
  /// The database as it is now, to be put back later.
  void back_up(Member& who) {
    who.close();
    std::filesystem::copy_file(who.path, who.path + ".backup");
    who.open();
  }
  void restore(Member& who) {
    who.close();
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(who.path + suffix);
    std::filesystem::copy_file(who.path + ".backup", who.path);
    who.open();
  }
  void expect_rolled_back(const SyncReport& report) {
    EXPECT_EQ(report.peer.state, "blocked");
    EXPECT_EQ(report.peer.code, ErrorCode::log_rolled_back);
    EXPECT_FALSE(report.peer.hint.empty());
    EXPECT_EQ(report.pushed, 0U);
    EXPECT_TRUE(desk_.status().rolled_back);
  }

  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
  Member desk_{home_.path(), "desk", kStart};
  Member laptop_{home_.path(), "laptop", kStart};
  Member phone_{home_.path(), "phone", kStart};
};

TEST_F(FolderSyncTest, BringsEverythingToEverybody) {
  desk_.write("a", "of the desk");
  laptop_.write("b", "of the laptop");
  phone_.write("c", "of the phone");
  meet();
  expect_equal(desk_, laptop_);
  expect_equal(desk_, phone_);
  EXPECT_EQ(desk_.rows().size(), 3U);
}

TEST_F(FolderSyncTest, ReportsWhatWentWhere) {
  desk_.write("a", "x");
  const auto sent = desk_.sync(folder_);
  EXPECT_EQ(sent.peer.location, std::filesystem::canonical(folder_).string());
  EXPECT_EQ(sent.peer.state, "current");
  EXPECT_EQ(sent.peer.to_send, 0U);
  EXPECT_EQ(sent.pushed, to_number(desk_.replica().cursor(desk_.origin())));
  EXPECT_GT(sent.bytes_written, 0U);
  const auto got = laptop_.sync(folder_);
  EXPECT_EQ(got.pulled, sent.pushed);
  EXPECT_GT(got.bytes_read, 0U);
  EXPECT_EQ(got.peer.to_get, 0U);
}

TEST_F(FolderSyncTest, ASecondSyncMovesNothing) {
  desk_.write("a", "x");
  meet();
  const auto before = snapshot(folder_);
  const auto report = desk_.sync(folder_);
  EXPECT_EQ(report.pulled + report.pushed + report.repaired, 0U);
  EXPECT_EQ(report.bytes_read + report.bytes_written, 0U);
  EXPECT_EQ(snapshot(folder_), before);
}

TEST_F(FolderSyncTest, OneFolderHasOneNameHoweverItIsSpelled) {
  desk_.sync(folder_);
  desk_.sync(folder_ / "." / ".." / "folder");
  EXPECT_EQ(desk_.status().peers.size(), 1U);
}

TEST_F(FolderSyncTest, TellsItsProgressUntilTheEnd) {
  desk_.write("a", "x");
  desk_.sync(folder_);
  laptop_.write("b", "x");
  std::vector<std::string> phases;
  Progress last;
  laptop_.sync(folder_, {}, [&](const Progress& progress) {
    if (phases.empty() || phases.back() != progress.phase) phases.emplace_back(progress.phase);
    EXPECT_LE(progress.done, progress.total);
    last = progress;
  });
  EXPECT_EQ(phases, (std::vector<std::string>{"seal", "pull", "publish"}));
  EXPECT_EQ(last.done, last.total);
}

TEST_F(FolderSyncTest, StopsWhenAskedAndGoesOnNextTime) {
  desk_.write("a", "x");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(desk_.sync(folder_, stop.get_token()).pushed, 0U);
  EXPECT_GT(desk_.sync(folder_).pushed, 0U);
}

TEST_F(FolderSyncTest, AMissingFolderIsRefusedAndNotMade) {
  const auto nowhere = home_.path() / "nowhere";
  EXPECT_EQ(refusal(desk_, nowhere), ErrorCode::folder_missing);
  EXPECT_FALSE(std::filesystem::exists(nowhere));
  EXPECT_EQ(desk_.status().peers.front().code, ErrorCode::folder_missing);
}

TEST_F(FolderSyncTest, AFolderThatWentAwayCostsNothing) {
  desk_.write("a", "x");
  meet();
  std::filesystem::rename(folder_, home_.path() / "away");
  const auto rows = desk_.rows();
  EXPECT_EQ(refusal(desk_, folder_), ErrorCode::folder_missing);
  EXPECT_EQ(desk_.rows(), rows);
  std::filesystem::rename(home_.path() / "away", folder_);
  EXPECT_EQ(desk_.sync(folder_).peer.state, "current");
}

TEST_F(FolderSyncTest, AnEmptiedFolderIsRefusedAndStaysEmpty) {
  desk_.write("a", "x");
  meet();
  std::filesystem::remove_all(folder_);
  std::filesystem::create_directories(folder_);
  const auto rows = desk_.rows();
  EXPECT_EQ(refusal(desk_, folder_), ErrorCode::folder_emptied);
  EXPECT_TRUE(snapshot(folder_).empty());
  EXPECT_EQ(desk_.rows(), rows) << "absence deletes nothing";
}

TEST_F(FolderSyncTest, WritesAgainWhatItsFolderLost) {
  desk_.write("a", "x");
  meet();
  const auto before = snapshot(folder_);
  std::filesystem::remove(segments_of(desk_).front());
  const auto report = desk_.sync(folder_);
  EXPECT_EQ(report.repaired, 1U);
  EXPECT_EQ(snapshot(folder_), before) << "same name, same bytes";
}

TEST_F(FolderSyncTest, ALostMarkerIsWrittenAgainByAnyMember) {
  meet();
  const auto marker = folder_ / (to_text(desk_.group()) + ".tmgroup");
  const std::string bytes = read_bytes(marker);
  write_bytes(marker, bytes.substr(0, 40));
  phone_.sync(folder_);
  EXPECT_EQ(read_bytes(marker), bytes);
}

TEST_F(FolderSyncTest, ADamagedSegmentIsCountedAndTheOthersGoOn) {
  meet();
  desk_.write("a", "x");
  phone_.write("b", "x");
  desk_.sync(folder_);
  phone_.sync(folder_);
  const auto file = segments_of(desk_).back();
  std::string bytes = read_bytes(file);
  bytes[bytes.size() / 2] ^= 1;
  write_bytes(file, bytes);
  const auto report = laptop_.sync(folder_);
  EXPECT_EQ(report.files.at("corrupt"), 1U);
  EXPECT_EQ(laptop_.rows().size(), 1U);
  EXPECT_EQ(read_bytes(file), bytes) << "another device's file is not ours to mend";
  meet();
  expect_equal(desk_, laptop_);
  EXPECT_EQ(laptop_.rows().size(), 2U);
}

TEST_F(FolderSyncTest, ACutSegmentIsCountedAsIncompleteAndItsDeviceIsBehind) {
  desk_.write("a", "x");
  desk_.sync(folder_);
  const auto file = segments_of(desk_).back();
  const std::string whole = read_bytes(file);
  write_bytes(file, whole.substr(0, whole.size() - 9));
  const auto report = laptop_.sync(folder_);
  EXPECT_EQ(report.files.at("incomplete"), 1U);
  EXPECT_EQ(report.peer.state, "behind");
  EXPECT_FALSE(report.peer.code);
  write_bytes(file, whole);
  EXPECT_EQ(laptop_.sync(folder_).peer.state, "current");
}

TEST_F(FolderSyncTest, FilesOfAnotherGroupAreCountedAndLeftAlone) {
  meet();
  Member stranger(home_.path(), "stranger", kStart + 1000);
  std::filesystem::create_directories(home_.path() / "other");
  stranger.sync(home_.path() / "other");
  carry_all(home_.path() / "other", folder_);
  const auto before = snapshot(folder_);
  const auto report = desk_.sync(folder_);
  EXPECT_EQ(report.files.at("foreign"), 1U);
  EXPECT_EQ(report.peer.state, "current");
  EXPECT_EQ(snapshot(folder_), before);
}

TEST_F(FolderSyncTest, WhoFindsThePublishLockTakenOnlyPulls) {
  meet();
  laptop_.write("b", "x");
  laptop_.sync(folder_);
  desk_.write("a", "x");
  {
    const api::PublishLock other_process(desk_.state_dir, desk_.origin());
    const auto report = desk_.sync(folder_);
    EXPECT_EQ(report.peer.code, ErrorCode::publish_locked);
    EXPECT_EQ(report.peer.state, "blocked");
    EXPECT_EQ(report.pushed, 0U);
    EXPECT_GT(report.pulled, 0U);
    EXPECT_EQ(desk_.rows().size(), 2U);
  }
  EXPECT_GT(desk_.sync(folder_).pushed, 0U);
}

/// The user wrote after the backup was taken, published that, and put the backup back.
TEST_F(FolderSyncTest, ARestoredBackupPublishesNothing) {
  desk_.write("a", "before the backup");
  meet();
  back_up(desk_);
  desk_.write("lost", "after the backup");
  desk_.write("lost too", "after the backup");
  meet();
  restore(desk_);
  desk_.write("new", "after it was put back");
  const auto files = snapshot(folder_);
  expect_rolled_back(desk_.sync(folder_));
  EXPECT_EQ(snapshot(folder_), files);
  expect_rolled_back(desk_.sync(folder_));
}

TEST_F(FolderSyncTest, ARestoredBackupThatHasWrittenMoreThanItLostPublishesNothing) {
  meet();
  back_up(desk_);
  desk_.write("lost", "after the backup");
  meet();
  restore(desk_);
  for (int i = 0; i < 9; ++i) desk_.write("new" + std::to_string(i), "after it was put back");
  const auto files = snapshot(folder_);
  expect_rolled_back(desk_.sync(folder_));
  EXPECT_EQ(snapshot(folder_), files);
}

TEST_F(FolderSyncTest, ARestoredBackupStillPullsAndHarmsNobody) {
  meet();
  back_up(desk_);
  desk_.write("lost", "after the backup");
  meet();
  restore(desk_);
  desk_.write("new", "after it was put back");
  laptop_.write("b", "x");
  laptop_.sync(folder_);
  const auto report = desk_.sync(folder_);
  EXPECT_GT(report.pulled, 0U);
  const auto ids = desk_.app().rows("SELECT id FROM notes ORDER BY id");
  EXPECT_EQ(ids, (std::vector<std::string>{"'b'", "'new'"}));
  phone_.sync(folder_);
  laptop_.sync(folder_);
  expect_equal(laptop_, phone_);
  EXPECT_EQ(phone_.rows().size(), 2U);
}

TEST_F(FolderSyncTest, OthersFilesAreNeverTouched) {
  meet();
  const auto own = "l/" + to_text(desk_.origin()) + "/";
  std::filesystem::remove(segments_of(laptop_).front());
  write_bytes(segments_of(phone_).front(), "rubbish");
  auto before = snapshot(folder_);
  desk_.write("a", "x");
  desk_.sync(folder_);
  auto after = snapshot(folder_);
  const auto is_own = [&](const auto& file) { return file.first.starts_with(own); };
  std::erase_if(before, is_own);
  std::erase_if(after, is_own);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace tidemark::test
