#include "convergence/pull_step.h"

#include <gtest/gtest.h>

#include "convergence/range_plan.h"
#include "tests/convergence/scripted_logs.h"

namespace tidemark {
namespace {

using test::OriginWriter;
using Outcome = Applied::Outcome;
using Kind = OriginTrouble::Kind;

class PullStepTest : public testing::Test {
 protected:
  Step pull(const ReadLimits& limits = {}) {
    return pull_step(from_, into_, plan_ranges(into_.cursors(), from_.cursors(), 100), limits);
  }

  test::ScriptedSource from_{test::test_group()};
  test::CountingTarget into_{test::test_group()};
};

TEST_F(PullStepTest, BringsAllOriginsInOneTransaction) {
  test::fill(from_.log, 3, 6);
  const Step step = pull();
  EXPECT_EQ(step.entries, 18U);
  EXPECT_EQ(step.frames, 6U);
  EXPECT_GT(step.bytes, 0U);
  EXPECT_TRUE(step.drained);
  EXPECT_TRUE(step.troubles.empty());
  EXPECT_EQ(into_.transactions, 1);
  EXPECT_EQ(into_.cursors(), from_.cursors());
}

TEST_F(PullStepTest, NothingToDoIsNoTransaction) {
  const Step step = pull();
  EXPECT_TRUE(step.drained);
  EXPECT_EQ(step.entries, 0U);
  EXPECT_EQ(into_.transactions, 0);
}

TEST_F(PullStepTest, ContinuesInTheMiddleOfAFrame) {
  auto writers = test::fill(from_.log, 1, 7);
  const Frame part = writers[0].joined(0, 4);
  into_.log.apply(std::span(&part, 1));
  const Step step = pull();
  EXPECT_EQ(step.entries, 3U);
  EXPECT_EQ(into_.cursors(), from_.cursors());
}

TEST_F(PullStepTest, LimitsAreSharedBetweenOrigins) {
  const auto writers = test::fill(from_.log, 4, 30);
  const Step step = pull({24, 1 << 20});
  EXPECT_FALSE(step.drained);
  EXPECT_EQ(step.entries, 24U);
  for (const OriginWriter& writer : writers) {
    EXPECT_EQ(into_.cursor(writer.origin()), EntryIndex{6});
  }
}

TEST_F(PullStepTest, WhatOneOriginDoesNotUseOthersGet) {
  auto writers = test::fill(from_.log, 2, 30);
  const Frame most = writers[0].joined(0, 27);
  const PeerId first = plan_ranges({}, from_.cursors(), 1)[0].origin;
  into_.log.apply(std::span(&most, 1));
  const Step step = pull({24, 1 << 20});
  const bool short_one_first = first == writers[0].origin();
  EXPECT_EQ(step.entries, short_one_first ? 24U : 15U);
}

TEST_F(PullStepTest, StopsReadingWhenTheBatchIsFull) {
  test::fill(from_.log, 5, 3);
  const Step step = pull({1000, 1});
  EXPECT_EQ(from_.reads.size(), 1U);
  EXPECT_FALSE(step.drained);
  EXPECT_EQ(step.last_served, from_.reads.back());
  EXPECT_EQ(step.entries, 3U) << "one frame at least";
}

TEST_F(PullStepTest, AnOriginThatCanNotBeReadStopsNoOther) {
  const auto writers = test::fill(from_.log, 3, 3);
  from_.broken.insert(writers[1].origin());
  const Step step = pull();
  EXPECT_EQ(step.entries, 6U);
  ASSERT_EQ(step.troubles.size(), 1U);
  EXPECT_EQ(step.troubles[0].origin, writers[1].origin());
  EXPECT_EQ(step.troubles[0].kind, Kind::unreadable);
  EXPECT_EQ(step.troubles[0].code, ErrorCode::io_failed);
  EXPECT_FALSE(step.troubles[0].reason.empty());
}

TEST_F(PullStepTest, EveryRefusalIsToldOnceAndStopsNoOther) {
  for (const Outcome outcome : {Outcome::gap, Outcome::fork, Outcome::invalid, Outcome::foreign,
                                Outcome::waiting, Outcome::closed}) {
    test::ScriptedSource from(test::test_group());
    test::CountingTarget into(test::test_group());
    const auto writers = test::fill(from.log, 3, 9);
    into.refusals[writers[0].origin()] = outcome;
    const Step step = pull_step(from, into, plan_ranges({}, from.cursors(), 100), ReadLimits{});
    EXPECT_EQ(step.entries, 18U) << to_text(outcome);
    ASSERT_EQ(step.troubles.size(), 1U) << to_text(outcome);
    EXPECT_EQ(step.troubles[0].origin, writers[0].origin());
    EXPECT_EQ(step.troubles[0].kind, Kind::refused);
    EXPECT_EQ(step.troubles[0].applied, (Applied{outcome, EntryIndex{0}, EntryIndex{0}, 0}));
  }
}

TEST_F(PullStepTest, ADuplicateIsNoTrouble) {
  auto writers = test::fill(from_.log, 1, 3);
  const Frame all = writers[0].joined(0, 3);
  const std::vector<OriginRange> ranges = {{writers[0].origin(), EntryIndex{0}, EntryIndex{3}}};
  into_.log.apply(std::span(&all, 1));
  const Step step = pull_step(from_, into_, ranges, {});
  EXPECT_EQ(step.entries, 0U);
  EXPECT_TRUE(step.troubles.empty());
}

TEST_F(PullStepTest, WhatIsOfferedButNotGivenIsTold) {
  PeerId ghost;
  ghost.bytes[0] = std::byte{9};
  from_.boasts.advance(ghost, EntryIndex{5});
  test::fill(from_.log, 1, 3);
  const Step step = pull();
  EXPECT_EQ(step.entries, 3U);
  ASSERT_EQ(step.troubles.size(), 1U);
  EXPECT_EQ(step.troubles[0].kind, Kind::withheld);
}

TEST_F(PullStepTest, WhereThereAreNoFramesEntriesArePulled) {
  test::fill(from_.log, 2, 5);
  from_.entries_only = true;
  const Step step = pull();
  EXPECT_EQ(step.entries, 10U);
  EXPECT_TRUE(step.drained);
  EXPECT_EQ(into_.cursors(), from_.cursors());
}

TEST_F(PullStepTest, AnEntryThatIsRefusedEndsItsOriginOnly) {
  auto writers = test::fill(from_.log, 2, 4);
  OriginWriter clone = writers[0];
  from_.entries_only = true;
  const std::vector<OriginRange> ranges = {{writers[0].origin(), EntryIndex{2}, EntryIndex{4}},
                                           {writers[1].origin(), EntryIndex{0}, EntryIndex{4}}};
  const Step step = pull_step(from_, into_, ranges, {});
  EXPECT_EQ(step.entries, 4U);
  ASSERT_EQ(step.troubles.size(), 1U);
  EXPECT_EQ(step.troubles[0].applied.outcome, Outcome::gap);
}

TEST_F(PullStepTest, AStoreThatFailsIsAFailure) {
  test::fill(from_.log, 1, 3);
  into_.fails = true;
  EXPECT_THROW(pull(), Error);
  EXPECT_TRUE(into_.cursors().empty());
}

}  // namespace
}  // namespace tidemark
