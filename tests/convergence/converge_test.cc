#include "convergence/converge.h"

#include <deque>

#include <gtest/gtest.h>

#include "filelog/file_log_replica.h"
#include "oplog/error.h"
#include "tests/convergence/scripted_logs.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/seeded_rng.h"

namespace tidemark {
namespace {

using test::OriginWriter;
using Outcome = Applied::Outcome;
using Kind = OriginTrouble::Kind;

class ConvergeTest : public testing::Test {
 protected:
  RunReport run(const PullOptions& options = {}) { return pull(from_, into_, options); }

  test::ScriptedSource from_{test::test_group()};
  test::CountingTarget into_{test::test_group()};
};

TEST_F(ConvergeTest, PullsUntilAllIsHere) {
  test::fill(from_.log, 5, 20);
  const RunReport report = run({{7, 1 << 20}, 2});
  EXPECT_EQ(report.entries, 100U);
  EXPECT_EQ(into_.cursors(), from_.cursors());
  EXPECT_GT(report.steps, 10U);
  EXPECT_TRUE(report.troubles.empty());
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(run().steps, 0U);
}

TEST_F(ConvergeTest, OriginsInTroubleAreTriedOnceAndOthersArrive) {
  const auto writers = test::fill(from_.log, 4, 20);
  into_.refusals[writers[0].origin()] = Outcome::closed;
  into_.refusals[writers[1].origin()] = Outcome::fork;
  from_.broken.insert(writers[2].origin());
  const RunReport report = run({{6, 1 << 20}, 64});
  EXPECT_EQ(report.entries, 20U);
  EXPECT_EQ(report.troubles.size(), 3U);
  EXPECT_EQ(std::ranges::count(from_.reads, writers[0].origin()), 1);
}

TEST_F(ConvergeTest, OriginsThatTheTargetDoesNotTakeAreNotRead) {
  const auto writers = test::fill(from_.log, 2, 3);
  into_.unwelcome.insert(writers[0].origin());
  std::uint64_t total = 0;
  const RunReport report =
      pull(from_, into_, {}, {}, [&](const RunProgress& now) { total = now.entries_total; });
  EXPECT_EQ(report.entries, 3U);
  EXPECT_EQ(total, 3U);
  EXPECT_EQ(std::ranges::count(from_.reads, writers[0].origin()), 0);
}

TEST_F(ConvergeTest, ASourceThatGivesTheSameAgainAndAgainDoesNotHoldUs) {
  auto writers = test::fill(from_.log, 2, 6);
  const Frame old = writers[0].joined(0, 3);
  into_.log.apply(std::span(&old, 1));
  from_.replies[writers[0].origin()] = {old};
  const RunReport report = run();
  EXPECT_EQ(into_.cursor(writers[1].origin()), EntryIndex{6});
  ASSERT_EQ(report.troubles.size(), 1U);
  EXPECT_EQ(report.troubles[0].origin, writers[0].origin());
  EXPECT_EQ(report.troubles[0].kind, Kind::withheld);
}

TEST_F(ConvergeTest, StopsBetweenStepsWhenAskedTo) {
  test::fill(from_.log, 1, 30);
  std::stop_source stop;
  const RunReport report =
      pull(from_, into_, {{3, 1 << 20}, 64}, stop.get_token(), [&](const RunProgress& now) {
        if (now.entries >= 9) stop.request_stop();
      });
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.entries, 9U);
  EXPECT_EQ(run().entries, 21U) << "and goes on where it was";
}

TEST_F(ConvergeTest, TellsItsProgressAfterEachStep) {
  test::fill(from_.log, 1, 9);
  std::vector<std::uint64_t> seen;
  pull(from_, into_, {{3, 1 << 20}, 64}, {}, [&](const RunProgress& now) {
    EXPECT_EQ(now.entries_total, 9U);
    seen.push_back(now.entries);
  });
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{3, 6, 9}));
}

TEST_F(ConvergeTest, AStoreThatFailsEndsTheRun) {
  test::fill(from_.log, 1, 9);
  into_.fails = true;
  EXPECT_THROW(run(), Error);
}

// A device, seen from its folder: an own log, and everyone's.
struct Peer {
  Peer(test::FakeClock& clock, std::uint8_t number)
      : writer(test::test_group(), number),
        storage(clock),
        folder({&storage, &clock, test::test_group(), writer.origin(), &ledger, false}) {}

  void say(std::uint32_t count) {
    const Frame said = writer.frame(count);
    oplog.apply(std::span(&said, 1));
  }

  OriginWriter writer;
  test::FaultyStorage storage;
  test::MemoryLedger ledger;
  test::MemoryLog oplog{test::test_group()};
  FileLogReplica folder;
};

TEST(Converge, PublishesToTheEndAndGoesOnAfterAFailure) {
  test::FakeClock clock;
  Peer peer(clock, 1);
  peer.say(30);
  peer.storage.fail(test::StorageCall::write_new, 1, 3);
  EXPECT_THROW(publish(peer.oplog, peer.folder, peer.folder.extent(), {3, 1 << 20}), Error);
  EXPECT_EQ(peer.folder.extent(), EntryIndex{9});
  std::uint64_t total = 0;
  const RunReport report = publish(peer.oplog, peer.folder, peer.folder.extent(), {3, 1 << 20}, {},
                                   [&](const RunProgress& now) { total = now.entries_total; });
  EXPECT_EQ(report.entries, 21U);
  EXPECT_EQ(total, 21U);
  EXPECT_EQ(peer.folder.extent(), EntryIndex{30});
  EXPECT_EQ(publish(peer.oplog, peer.folder, peer.folder.extent()).steps, 0U);
}

TEST(Converge, PublishingStopsWhenAskedTo) {
  test::FakeClock clock;
  Peer peer(clock, 1);
  peer.say(30);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(
      publish(peer.oplog, peer.folder, EntryIndex{0}, kPublishCut, stop.get_token()).stopped);
  EXPECT_EQ(peer.folder.extent(), EntryIndex{0});
}

TEST(Converge, PublishingEndsAtARefusal) {
  test::FakeClock clock;
  Peer peer(clock, 1);
  peer.say(30);
  const RunReport report = publish(peer.oplog, peer.folder, EntryIndex{5});
  ASSERT_EQ(report.troubles.size(), 1U);
  EXPECT_EQ(report.steps, 1U);
}

// Three devices, each with a copy of the folder; a client carries files between the copies in any
// order. At the end everyone has every log.
TEST(Converge, ThreeDevicesMeetThroughTheirCopiesOfAFolder) {
  for (const std::uint64_t seed : test::seeds(50)) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    test::SeededRng rng(seed);
    test::FakeClock clock;
    std::deque<Peer> peers;
    for (std::uint8_t number = 1; number <= 3; ++number) peers.emplace_back(clock, number);
    const auto carry = [&](unsigned percent) {
      for (Peer& from : peers) {
        for (Peer& to : peers) {
          for (const std::string& path : from.storage.paths()) {
            if (!to.storage.has(path) && rng.chance(percent)) {
              to.storage.put(path, from.storage.bytes(path));
            }
          }
        }
      }
    };
    const auto sync = [&](Peer& peer) {
      peer.folder.refresh();
      EXPECT_TRUE(pull(peer.folder, peer.oplog, {{5, 2000}, 2}).troubles.empty());
      publish(peer.oplog, peer.folder, peer.folder.extent(), {5, 1 << 20});
    };
    for (int round = 0; round < 15; ++round) {
      for (Peer& peer : peers) {
        if (rng.chance(60)) peer.say(1 + static_cast<std::uint32_t>(rng.below(6)));
        if (rng.chance(60)) sync(peer);
      }
      carry(30);
    }
    for (Peer& peer : peers) sync(peer);
    carry(100);
    for (Peer& peer : peers) sync(peer);
    for (Peer& peer : peers) {
      ASSERT_EQ(peer.oplog.cursors(), peers[0].oplog.cursors());
      ASSERT_EQ(peer.oplog.cursor(peer.writer.origin()), peer.writer.next());
      for (const Peer& other : peers) {
        ASSERT_EQ(peer.oplog.read_since(other.writer.origin(), EntryIndex{0}, {}),
                  other.writer.entries());
      }
    }
  }
}

}  // namespace
}  // namespace tidemark
