#include "oplog/cursor_watch.h"

#include <atomic>
#include <future>
#include <thread>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

using Kind = CursorsEvent::Kind;

PeerId peer(unsigned number) {
  return {{std::byte{static_cast<unsigned char>(number)}}};
}

PeerCursors at(unsigned number, std::uint64_t next) {
  PeerCursors one;
  one.advance(peer(number), EntryIndex{next});
  return one;
}

TEST(CursorWatch, TheSnapshotComesFirstEvenIfEmpty) {
  CursorWatch watch{PeerCursors()};
  const auto event = watch.poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::snapshot);
  EXPECT_TRUE(event->cursors.empty());
  EXPECT_FALSE(watch.poll()) << "nothing has moved";
}

TEST(CursorWatch, AnAdvanceBeforeTheFirstReadIsInTheSnapshot) {
  CursorWatch watch(at(1, 5));
  watch.advance(at(2, 3));
  PeerCursors expected = at(1, 5);
  expected.merge(at(2, 3));
  EXPECT_EQ(watch.poll()->cursors, expected);
  EXPECT_FALSE(watch.poll());
}

TEST(CursorWatch, AdvancesOfManyStepsMergeIntoOneEvent) {
  CursorWatch watch{PeerCursors()};
  watch.poll();
  for (std::uint64_t i = 1; i <= 100; ++i) watch.advance(at(1, i));
  watch.advance(at(1, 50));
  const auto event = watch.poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, Kind::advanced);
  EXPECT_EQ(event->cursors, at(1, 100));
  EXPECT_FALSE(watch.poll());
}

TEST(CursorWatch, AnEventNamesOnlyWhatMovedSinceTheLast) {
  CursorWatch watch(at(1, 5));
  watch.poll();
  watch.advance(at(2, 1));
  EXPECT_EQ(watch.poll()->cursors, at(2, 1));
}

TEST(CursorWatch, WaitReturnsWhenStopped) {
  CursorWatch watch{PeerCursors()};
  watch.poll();
  std::stop_source stop;
  auto waiting = std::async(std::launch::async, [&] { return watch.wait(stop.get_token()); });
  stop.request_stop();
  EXPECT_FALSE(waiting.get());
}

TEST(CursorWatch, WaitIsWokenByAnAdvance) {
  CursorWatch watch{PeerCursors()};
  watch.poll();
  auto waiting = std::async(std::launch::async, [&] { return watch.wait({}); });
  watch.advance(at(1, 1));
  const auto event = waiting.get();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->cursors, at(1, 1));
}

TEST(CursorWatch, AClosedWatchGivesWhatIsLeftThenNone) {
  CursorWatch watch(at(1, 5));
  watch.advance(at(1, 6));
  watch.close();
  EXPECT_EQ(watch.wait({})->cursors, at(1, 6));
  EXPECT_FALSE(watch.wait({}));
}

TEST(CursorWatchers, TheirEndClosesEveryWatch) {
  std::shared_ptr<CursorWatch> watch;
  {
    CursorWatchers watchers;
    watch = watchers.watch({});
  }
  EXPECT_EQ(watch->wait({})->kind, Kind::snapshot);
  EXPECT_FALSE(watch->wait({}));
}

TEST(CursorWatchers, EveryLiveWatchIsTold) {
  CursorWatchers watchers;
  const auto a = watchers.watch({});
  const auto b = watchers.watch(at(1, 1));
  watchers.watch({}).reset();  // whose reader has gone
  watchers.announce(at(1, 2));
  EXPECT_EQ(a->poll()->cursors, at(1, 2));
  EXPECT_EQ(b->poll()->cursors, at(1, 2));
}

TEST(CursorWatchers, AnEmptyDeltaWakesNobody) {
  CursorWatchers watchers;
  const auto watch = watchers.watch({});
  watch->poll();
  watchers.announce({});
  EXPECT_FALSE(watch->poll());
}

// A log under load: writers advance one origin each, as fast as they can, a watch subscribes in
// the middle. Whatever was merged on the way, folding its events must end at the final cursors.
TEST(CursorWatchers, NoAdvanceIsLostBetweenSnapshotAndEventsUnderThreads) {
  constexpr unsigned kWriters = 3;
  constexpr std::uint64_t kSteps = 20'000;
  CursorWatchers watchers;
  std::mutex mutex;  // the log's: reading its cursors and subscribing is one step
  PeerCursors log;
  std::shared_ptr<CursorWatch> watch;
  std::vector<std::jthread> writers;
  for (unsigned w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (std::uint64_t i = 1; i <= kSteps; ++i) {
        const std::scoped_lock lock(mutex);
        log.advance(peer(w), EntryIndex{i});
        watchers.announce(at(w, i));
      }
    });
  }
  {
    const std::scoped_lock lock(mutex);
    watch = watchers.watch(log);
  }
  PeerCursors final;
  for (unsigned w = 0; w < kWriters; ++w) final.merge(at(w, kSteps));
  PeerCursors folded;
  bool first = true;
  while (!folded.covers(final)) {
    const auto event = watch->wait({});
    ASSERT_TRUE(event);
    ASSERT_EQ(event->kind == Kind::snapshot, first);
    first = false;
    const PeerCursors before = folded;
    folded.merge(event->cursors);
    ASSERT_TRUE(before < folded || event->kind == Kind::snapshot) << "an event without news";
  }
  EXPECT_EQ(folded, final);
}

TEST(CursorWatch, AMillionAdvancesUnderASlowReaderStayBoundedByTheOrigins) {
  constexpr unsigned kOrigins = 8;
  constexpr std::uint64_t kAdvances = 1'000'000;
  CursorWatch watch{PeerCursors()};
  std::atomic<bool> done = false;
  std::jthread writer([&] {
    for (std::uint64_t i = 0; i < kAdvances; ++i) {
      watch.advance(at(static_cast<unsigned>(i % kOrigins), i / kOrigins + 1));
    }
    done = true;
  });
  // Slow: reads once at the beginning and once when all is over.
  EXPECT_EQ(watch.wait({})->kind, Kind::snapshot);
  writer.join();
  ASSERT_TRUE(done);
  const auto event = watch.poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->cursors.size(), kOrigins);
  for (const auto& [origin, next] : event->cursors) {
    EXPECT_EQ(to_number(next), kAdvances / kOrigins);
  }
  EXPECT_FALSE(watch.poll()) << "a million advances were more than one event";
}

}  // namespace
}  // namespace tidemark
