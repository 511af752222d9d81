#include "replica/stored_replica.h"

#include <array>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "replica/schema.h"
#include "replica/sqlite_frame_store.h"
#include "tests/replica/database.h"

namespace tidemark::replica {
namespace {

using Outcome = Applied::Outcome;
using test::OriginWriter;

constexpr ReadLimits kAll{1'000'000, std::size_t{1} << 30};

// A relay: a replica without a log of its own, over a fresh store.
class StoredReplicaTest : public testing::Test {
 protected:
  StoredReplicaTest() {
    Connection connection({.path = path(), .create = true});
    WriteTransaction transaction(connection);
    migrate(connection);
    set_meta(connection, meta_key::group, proto::Cell::of_blob(proto::encode(spec_)));
    transaction.commit();
  }

  std::string path() const { return directory_.file("relay.db"); }
  std::string content() const { return test::dump(path()); }
  Applied apply(const Frame& frame) { return replica_.apply(std::span(&frame, 1)).front(); }
  Applied apply(const IndexedEntry& e) {
    return replica_.apply(writer_.origin(), e.index, e.entry);
  }
  std::vector<IndexedEntry> read(const PeerId& origin, std::uint64_t from = 0,
                                 const ReadLimits& limits = kAll) {
    return replica_.read_since(origin, EntryIndex{from}, limits);
  }
  EntryIndex cursor() { return replica_.cursor(writer_.origin()); }

  test::TempDir directory_;
  test::FakeClock clock_;
  proto::GroupSpec spec_ = test::plain_group();
  GroupId group_ = proto::group_id(spec_);
  Connection connection_{{.path = path(), .busy_ms = 0, .create = true}};
  SqliteFrameStore store_{connection_};
  StoredReplica replica_{store_, clock_, std::nullopt};
  OriginWriter writer_{group_};
};

TEST_F(StoredReplicaTest, AnUnknownOriginIsAbsentAndReadsEmpty) {
  EXPECT_TRUE(replica_.cursors().empty());
  EXPECT_EQ(cursor(), EntryIndex{0});
  EXPECT_EQ(replica_.floor(writer_.origin()), EntryIndex{0});
  EXPECT_TRUE(read(writer_.origin()).empty());
  EXPECT_TRUE(replica_.read_frames(writer_.origin(), EntryIndex{0}, kAll).empty());
}

TEST_F(StoredReplicaTest, TakesAnyOrigin) {
  EXPECT_TRUE(replica_.accepts(writer_.origin()));
}

TEST_F(StoredReplicaTest, StoresAndMovesTheCursor) {
  const Frame frame = writer_.frame(5);
  EXPECT_EQ(apply(frame), (Applied{Outcome::applied, {}, {}, 5}));
  EXPECT_EQ(cursor(), EntryIndex{5});
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
  EXPECT_EQ(replica_.read_frames(writer_.origin(), EntryIndex{0}, kAll), std::vector{frame});
}

TEST_F(StoredReplicaTest, RedeliveryWritesNothing) {
  const Frame frame = writer_.frame(5);
  apply(frame);
  const std::string before = content();
  EXPECT_EQ(apply(frame).outcome, Outcome::duplicate);
  EXPECT_EQ(content(), before);
}

TEST_F(StoredReplicaTest, AGapWritesNothing) {
  apply(writer_.frame(2));
  writer_.frame(3);
  const std::string before = content();
  EXPECT_EQ(apply(writer_.frame(2)), (Applied{Outcome::gap, EntryIndex{2}, EntryIndex{5}, 0}));
  EXPECT_EQ(content(), before);
  EXPECT_EQ(cursor(), EntryIndex{2});
}

TEST_F(StoredReplicaTest, WhatIsRefusedByItsEnvelopeWritesNothing) {
  apply(writer_.frame(2));
  const std::string before = content();
  OriginWriter stranger(proto::group_id(test::plain_group(2)), 9);
  EXPECT_EQ(apply(stranger.frame(1)).outcome, Outcome::foreign);
  Frame damaged = writer_.frame(1);
  damaged.bytes[100] ^= std::byte{1};
  EXPECT_EQ(apply(damaged).outcome, Outcome::invalid);
  const Frame newer = test::with_header(
      writer_.joined(2, 3), [](Bytes& b) { b[proto::frame_offset::major] = std::byte{2}; });
  EXPECT_EQ(apply(newer).outcome, Outcome::waiting);
  EXPECT_EQ(content(), before);
}

TEST_F(StoredReplicaTest, RefusalsNeedNoWriteLock) {
  const Frame frame = writer_.frame(2);
  apply(frame);
  writer_.frame(1);
  const Frame ahead = writer_.frame(1);
  Connection other({.path = path()});
  const WriteTransaction lock(other);
  EXPECT_EQ(apply(frame).outcome, Outcome::duplicate);
  EXPECT_EQ(apply(ahead).outcome, Outcome::gap);
}

TEST_F(StoredReplicaTest, AFrameDamagedInsideIsNotedOnceAndTheTrueOneIsStoredAfterwards) {
  const Frame frame = writer_.frame(4);
  Frame damaged = frame;
  damaged.bytes.back() ^= std::byte{1};
  EXPECT_EQ(apply(damaged).outcome, Outcome::invalid);
  EXPECT_EQ(apply(damaged).outcome, Outcome::invalid);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM tidemark_quarantine"), 1);
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM tidemark_origin"), 0);
  EXPECT_EQ(apply(frame).outcome, Outcome::applied);
}

// Invariant verified-before-stored.
TEST_F(StoredReplicaTest, EachFlippedHeaderBitIsRefusedAndTheTrueFrameStoredAfterwards) {
  apply(writer_.frame(2));
  const Frame frame = writer_.frame(3);
  for (std::size_t bit = 0; bit < 8 * proto::frame_offset::crc; ++bit) {
    // Unknown info flags are ignored: that frame is as good as the true one.
    if (bit / 8 == proto::frame_offset::info || bit / 8 == proto::frame_offset::info + 1) continue;
    Frame flipped = test::with_header(
        frame, [&](Bytes& b) { b[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8)); });
    ASSERT_NE(apply(flipped).outcome, Outcome::applied) << "bit " << bit;
    ASSERT_EQ(cursor(), EntryIndex{2});
  }
  EXPECT_EQ(apply(frame).outcome, Outcome::applied);
}

TEST_F(StoredReplicaTest, AForkWritesNothingToTheLogAndIsNoted) {
  OriginWriter other = writer_;
  apply(writer_.frame(3));
  other.change_voice();
  EXPECT_EQ(apply(other.frame(4)).outcome, Outcome::fork);
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
  EXPECT_EQ(connection_.integer("SELECT code FROM tidemark_quarantine"),
            static_cast<int>(ErrorCode::log_forked));
}

TEST_F(StoredReplicaTest, AWideFrameIsAppliedWithTheCursorAtEveryIndexInsideIt) {
  writer_.frame(1);
  for (int i = 0; i < 11; ++i) writer_.frame(1);
  for (std::uint64_t cut = 1; cut < 12; ++cut) {
    test::TempDir directory;
    Connection connection({.path = directory.file("x.db"), .create = true});
    SqliteFrameStore store(connection);
    auto transaction = store.begin();
    migrate(connection);
    set_meta(connection, meta_key::group, proto::Cell::of_blob(proto::encode(spec_)));
    transaction->commit();
    transaction.reset();
    StoredReplica replica(store, clock_, std::nullopt);
    const std::array<Frame, 2> frames = {writer_.joined(0, cut), writer_.joined(0, 12)};
    const auto results = replica.apply(frames);
    EXPECT_EQ(
        results[1],
        (Applied{Outcome::applied, EntryIndex{cut}, {}, static_cast<std::uint32_t>(12 - cut)}));
    EXPECT_EQ(replica.read_since(writer_.origin(), EntryIndex{0}, kAll), writer_.entries());
    EXPECT_EQ(connection.integer("SELECT count(*) FROM tidemark_frame"), 1);
  }
}

TEST_F(StoredReplicaTest, AStraddlingFrameIsStoredAndReadWithoutRepetition) {
  apply(writer_.frame(10));
  writer_.frame(5);
  EXPECT_EQ(apply(writer_.joined(5, 15)),
            (Applied{Outcome::applied, EntryIndex{10}, EntryIndex{5}, 5}));
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
}

TEST_F(StoredReplicaTest, OneCallStoresFramesOfManyOriginsInOneTransaction) {
  OriginWriter other(group_, 2);
  const std::array<Frame, 5> frames = {writer_.frame(2), other.frame(1), writer_.frame(3),
                                       other.frame(2), writer_.joined(0, 2)};
  const auto results = replica_.apply(frames);
  EXPECT_EQ(results[2], (Applied{Outcome::applied, EntryIndex{2}, EntryIndex{2}, 3}));
  EXPECT_EQ(results[3].outcome, Outcome::applied);
  EXPECT_EQ(results[4].outcome, Outcome::duplicate);
  EXPECT_EQ(cursor(), EntryIndex{5});
  EXPECT_EQ(replica_.cursor(other.origin()), EntryIndex{3});
}

TEST_F(StoredReplicaTest, ABadFrameDoesNotKeepTheOthersOut) {
  OriginWriter other(group_, 2);
  Frame damaged = other.frame(2);
  damaged.bytes.back() ^= std::byte{1};
  const std::array<Frame, 3> frames = {damaged, writer_.frame(2), other.frame(1)};
  const auto results = replica_.apply(frames);
  EXPECT_EQ(results[0].outcome, Outcome::invalid);
  EXPECT_EQ(results[1].outcome, Outcome::applied);
  EXPECT_EQ(results[2].outcome, Outcome::gap);
}

TEST_F(StoredReplicaTest, NoFramesAreNoTransaction) {
  Connection other({.path = path()});
  const WriteTransaction lock(other);
  EXPECT_TRUE(replica_.apply(std::span<const Frame>()).empty());
}

TEST_F(StoredReplicaTest, ABusyDatabaseIsAFailureThatChangesNothing) {
  const Frame frame = writer_.frame(2);
  {
    Connection other({.path = path()});
    const WriteTransaction lock(other);
    try {
      apply(frame);
      FAIL() << "stored under another's lock";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::database_busy);
    }
  }
  EXPECT_EQ(apply(frame).outcome, Outcome::applied);
}

TEST_F(StoredReplicaTest, EntriesOneByOneGiveTheSameLog) {
  writer_.frame(6);
  for (const IndexedEntry& entry : writer_.entries()) {
    EXPECT_EQ(apply(entry), (Applied{Outcome::applied, entry.index, entry.index, 1}));
  }
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
  EXPECT_EQ(store_.tail(writer_.origin())->log.chain, writer_.chain(6));
}

TEST_F(StoredReplicaTest, AnEntryBehindTheCursorIsADuplicateOrAFork) {
  apply(writer_.frame(4));
  IndexedEntry entry = writer_.entries()[2];
  EXPECT_EQ(apply(entry), (Applied{Outcome::duplicate, EntryIndex{4}, EntryIndex{2}, 0}));
  std::get<Entry>(entry.entry).payload.push_back(std::byte{9});
  EXPECT_EQ(apply(entry).outcome, Outcome::fork);
}

TEST_F(StoredReplicaTest, AnEntryBeyondTheCursorIsAGap) {
  writer_.frame(3);
  EXPECT_EQ(apply(writer_.entries()[1]), (Applied{Outcome::gap, EntryIndex{0}, EntryIndex{1}, 0}));
}

TEST_F(StoredReplicaTest, ALogThatDoesNotBeginWithItsGenesisIsRefused) {
  IndexedEntry entry{EntryIndex{0}, Entry{Hlc{1}, EntryKind::application, true, {}, {}}};
  EXPECT_EQ(apply(entry).outcome, Outcome::invalid);
}

TEST_F(StoredReplicaTest, AMarkerOfAnEntryThatIsHereIsADuplicateAndReplacesNothing) {
  apply(writer_.frame(4));
  const Entry& live = std::get<Entry>(writer_.entries()[2].entry);
  Expunged marker{live.hlc, live.kind, live.commit, body_hash(live.salt, live.payload), {}, {}};
  EXPECT_EQ(replica_.apply(writer_.origin(), EntryIndex{2}, marker).outcome, Outcome::duplicate);
  marker.body[0] ^= std::byte{1};
  EXPECT_EQ(replica_.apply(writer_.origin(), EntryIndex{2}, marker).outcome, Outcome::fork);
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
}

TEST_F(StoredReplicaTest, AMarkerAtTheCursorWaits) {
  apply(writer_.frame(1));
  EXPECT_EQ(replica_.apply(writer_.origin(), EntryIndex{1}, Expunged{}).outcome, Outcome::waiting);
  EXPECT_EQ(cursor(), EntryIndex{1});
}

TEST_F(StoredReplicaTest, AnEntryAboveTheCapIsRefused) {
  apply(writer_.frame(1));
  const Entry huge{
      Hlc{~std::uint64_t{0} >> 2}, EntryKind::application, true, {}, Bytes(400 * 1024)};
  EXPECT_EQ(replica_.apply(writer_.origin(), EntryIndex{1}, huge).outcome, Outcome::invalid);
}

TEST_F(StoredReplicaTest, EntriesArePagedByNumberAndBytes) {
  for (int i = 0; i < 3; ++i) apply(writer_.frame(10));
  const auto& all = writer_.entries();
  EXPECT_EQ(read(writer_.origin(), 7, {5, 1 << 20}),
            (std::vector(all.begin() + 7, all.begin() + 12)));
  EXPECT_EQ(read(writer_.origin(), 7, {100, 1}), (std::vector(all.begin() + 7, all.begin() + 8)));
  const std::size_t size = std::get<Entry>(all[12].entry).payload.size();
  EXPECT_EQ(read(writer_.origin(), 12, {100, 3 * size}).size(), 3U);
  EXPECT_EQ(read(writer_.origin(), 29).size(), 1U);
  EXPECT_TRUE(read(writer_.origin(), 30).empty());
  EXPECT_TRUE(read(writer_.origin(), ~std::uint64_t{0}).empty());
}

TEST_F(StoredReplicaTest, ReadingBelowTheFloorIsAFailure) {
  for (int i = 0; i < 2; ++i) apply(writer_.frame(5));
  connection_.execute("DELETE FROM tidemark_frame WHERE first = 0");
  Connection other({.path = path()});
  other.execute("UPDATE tidemark_origin SET floor = 5");
  EXPECT_EQ(replica_.floor(writer_.origin()), EntryIndex{5});
  for (const std::uint64_t from : {0, 4}) {
    try {
      read(writer_.origin(), from);
      FAIL() << "read at " << from;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::behind_floor);
    }
    EXPECT_THROW(replica_.read_frames(writer_.origin(), EntryIndex{from}, kAll), Error);
  }
  EXPECT_EQ(read(writer_.origin(), 5).size(), 5U);
}

TEST_F(StoredReplicaTest, AStoredFrameThatDoesNotDecodeIsAFailure) {
  apply(writer_.frame(5));
  connection_.execute("UPDATE tidemark_frame SET bytes = substr(bytes, 1, 150)");
  try {
    read(writer_.origin());
    FAIL() << "read a damaged log";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::log_broken);
  }
}

TEST_F(StoredReplicaTest, AStoredFrameThatIsAnotherThanItsRowSaysIsAFailure) {
  apply(writer_.frame(5));
  connection_.execute("UPDATE tidemark_frame SET count = 6");
  EXPECT_THROW(read(writer_.origin()), Error);
}

TEST_F(StoredReplicaTest, AWatchTellsTheSnapshotThenAdvances) {
  apply(writer_.frame(2));
  const auto watch = replica_.watch_cursors();
  auto event = watch->poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, CursorsEvent::Kind::snapshot);
  EXPECT_EQ(event->cursors, replica_.cursors());
  EXPECT_FALSE(watch->poll());
  const Frame third = writer_.frame(1);
  apply(third);
  apply(writer_.frame(1));
  event = watch->poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, CursorsEvent::Kind::advanced);
  EXPECT_EQ(event->cursors.at(writer_.origin()), EntryIndex{4});
  apply(third);
  EXPECT_FALSE(watch->poll()) << "a duplicate is no news";
}

TEST_F(StoredReplicaTest, AWatchTellsOnlyTheOriginsThatMoved) {
  OriginWriter other(group_, 2);
  apply(other.frame(1));
  const auto watch = replica_.watch_cursors();
  watch->poll();
  apply(writer_.frame(1));
  const auto event = watch->poll();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->cursors.size(), 1U);
  EXPECT_EQ(event->cursors.at(writer_.origin()), EntryIndex{1});
}

TEST_F(StoredReplicaTest, TwoReplicasOfOneFileSeeEachOthersCommits) {
  Connection connection({.path = path()});
  SqliteFrameStore store(connection);
  StoredReplica second(store, clock_, std::nullopt);
  const auto watch = second.watch_cursors();
  watch->poll();
  EXPECT_TRUE(second.cursors().empty());
  const Frame first = writer_.frame(2);
  apply(first);
  EXPECT_EQ(second.cursors(), replica_.cursors());
  ASSERT_TRUE(watch->poll());
  EXPECT_EQ(second.apply(std::span(&first, 1)).front().outcome, Outcome::duplicate);
  const Frame next = writer_.frame(2);
  EXPECT_EQ(second.apply(std::span(&next, 1)).front().outcome, Outcome::applied);
  EXPECT_EQ(cursor(), EntryIndex{4});
  EXPECT_EQ(read(writer_.origin()), writer_.entries());
}

TEST_F(StoredReplicaTest, ANewObjectOnTheSameFileGoesOn) {
  apply(writer_.frame(3));
  Connection connection({.path = path()});
  SqliteFrameStore store(connection);
  StoredReplica again(store, clock_, std::nullopt);
  EXPECT_EQ(again.cursors(), replica_.cursors());
  const Frame next = writer_.frame(2);
  EXPECT_EQ(again.apply(std::span(&next, 1)).front().outcome, Outcome::applied);
}

TEST_F(StoredReplicaTest, CompleteStopsBehindTheLastTransactionEnd) {
  apply(writer_.frame(3));
  apply(writer_.frame(3, false));
  EXPECT_EQ(store_.tail(writer_.origin())->complete, EntryIndex{3});
  EXPECT_EQ(store_.tail(writer_.origin())->log.next, EntryIndex{6});
  apply(writer_.frame(1));
  EXPECT_EQ(store_.tail(writer_.origin())->complete, EntryIndex{7});
}

}  // namespace
}  // namespace tidemark::replica
