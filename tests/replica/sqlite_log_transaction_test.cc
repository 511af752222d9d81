#include "replica/sqlite_log_transaction.h"

#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "tests/replica/database.h"

namespace tidemark::replica {
namespace {

using proto::EntryView;

constexpr ReadLimits kAll{1'000'000, std::size_t{1} << 30};

// A log transaction at a time, on a database whose own log holds its genesis.
class SqliteLogTransactionTest : public testing::Test {
 protected:
  SqliteLogTransactionTest()
      : self_(database_.open()->self()),
        connection_({.path = database_.path(), .busy_ms = 0}),
        store_(connection_) {}

  LogContext context() { return {connection_, store_, database_.clock, database_.rng, self_}; }
  // Runs `work` in one transaction that is committed.
  template <typename Work>
  void commit(Work work) {
    const auto frames = store_.begin();
    SqliteLogTransaction log(context(), *frames);
    work(log);
    log.finish();
    log.save_clock();
    frames->commit();
  }
  static EntryIndex say(SqliteLogTransaction& log, std::string_view text, std::int64_t at = 0) {
    const auto tick = log.next_tick(at);
    log.append_local(tick, EntryKind::application, as_bytes(text));
    return tick.index;
  }
  std::vector<EntryView> own_entries() {
    opened_.clear();
    std::vector<EntryView> entries;
    for (const Frame& frame : store_.read(self_, EntryIndex{0}, kAll)) {
      opened_.push_back(proto::open(store_.group(), frame.bytes));
      EXPECT_EQ(opened_.back().reject, proto::FrameReject::none);
      const auto& views = opened_.back().entries;
      entries.insert(entries.end(), views.begin(), views.end());
    }
    return entries;
  }
  std::vector<IndexedEntry> own_indexed() {
    std::vector<IndexedEntry> entries;
    own_entries();
    for (const auto& opened : opened_) {
      for (std::size_t i = 0; i < opened.entries.size(); ++i) entries.push_back(opened.entry(i));
    }
    return entries;
  }
  OriginTail own_tail() { return store_.tail(self_).value(); }

  test::Database database_;
  PeerId self_;
  Connection connection_;
  SqliteFrameStore store_;
  std::vector<proto::OpenedFrame> opened_;
};

TEST_F(SqliteLogTransactionTest, AppendsOneTransactionWhoseLastEntryEndsIt) {
  commit([](SqliteLogTransaction& log) {
    EXPECT_EQ(say(log, "a"), EntryIndex{1});
    EXPECT_EQ(say(log, "b"), EntryIndex{2});
    EXPECT_EQ(say(log, "c"), EntryIndex{3});
  });
  const auto entries = own_entries();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(as_text(entries[3].payload), "c");
  EXPECT_TRUE(entries[0].commit);
  EXPECT_FALSE(entries[1].commit);
  EXPECT_FALSE(entries[2].commit);
  EXPECT_TRUE(entries[3].commit);
}

TEST_F(SqliteLogTransactionTest, OwnEntriesAreCompleteAndApplied) {
  commit([](SqliteLogTransaction& log) {
    say(log, "a");
    log.finish();
    const auto origins = log.origins();
    ASSERT_EQ(origins.size(), 1U);
    EXPECT_EQ(origins[0].next, EntryIndex{2});
    EXPECT_EQ(origins[0].complete, EntryIndex{2});
    EXPECT_EQ(origins[0].applied, EntryIndex{2});
  });
}

TEST_F(SqliteLogTransactionTest, EachFinishEndsATransaction) {
  commit([](SqliteLogTransaction& log) {
    say(log, "a");
    log.finish();
    say(log, "b");
  });
  const auto entries = own_entries();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_TRUE(entries[1].commit);
  EXPECT_TRUE(entries[2].commit);
}

TEST_F(SqliteLogTransactionTest, NothingSaidIsNothingWritten) {
  const std::string before = database_.content();
  commit([](SqliteLogTransaction& log) {
    EXPECT_EQ(log.self(), log.origins().front().id);
    log.finish();
  });
  EXPECT_EQ(database_.content(), before);
}

TEST_F(SqliteLogTransactionTest, ATickThatIsNotUsedLeavesNoEntry) {
  commit([](SqliteLogTransaction& log) { log.next_tick(0); });
  EXPECT_EQ(own_entries().size(), 1U);
}

TEST_F(SqliteLogTransactionTest, ALargeTransactionStreamsIntoSeveralFramesWithOneEnd) {
  commit([&](SqliteLogTransaction& log) {
    for (int i = 0; i < 2500; ++i) say(log, "entry");
    EXPECT_GT(store_.read(self_, EntryIndex{0}, kAll).size(), 2U) << "stored while it goes on";
    EXPECT_EQ(log.origins().front().complete, EntryIndex{1});
  });
  const auto entries = own_entries();
  ASSERT_EQ(entries.size(), 2501U);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].commit, i + 1 == entries.size()) << i;
  }
  EXPECT_EQ(own_tail().complete, EntryIndex{2501});
}

TEST_F(SqliteLogTransactionTest, EachFrameOfATransactionHasItsOwnSeed) {
  commit([&](SqliteLogTransaction& log) {
    for (int i = 0; i < 5000; ++i) say(log, "entry");
  });
  own_entries();
  std::set<Bytes> seeds;
  for (const proto::OpenedFrame& frame : opened_) {
    ASSERT_EQ(frame.salt_runs.size(), 1U);
    ASSERT_TRUE(frame.salt_runs[0].seeded);
    const auto seed = frame.body.begin() + frame.salt_runs[0].offset;
    seeds.insert(Bytes(seed, seed + 16));
  }
  EXPECT_GT(opened_.size(), 3U);
  EXPECT_EQ(seeds.size(), opened_.size());
}

TEST_F(SqliteLogTransactionTest, SaltsAreFreshInEachTransaction) {
  for (int i = 0; i < 20; ++i) commit([](SqliteLogTransaction& log) { say(log, "same"); });
  std::set<Salt> salts;
  for (const IndexedEntry& entry : own_indexed()) salts.insert(std::get<Entry>(entry.entry).salt);
  EXPECT_EQ(salts.size(), 21U);
}

TEST_F(SqliteLogTransactionTest, HlcsRiseStrictlyAndAreAtLeastTheCaptureTime) {
  const std::int64_t captured = database_.clock.unix_ms() + 1000;
  commit([&](SqliteLogTransaction& log) {
    say(log, "a", captured);
    say(log, "b", captured);
    say(log, "c", 5);
  });
  const auto entries = own_entries();
  EXPECT_EQ(unix_ms(entries[1].hlc), captured);
  for (std::size_t i = 1; i < entries.size(); ++i) EXPECT_GT(entries[i].hlc, entries[i - 1].hlc);
}

TEST_F(SqliteLogTransactionTest, TheClockGoesOnWhereItStoppedWhateverTheWallClockSays) {
  commit([](SqliteLogTransaction& log) { say(log, "a", 1'800'000'000'000); });
  const Hlc before = own_tail().last_hlc;
  database_.clock.set_unix_ms(1'000);
  commit([](SqliteLogTransaction& log) { say(log, "b", 1'000); });
  EXPECT_GT(own_tail().last_hlc, before);
  EXPECT_EQ(own_entries().back().hlc, own_tail().last_hlc);
}

TEST_F(SqliteLogTransactionTest, WhatIsObservedMovesTheClockAndIsKept) {
  const Hlc seen{static_cast<std::uint64_t>(database_.clock.unix_ms() + 60'000) << 16};
  commit([&](SqliteLogTransaction& log) { log.observe(self_, seen); });
  EXPECT_EQ(own_tail().last_hlc, seen);
  commit([](SqliteLogTransaction& log) { EXPECT_EQ(log.next_tick(0).hlc.bits >> 16 != 0, true); });
  EXPECT_GT(own_tail().last_hlc, seen);
}

TEST_F(SqliteLogTransactionTest, AClockFarAheadIsClampedAndItsSkewKept) {
  const std::int64_t now = database_.clock.unix_ms();
  const Hlc seen{static_cast<std::uint64_t>(now + kClockSkewMsMax + 7'000) << 16};
  commit([&](SqliteLogTransaction& log) { log.observe(self_, seen); });
  EXPECT_EQ(unix_ms(own_tail().last_hlc), now + kClockSkewMsMax);
  EXPECT_EQ(connection_.integer("SELECT skew_ms FROM tidemark_origin"), 7'000);
  commit([&](SqliteLogTransaction& log) { log.observe(self_, Hlc{1}); });
  EXPECT_EQ(connection_.integer("SELECT skew_ms FROM tidemark_origin"), 0);
}

TEST_F(SqliteLogTransactionTest, AnExhaustedClockIsAFailure) {
  connection_.execute("UPDATE tidemark_origin SET last_hlc = " + std::to_string(kHlcEnd - 1));
  try {
    commit([](SqliteLogTransaction& log) { log.next_tick(0); });
    FAIL() << "ticked";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::clock_exhausted);
  }
}

TEST_F(SqliteLogTransactionTest, ShowsWhatWasReceivedAndMovesTheAppliedPlane) {
  test::OriginWriter writer(store_.group(), 5);
  const Frame frame = writer.frame(3);
  commit([&](SqliteLogTransaction& log) {
    EXPECT_TRUE(log.received(writer.origin(), EntryIndex{0}, kAll).empty());
  });
  const auto frames = store_.begin();
  frames->add_origin(writer.origin(), "laptop");
  frames->put(frame, {{frame.next(), writer.chain(3), {}}, frame.next(), {}, false});
  SqliteLogTransaction log(context(), *frames);
  EXPECT_EQ(log.received(writer.origin(), EntryIndex{1}, kAll), std::vector{frame});
  ASSERT_EQ(log.origins().size(), 2U);
  EXPECT_EQ(log.origins()[1].applied, EntryIndex{0});
  EXPECT_EQ(log.origins()[1].complete, EntryIndex{3});
  log.set_applied(writer.origin(), EntryIndex{3});
  EXPECT_EQ(log.origins()[1].applied, EntryIndex{3});
}

TEST_F(SqliteLogTransactionTest, QuarantinesAnEntryWithItsReason) {
  commit([&](SqliteLogTransaction& log) {
    log.quarantine(self_, EntryIndex{8}, ErrorCode::entry_malformed, "odd");
    EXPECT_EQ(log.now_ms(), database_.clock.unix_ms());
  });
  EXPECT_EQ(connection_.text("SELECT first || code || reason || (bytes IS NULL) "
                             "FROM tidemark_quarantine"),
            "8207odd1");
}

}  // namespace
}  // namespace tidemark::replica
