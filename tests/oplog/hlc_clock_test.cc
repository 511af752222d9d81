#include "oplog/hlc_clock.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"

namespace tidemark {
namespace {

constexpr std::int64_t kNow = 1'700'000'000'000;

constexpr Hlc at(std::int64_t ms, std::uint64_t counter = 0) {
  return Hlc{(static_cast<std::uint64_t>(ms) << 16) + counter};
}

TEST(HlcClock, TicksAtTheCapturedTime) {
  HlcClock clock;
  EXPECT_EQ(clock.tick(kNow), at(kNow));
  EXPECT_EQ(clock.tick(kNow + 5), at(kNow + 5));
  EXPECT_EQ(clock.last(), at(kNow + 5));
}

TEST(HlcClock, CountsWithinAMillisecond) {
  HlcClock clock;
  clock.tick(kNow);
  EXPECT_EQ(clock.tick(kNow), at(kNow, 1));
}

TEST(HlcClock, RisesWhenTheWallClockIsSetBack) {
  HlcClock clock;
  clock.tick(kNow);
  EXPECT_EQ(clock.tick(kNow - 1'000'000), at(kNow, 1));
}

TEST(HlcClock, AFullCounterCarriesIntoTheTime) {
  HlcClock clock(at(kNow, 0xFFFF));
  EXPECT_EQ(clock.tick(kNow), at(kNow + 1));
}

TEST(HlcClock, ContinuesFromItsPersistedState) {
  HlcClock before;
  before.tick(kNow);
  EXPECT_GT(HlcClock(before.last()).tick(0), before.last());
}

TEST(HlcClock, AnyTimeThatACaptureCanBearIsTicked) {
  HlcClock clock;
  EXPECT_EQ(clock.tick(std::numeric_limits<std::int64_t>::min()), Hlc{1});
  EXPECT_LT(clock.tick(std::numeric_limits<std::int64_t>::max()).bits, kHlcEnd);
}

TEST(HlcClock, TheEndOfTheRangeIsAnErrorAndDoesNotMoveTheClock) {
  HlcClock clock(Hlc{kHlcEnd - 1});
  try {
    clock.tick(kNow);
    FAIL() << "ticked past the end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::clock_exhausted);
    EXPECT_FALSE(error.hint().empty());
  }
  EXPECT_EQ(clock.last(), Hlc{kHlcEnd - 1});
}

TEST(HlcClock, WhatWasSeenIsBelowWhatIsWrittenNext) {
  HlcClock clock;
  EXPECT_EQ(clock.observe(at(kNow + 60'000, 3), kNow), 0);
  EXPECT_EQ(clock.tick(kNow), at(kNow + 60'000, 4));
}

TEST(HlcClock, AnOlderStampMovesNothing) {
  HlcClock clock(at(kNow));
  EXPECT_EQ(clock.observe(at(kNow - 10), kNow), 0);
  EXPECT_EQ(clock.last(), at(kNow));
}

TEST(HlcClock, ASkewedPeerMovesItByFiveMinutesAtMostAndIsReported) {
  HlcClock clock(at(kNow));
  EXPECT_EQ(clock.observe(at(kNow + kClockSkewMsMax), kNow), 0);
  EXPECT_EQ(clock.last(), at(kNow + kClockSkewMsMax));
  EXPECT_EQ(clock.observe(at(kNow + kClockSkewMsMax + 86'400'000), kNow), 86'400'000);
  EXPECT_EQ(clock.last(), at(kNow + kClockSkewMsMax));
}

TEST(HlcClock, NoStampOfAPeerBringsItNearTheEnd) {
  HlcClock clock;
  EXPECT_GT(clock.observe(Hlc{~std::uint64_t{0}}, kNow), 0);
  EXPECT_EQ(clock.tick(kNow), at(kNow + kClockSkewMsMax, 1));
}

RC_GTEST_PROP(HlcClock, RisesStrictlyWhateverItMeets, (std::vector<std::int64_t> times)) {
  HlcClock clock;
  Hlc last;
  for (const std::int64_t ms : times) {
    const std::int64_t wall = ms % (std::int64_t{1} << 40);
    clock.observe(Hlc{static_cast<std::uint64_t>(ms)}, wall);
    const Hlc issued = clock.tick(wall);
    RC_ASSERT(issued > last);
    RC_ASSERT(issued.bits < kHlcEnd);
    last = issued;
  }
}

}  // namespace
}  // namespace tidemark
