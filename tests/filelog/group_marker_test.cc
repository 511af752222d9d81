#include "filelog/group_marker.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::OriginWriter;
using test::plain_group;
using test::say;
using test::StorageCall;

class GroupMarkerTest : public testing::Test {
 protected:
  std::vector<FoundGroup> find() {
    FolderScan scan(storage_, clock_, group_of(1));
    scan.refresh();
    return find_groups(storage_, scan);
  }
  Bytes marker(std::uint8_t number) {
    const auto bytes = proto::encode(plain_group(number));
    return {bytes.begin(), bytes.end()};
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
};

TEST_F(GroupMarkerTest, IsFoundAgain) {
  write_marker(storage_, plain_group());
  const auto groups = find();
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].id, group_of());
  EXPECT_EQ(groups[0].spec, plain_group());
  EXPECT_TRUE(groups[0].marked);
}

TEST_F(GroupMarkerTest, ConflictCopiesCountWhateverTheirName) {
  storage_.put(marker_name(group_of()) + " (1)", marker(1));
  storage_.put("renamed by someone", marker(2));
  const auto groups = find();
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].id, group_of(1));
  EXPECT_FALSE(groups[0].marked);
  EXPECT_EQ(groups[1].id, group_of(2));
}

TEST_F(GroupMarkerTest, TheNameAloneMakesNoGroup) {
  storage_.put(marker_name(group_of()), Bytes(96, std::byte{'x'}));
  storage_.put("y.tmgroup", Bytes(20));
  EXPECT_TRUE(find().empty());
}

TEST_F(GroupMarkerTest, GroupsComeInTheOrderOfAdoption) {
  write_marker(storage_, plain_group(3));
  write_marker(storage_, plain_group(1));
  write_marker(storage_, plain_group(2));
  OriginWriter unmarked(group_of(9));
  test::deliver(storage_, unmarked.origin(), say(unmarked, {1}));
  const auto groups = find();
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0].id, group_of(1));
  EXPECT_EQ(groups[1].id, group_of(2));
  EXPECT_EQ(groups[2].id, group_of(3));
  EXPECT_EQ(groups[3].id, group_of(9));
  EXPECT_EQ(groups[3].spec, std::nullopt);
}

TEST_F(GroupMarkerTest, CountsSegmentsAndOriginsOfEachGroup) {
  OriginWriter a(group_of(1), 1);
  OriginWriter b(group_of(1), 2);
  OriginWriter c(group_of(2), 3);
  test::deliver(storage_, a.origin(), say(a, {1}));
  test::deliver(storage_, a.origin(), say(a, {1}));
  test::deliver(storage_, b.origin(), say(b, {1}));
  test::deliver(storage_, c.origin(), say(c, {1}));
  for (const FoundGroup& group : find()) {
    EXPECT_EQ(group.segments, group.id == group_of(1) ? 3U : 1U);
    EXPECT_EQ(group.origins, group.id == group_of(1) ? 2U : 1U);
  }
}

TEST_F(GroupMarkerTest, IsWrittenAgainWhenDamaged) {
  write_marker(storage_, plain_group());
  storage_.flip(marker_name(group_of()), 20);
  write_marker(storage_, plain_group());
  EXPECT_EQ(storage_.bytes(marker_name(group_of())), marker(1));
}

TEST_F(GroupMarkerTest, IsLeftAloneWhenWhole) {
  write_marker(storage_, plain_group());
  storage_.fail(StorageCall::replace);
  EXPECT_NO_THROW(write_marker(storage_, plain_group()));
}

TEST_F(GroupMarkerTest, AnUnreadableOneIsAsIfItHadNotArrived) {
  write_marker(storage_, plain_group());
  storage_.fail(StorageCall::open);
  EXPECT_TRUE(find().empty());
}

TEST_F(GroupMarkerTest, ACrashWhileWritingIsHealedByWritingAgain) {
  storage_.crash_after(40);
  EXPECT_THROW(write_marker(storage_, plain_group()), test::Crash);
  EXPECT_TRUE(find().empty());
  write_marker(storage_, plain_group());
  EXPECT_EQ(find().size(), 1U);
}

}  // namespace
}  // namespace tidemark::filelog
