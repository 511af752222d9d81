// Which group a device is of, and how groups that did not know of each other become one.
#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/api/member.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr std::int64_t kStart = 1'700'000'000'000;
constexpr std::int64_t kDay = 24LL * 3600 * 1000;

class FolderGroups : public testing::Test {
 protected:
  std::filesystem::path folder(const std::string& name = "folder") {
    const auto path = home_.path() / name;
    std::filesystem::create_directories(path);
    return path;
  }
  Member member(const std::string& name, std::int64_t created_ms) {
    return Member(home_.path(), name, created_ms);
  }
  static ErrorCode code_of(const std::function<void()>& call) {
    try {
      call();
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty()) << error.what();
      return error.code();
    }
    ADD_FAILURE() << "nothing was refused";
    return ErrorCode::stopped;
  }
  static void expect_equal(Member& a, Member& b) {
    EXPECT_EQ(a.group(), b.group());
    EXPECT_EQ(a.digest().cursors, b.digest().cursors);
    EXPECT_EQ(a.digest().tables, b.digest().tables);
    EXPECT_EQ(a.rows(), b.rows());
  }

  TempDir home_;
};

TEST_F(FolderGroups, TheFirstDeviceWritesItsMarkerBeforeItPublishes) {
  auto desk = member("desk", kStart);
  write_bytes(folder() / "l", "a file where the segments would go");
  EXPECT_ANY_THROW(desk.sync(folder()));
  EXPECT_TRUE(std::filesystem::exists(folder() / (to_text(desk.group()) + ".tmgroup")));
}

TEST_F(FolderGroups, TheSecondDeviceTakesTheGroupOfTheFolder) {
  auto desk = member("desk", kStart + 5);
  auto laptop = member("laptop", kStart);
  desk.write("a", "of the desk");
  laptop.write("b", "of the laptop");
  desk.sync(folder());
  const GroupId group = desk.group();
  laptop.sync(folder());
  desk.sync(folder());
  EXPECT_EQ(laptop.group(), group) << "an older group that nobody has seen does not count";
  expect_equal(desk, laptop);
  EXPECT_EQ(desk.rows().size(), 2U);
}

/// Copies that did not know of each other meet: whoever comes first, all end in the oldest group.
TEST_F(FolderGroups, CopiesThatBeganApartBecomeOneGroupInWhateverOrderTheyMeet) {
  std::array<std::size_t, 3> order{0, 1, 2};
  do {
    const TempDir home;
    SCOPED_TRACE(std::to_string(order[0]) + std::to_string(order[1]) + std::to_string(order[2]));
    std::array<Member, 3> members{Member(home.path(), "desk", kStart + 1),
                                  Member(home.path(), "laptop", kStart),
                                  Member(home.path(), "phone", kStart + 2)};
    std::array<std::filesystem::path, 3> copies;
    for (std::size_t i = 0; i < 3; ++i) {
      copies[i] = home.path() / ("copy" + std::to_string(i));
      std::filesystem::create_directories(copies[i]);
      members[i].write("own" + std::to_string(i), "x");
      members[i].write("same", "of " + std::to_string(i));
      members[i].sync(copies[i]);
    }
    const GroupId oldest = members[1].group();
    for (int round = 0; round < 5; ++round) {
      for (const auto i : order) {
        for (const auto& from : copies) carry_all(from, copies[i]);
        members[i].sync(copies[i]);
      }
    }
    for (auto& one : members) {
      EXPECT_EQ(one.group(), oldest);
      expect_equal(one, members[0]);
      EXPECT_EQ(one.rows().size(), 4U);
    }
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(FolderGroups, AChangeOfGroupRemovesTheOwnFilesOfTheOldOne) {
  auto desk = member("desk", kStart);
  auto laptop = member("laptop", kStart + 1);
  desk.sync(folder("a"));
  laptop.sync(folder("b"));
  const auto old = snapshot(folder("b") / "l");
  carry_all(folder("a"), folder("b"));
  laptop.sync(folder("b"));
  for (const auto& [path, bytes] : old) EXPECT_FALSE(snapshot(folder("b") / "l").contains(path));
}

TEST_F(FolderGroups, AFolderThatWasAwayWhileTheGroupChangedGetsAllEntriesAgain) {
  auto desk = member("desk", kStart);
  auto laptop = member("laptop", kStart + 1);
  laptop.write("a", "x");
  laptop.sync(folder("here"));
  laptop.sync(folder("stick"));
  std::filesystem::rename(folder("stick"), home_.path() / "unplugged");
  desk.sync(folder("desk"));
  carry_all(folder("desk"), folder("here"));
  laptop.sync(folder("here"));
  ASSERT_EQ(laptop.group(), desk.group());
  EXPECT_EQ(code_of([&] { laptop.sync(home_.path() / "stick"); }), ErrorCode::folder_missing);
  std::filesystem::rename(home_.path() / "unplugged", home_.path() / "stick");
  laptop.sync(folder("stick"));
  desk.sync(folder("stick"));
  laptop.sync(folder("stick"));
  expect_equal(desk, laptop);
  EXPECT_EQ(desk.rows().size(), 1U);
}

TEST_F(FolderGroups, JoinTakesTheGroupOfTheFolder) {
  auto desk = member("desk", kStart + 1);
  auto laptop = member("laptop", kStart);
  desk.sync(folder());
  laptop.join(folder());
  EXPECT_EQ(laptop.group(), desk.group());
}

TEST_F(FolderGroups, JoinWaitsForAFolderThatHoldsNoGroup) {
  auto desk = member("desk", kStart);
  auto laptop = member("laptop", kStart);
  EXPECT_EQ(code_of([&] { laptop.join(folder()); }), ErrorCode::folder_unmarked);
  const auto report = laptop.sync(folder());
  EXPECT_EQ(report.peer.state, "waiting");
  EXPECT_EQ(report.peer.code, ErrorCode::folder_unmarked);
  EXPECT_TRUE(snapshot(folder()).empty()) << "who waits writes nothing";
  desk.sync(folder());
  EXPECT_EQ(laptop.sync(folder()).peer.state, "current");
  EXPECT_EQ(laptop.group(), desk.group());
}

class TwoHouseholds : public FolderGroups {
 protected:
  void SetUp() override {
    for (auto* one : {&desk_, &laptop_}) one->sync(folder("ours"));
    desk_.sync(folder("ours"));
    for (auto* one : {&aunt_, &uncle_}) one->sync(folder("theirs"));
    aunt_.sync(folder("theirs"));
  }
  void pass(std::int64_t ms) {
    for (auto* one : {&desk_, &laptop_, &aunt_, &uncle_}) one->clock.pass(ms);
  }
  Member desk_ = member("desk", kStart);
  Member laptop_ = member("laptop", kStart + 1);
  Member aunt_ = member("aunt", kStart + 2);
  Member uncle_ = member("uncle", kStart + 3);
};

TEST_F(TwoHouseholds, ThatHaveLivedForAWeekAreNotJoinedUnasked) {
  pass(8 * kDay);
  const GroupId before = aunt_.group();
  carry_all(folder("ours"), folder("theirs"));
  const auto files = snapshot(folder("theirs"));
  EXPECT_EQ(code_of([&] { aunt_.sync(folder("theirs")); }), ErrorCode::groups_conflict);
  EXPECT_EQ(aunt_.group(), before);
  EXPECT_EQ(snapshot(folder("theirs")), files);
  ASSERT_EQ(aunt_.status().peers.size(), 1U);
  EXPECT_EQ(aunt_.status().peers.front().state, "blocked");
  EXPECT_EQ(aunt_.status().peers.front().code, ErrorCode::groups_conflict);
}

TEST_F(TwoHouseholds, TheEarlierOfTwoGroupsGoesOnBesideTheOther) {
  pass(8 * kDay);
  carry_all(folder("theirs"), folder("ours"));
  desk_.write("a", "x");
  const auto report = desk_.sync(folder("ours"));
  EXPECT_FALSE(report.peer.code);
  EXPECT_GT(report.pushed, 0U);
  EXPECT_GE(report.files.at("foreign"), 2U);
  laptop_.sync(folder("ours"));
  desk_.sync(folder("ours"));
  expect_equal(desk_, laptop_);
}

TEST_F(TwoHouseholds, ThatAreYoungBecomeOne) {
  pass(6 * kDay);
  aunt_.write("a", "x");
  carry_all(folder("ours"), folder("theirs"));
  for (int round = 0; round < 2; ++round) {
    for (auto* one : {&aunt_, &uncle_, &desk_, &laptop_}) one->sync(folder("theirs"));
  }
  for (auto* one : {&aunt_, &uncle_, &laptop_}) expect_equal(desk_, *one);
  EXPECT_EQ(desk_.rows().size(), 1U);
}

TEST_F(TwoHouseholds, AreJoinedWhenTheUserAsks) {
  pass(8 * kDay);
  carry_all(folder("ours"), folder("theirs"));
  aunt_.join(folder("theirs"));
  EXPECT_EQ(aunt_.group(), desk_.group());
}

}  // namespace
}  // namespace tidemark::test
