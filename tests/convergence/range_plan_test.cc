#include "convergence/range_plan.h"

#include <map>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

PeerId id(unsigned number) {
  PeerId id;
  id.bytes[0] = static_cast<std::byte>(number);
  return id;
}

PeerCursors at(std::map<unsigned, std::uint64_t> cursors) {
  PeerCursors all;
  for (const auto& [number, next] : cursors) all.advance(id(number), EntryIndex{next});
  return all;
}

TEST(RangePlan, IsWhatIsOfferedBeyondWhatIsHere) {
  const auto ranges = plan_ranges(at({{1, 5}, {2, 3}}), at({{1, 5}, {2, 7}, {3, 1}}), 10);
  EXPECT_EQ(ranges, (std::vector<OriginRange>{{id(2), EntryIndex{3}, EntryIndex{7}},
                                              {id(3), EntryIndex{0}, EntryIndex{1}}}));
}

TEST(RangePlan, IsEmptyWhenAllIsHere) {
  EXPECT_TRUE(plan_ranges(at({{1, 5}}), at({{1, 5}}), 10).empty());
  EXPECT_TRUE(plan_ranges(at({{1, 5}}), {}, 10).empty());
}

TEST(RangePlan, KeepsToTheBound) {
  EXPECT_EQ(plan_ranges({}, at({{1, 1}, {2, 1}, {3, 1}}), 2).size(), 2U);
}

TEST(RangePlan, BeginsAfterTheOriginThatWasServedLastAndGoesRound) {
  const PeerCursors offered = at({{1, 1}, {2, 1}, {3, 1}});
  const auto ranges = plan_ranges({}, offered, 3, id(1));
  EXPECT_EQ(ranges[0].origin, id(2));
  EXPECT_EQ(ranges[1].origin, id(3));
  EXPECT_EQ(ranges[2].origin, id(1));
  EXPECT_EQ(plan_ranges({}, offered, 1, id(3))[0].origin, id(1));
}

TEST(RangePlan, NoOriginStarvesEvenIfOthersComeAndGo) {
  std::map<unsigned, int> served;
  std::optional<PeerId> after;
  for (unsigned round = 0; round < 300; ++round) {
    std::map<unsigned, std::uint64_t> offered = {{10, 1}, {20, 1}, {30, 1}};
    offered[round % 9 + 11] = 1;  // a newcomer each time
    const auto ranges = plan_ranges({}, at(offered), 1, after);
    ASSERT_EQ(ranges.size(), 1U);
    after = ranges[0].origin;
    ++served[std::to_integer<unsigned>(after->bytes[0])];
  }
  // Twelve origins take part at all: each has its turn at least every twelfth time.
  for (const unsigned steady : {10U, 20U, 30U}) EXPECT_GE(served[steady], 300 / 12) << steady;
}

}  // namespace
}  // namespace tidemark
