#include "replica/sqlite_frame_store.h"

#include <string>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "replica/schema.h"
#include "tests/support/frames.h"
#include "tests/support/temp_dir.h"

namespace tidemark::replica {
namespace {

using test::OriginWriter;

constexpr ReadLimits kAll{1'000'000, std::size_t{1} << 30};

// A store in a fresh database of plain_group(), without any log.
class SqliteFrameStoreTest : public testing::Test {
 protected:
  SqliteFrameStoreTest()
      : connection_({.path = directory_.file("app.db"), .busy_ms = 0, .create = true}),
        store_(connection_) {
    const auto transaction = store_.begin();
    migrate(connection_);
    set_meta(connection_, meta_key::group, proto::Cell::of_blob(proto::encode(spec_)));
    transaction->commit();
  }

  // Stores it as admitted: the frame continues, or widens, what is there.
  void put(const OriginWriter& writer, const Frame& frame) {
    const auto transaction = store_.begin();
    if (!transaction->tail(writer.origin())) transaction->add_origin(writer.origin(), "laptop");
    OriginTail after = transaction->tail(writer.origin()).value();
    after.log.next = std::max(after.log.next, frame.next());
    after.log.chain = writer.chain(to_number(after.log.next));
    transaction->put(frame, after);
    transaction->commit();
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges(const PeerId& origin,
                                                              std::uint64_t from,
                                                              const ReadLimits& limits = kAll) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> runs;
    for (const Frame& frame : store_.read(origin, EntryIndex{from}, limits)) {
      runs.emplace_back(to_number(frame.first), to_number(frame.next()));
    }
    return runs;
  }
  using Runs = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

  test::TempDir directory_;
  proto::GroupSpec spec_ = test::plain_group();
  Connection connection_;
  SqliteFrameStore store_;
  OriginWriter writer_{proto::group_id(spec_)};
};

TEST_F(SqliteFrameStoreTest, KnowsItsGroup) {
  EXPECT_EQ(store_.group(), proto::group_id(spec_));
}

TEST_F(SqliteFrameStoreTest, ADamagedGroupIsAFailure) {
  connection_.execute("UPDATE tidemark_meta SET value = x'00' WHERE key = 'group'");
  EXPECT_THROW(store_.group(), Error);
}

TEST_F(SqliteFrameStoreTest, ADamagedChainIsAFailureAndTheStatementStaysUsable) {
  put(writer_, writer_.frame(1));
  connection_.execute("UPDATE tidemark_origin SET chain = x'00'");
  EXPECT_THROW(store_.tail(writer_.origin()), Error);
  EXPECT_THROW(store_.tail(writer_.origin()), Error);
}

TEST_F(SqliteFrameStoreTest, AnUnknownOriginHasNoTailAndNoFrames) {
  EXPECT_EQ(store_.tail(writer_.origin()), std::nullopt);
  EXPECT_TRUE(ranges(writer_.origin(), 0).empty());
  EXPECT_TRUE(store_.state().origins.empty());
  EXPECT_EQ(store_.name(writer_.origin()), "");
}

TEST_F(SqliteFrameStoreTest, ReadsBackVerbatim) {
  const Frame first = writer_.frame(1);
  const Frame second = writer_.frame(5);
  put(writer_, first);
  put(writer_, second);
  EXPECT_EQ(store_.read(writer_.origin(), EntryIndex{0}, kAll), (std::vector{first, second}));
  EXPECT_EQ(store_.name(writer_.origin()), "laptop");
}

TEST_F(SqliteFrameStoreTest, TheTailIsAsItWasPut) {
  put(writer_, writer_.frame(3));
  const auto transaction = store_.begin();
  OriginTail tail = transaction->tail(writer_.origin()).value();
  const Frame frame = writer_.frame(2);
  tail.log = {frame.next(), writer_.chain(5), EntryIndex{1}};
  tail.complete = EntryIndex{4};
  tail.last_hlc = Hlc{kHlcEnd - 1};
  transaction->put(frame, tail);
  EXPECT_EQ(transaction->tail(writer_.origin()), tail);
  transaction->commit();
  EXPECT_EQ(store_.tail(writer_.origin()), tail);
  EXPECT_EQ(store_.state().origins.at(writer_.origin()), tail);
}

TEST_F(SqliteFrameStoreTest, LooksUpByContainment) {
  put(writer_, writer_.frame(4));
  put(writer_, writer_.frame(6));
  EXPECT_EQ(ranges(writer_.origin(), 0), (Runs{{0, 4}, {4, 10}}));
  EXPECT_EQ(ranges(writer_.origin(), 3), (Runs{{0, 4}, {4, 10}}));
  EXPECT_EQ(ranges(writer_.origin(), 4), (Runs{{4, 10}}));
  EXPECT_EQ(ranges(writer_.origin(), 9), (Runs{{4, 10}}));
  EXPECT_TRUE(ranges(writer_.origin(), 10).empty());
  EXPECT_TRUE(ranges(writer_.origin(), kIndexEnd).empty());
  EXPECT_TRUE(ranges(writer_.origin(), ~std::uint64_t{0}).empty());
}

TEST_F(SqliteFrameStoreTest, AWiderFrameTakesThePlaceOfThoseInsideIt) {
  for (int i = 0; i < 4; ++i) put(writer_, writer_.frame(3));
  put(writer_, writer_.joined(0, 9));
  EXPECT_EQ(ranges(writer_.origin(), 0), (Runs{{0, 9}, {9, 12}}));
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM tidemark_frame"), 2);
}

TEST_F(SqliteFrameStoreTest, AStraddlingFrameIsToleratedAndReadWidestFirst) {
  put(writer_, writer_.frame(10));
  writer_.frame(5);
  put(writer_, writer_.joined(5, 15));
  EXPECT_EQ(ranges(writer_.origin(), 0), (Runs{{0, 10}, {5, 15}}));
  EXPECT_EQ(ranges(writer_.origin(), 7), (Runs{{5, 15}}));
}

// Invariant no-holes.
TEST_F(SqliteFrameStoreTest, OffersNothingBehindAHole) {
  for (int i = 0; i < 3; ++i) put(writer_, writer_.frame(2));
  connection_.execute("DELETE FROM tidemark_frame WHERE first = 2");
  EXPECT_EQ(ranges(writer_.origin(), 0), (Runs{{0, 2}}));
  EXPECT_TRUE(ranges(writer_.origin(), 2).empty());
  EXPECT_EQ(ranges(writer_.origin(), 4), (Runs{{4, 6}}));
}

TEST_F(SqliteFrameStoreTest, ReadsAreBoundedByEntriesCountedFromThePosition) {
  for (int i = 0; i < 4; ++i) put(writer_, writer_.frame(10));
  EXPECT_EQ(ranges(writer_.origin(), 0, {20, 1 << 20}), (Runs{{0, 10}, {10, 20}}));
  EXPECT_EQ(ranges(writer_.origin(), 0, {19, 1 << 20}), (Runs{{0, 10}}));
  EXPECT_EQ(ranges(writer_.origin(), 5, {15, 1 << 20}), (Runs{{0, 10}, {10, 20}}));
  EXPECT_EQ(ranges(writer_.origin(), 0, {1, 1 << 20}), (Runs{{0, 10}}));
}

TEST_F(SqliteFrameStoreTest, ReadsAreBoundedByBytesButHoldAtLeastOneFrame) {
  const Frame first = writer_.frame(10);
  const Frame second = writer_.frame(10);
  put(writer_, first);
  put(writer_, second);
  EXPECT_EQ(ranges(writer_.origin(), 0, {100, 1}), (Runs{{0, 10}}));
  const std::size_t both = first.bytes.size() + second.bytes.size();
  EXPECT_EQ(ranges(writer_.origin(), 0, {100, both - 1}), (Runs{{0, 10}}));
  EXPECT_EQ(ranges(writer_.origin(), 0, {100, both}), (Runs{{0, 10}, {10, 20}}));
}

TEST_F(SqliteFrameStoreTest, OriginsDoNotMix) {
  OriginWriter other(proto::group_id(spec_), 2);
  put(writer_, writer_.frame(2));
  put(other, other.frame(3));
  put(writer_, writer_.frame(2));
  EXPECT_EQ(ranges(writer_.origin(), 0), (Runs{{0, 2}, {2, 4}}));
  EXPECT_EQ(ranges(other.origin(), 0), (Runs{{0, 3}}));
  const auto origins = store_.origins();
  ASSERT_EQ(origins.size(), 2U);
  EXPECT_EQ(origins[0].id, writer_.origin());
  EXPECT_EQ(origins[1].id, other.origin());
  EXPECT_EQ(origins[1].next, EntryIndex{3});
  EXPECT_LT(origins[0].ref, origins[1].ref);
}

TEST_F(SqliteFrameStoreTest, WhatIsNotCommittedIsGone) {
  {
    const auto transaction = store_.begin();
    transaction->add_origin(writer_.origin(), "x");
    const Frame frame = writer_.frame(2);
    transaction->put(frame, {{frame.next(), writer_.chain(2), {}}, {}, {}, false});
    EXPECT_EQ(transaction->read(writer_.origin(), EntryIndex{0}, kAll).size(), 1U);
  }
  EXPECT_EQ(store_.tail(writer_.origin()), std::nullopt);
  EXPECT_TRUE(ranges(writer_.origin(), 0).empty());
}

TEST_F(SqliteFrameStoreTest, AnotherConnectionsCommitChangesTheVersion) {
  const auto before = store_.version();
  put(writer_, writer_.frame(1));
  EXPECT_EQ(store_.version(), before);
  Connection other({.path = directory_.file("app.db")});
  other.execute("UPDATE tidemark_origin SET told = 1");
  EXPECT_NE(store_.version(), before);
}

TEST_F(SqliteFrameStoreTest, ClosingMarksTheOrigin) {
  put(writer_, writer_.frame(1));
  EXPECT_FALSE(store_.tail(writer_.origin())->closed);
  const auto transaction = store_.begin();
  transaction->close(writer_.origin());
  EXPECT_TRUE(transaction->tail(writer_.origin())->closed);
  transaction->commit();
  EXPECT_TRUE(store_.tail(writer_.origin())->closed);
}

TEST_F(SqliteFrameStoreTest, SetsSingleColumnsOfAnOrigin) {
  put(writer_, writer_.frame(1));
  const auto transaction = store_.begin();
  store_.set_applied(writer_.origin(), EntryIndex{1});
  store_.set_clock(writer_.origin(), Hlc{77});
  store_.set_skew(writer_.origin(), 88);
  transaction->commit();
  EXPECT_EQ(store_.origins().front().applied, EntryIndex{1});
  EXPECT_EQ(store_.tail(writer_.origin())->last_hlc, Hlc{77});
  EXPECT_EQ(connection_.integer("SELECT skew_ms FROM tidemark_origin"), 88);
}

TEST_F(SqliteFrameStoreTest, RecordsARefusalOnce) {
  const Refusal refusal{writer_.origin(), EntryIndex{3}, ErrorCode::frame_damaged, "bad_body",
                        Bytes(192)};
  EXPECT_FALSE(store_.is_recorded(refusal));
  const auto transaction = store_.begin();
  transaction->record(refusal, 5);
  transaction->record(refusal, 6);
  transaction->commit();
  EXPECT_TRUE(store_.is_recorded(refusal));
  EXPECT_EQ(connection_.text("SELECT code || reason || length(bytes) || seen_ms "
                             "FROM tidemark_quarantine"),
            "201bad_body1925");
}

TEST_F(SqliteFrameStoreTest, TheQuarantineIsBoundedForFramesAndForEntriesApart) {
  const auto transaction = store_.begin();
  Refusal frame{writer_.origin(), {}, ErrorCode::frame_damaged, "x", Bytes(192)};
  for (std::uint64_t i = 0; i < kQuarantineRowsMax + 10; ++i) {
    frame.first = EntryIndex{i};
    transaction->record(frame, 1);
  }
  EXPECT_TRUE(transaction->is_recorded(frame)) << "no row, but no room for one either";
  const Refusal entry{writer_.origin(), {}, ErrorCode::entry_malformed, "x", {}};
  EXPECT_FALSE(transaction->is_recorded(entry));
  transaction->record(entry, 1);
  transaction->commit();
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM tidemark_quarantine"),
            kQuarantineRowsMax + 1);
}

}  // namespace
}  // namespace tidemark::replica
