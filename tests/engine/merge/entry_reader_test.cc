#include "engine/merge/entry_reader.h"

#include <gtest/gtest.h>

#include "oplog/limits.h"
#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::Catalog;
using engine::EntryFate;
using engine::EntryReader;
using engine::RowBatch;
using proto::Cell;
using proto::Operation;

Bytes payload_of(const proto::RowChange& change) {
  Bytes payload;
  proto::encode(change, payload);
  return payload;
}

class Reader : public testing::Test {
 protected:
  Reader() { transaction_.add(log_); }

  EntryFate take(EntryKind kind, Bytes payload, Hlc hlc = ForeignLog::hlc(5)) {
    payloads_.push_back(std::move(payload));
    return reader_.take(EntryIndex{next_++}, {hlc, kind, true, payloads_.back()});
  }
  EntryFate take(const proto::RowChange& change) {
    return take(EntryKind::row, payload_of(change));
  }
  void declare_notes() {
    ASSERT_EQ(take(EntryKind::schema, proto::encode(declare("notes", {"id", "title"}))),
              EntryFate::taken);
  }
  void expect_refused(EntryFate fate, std::string_view reason) {
    EXPECT_EQ(fate, EntryFate::quarantined);
    ASSERT_EQ(transaction_.refused.size(), 1U);
    const auto& refused = transaction_.refused[0];
    EXPECT_EQ(refused.origin, log_.origin());
    EXPECT_EQ(refused.index, EntryIndex{next_ - 1});
    EXPECT_EQ(refused.code, ErrorCode::entry_malformed);
    EXPECT_NE(refused.reason.find(reason), std::string::npos) << refused.reason;
    EXPECT_EQ(batch_.size(), 0U);
  }

  Scratch scratch_;
  ForeignLog log_;
  LogModel transaction_{scratch_.sql};
  Catalog catalog_{scratch_.sql};
  RowBatch batch_;
  EntryReader reader_{transaction_, catalog_, batch_, {2, log_.origin(), {}, {}, {}}};
  std::uint64_t next_ = 0;
  std::deque<Bytes> payloads_;
};

const Cell kKey = Cell::of_text("k");

TEST_F(Reader, TakesEveryOperationOfADeclaredTable) {
  declare_notes();
  EXPECT_EQ(take(change(Operation::insert, kKey, {{1, Cell::null()}})), EntryFate::taken);
  EXPECT_EQ(take(change(Operation::update, kKey, {{1, Cell::null()}})), EntryFate::taken);
  EXPECT_EQ(take(change(Operation::remove, kKey)), EntryFate::taken);
  proto::Yield yield;
  yield.table = 1;
  yield.key = {kKey};
  EXPECT_EQ(take(EntryKind::yield, proto::encode(yield)), EntryFate::taken);
  EXPECT_EQ(batch_.size(), 4U);
  EXPECT_TRUE(transaction_.refused.empty());
}

TEST_F(Reader, TheGenesisTellsTheDevicesName) {
  proto::Genesis genesis;
  genesis.device_name = "kitchen";
  EXPECT_EQ(take(EntryKind::genesis, proto::encode(genesis)), EntryFate::taken);
  EXPECT_EQ(scratch_.sql.text("SELECT name FROM tidemark_origin WHERE ref = 2"), "kitchen");
}

TEST_F(Reader, TakesWhatThereIsNothingToMergeOf) {
  EXPECT_EQ(take(EntryKind::chunk, proto::encode_chunk(as_bytes("x"))), EntryFate::taken);
  EXPECT_EQ(
      take(EntryKind::context, proto::encode(proto::ContextDelta{{{peer(3), EntryIndex{4}}}})),
      EntryFate::taken);
  EXPECT_EQ(take(EntryKind::application, Bytes(1, std::byte{0xEE})), EntryFate::taken);
  EXPECT_EQ(take(EntryKind::application, {}), EntryFate::taken);
  EXPECT_EQ(batch_.size(), 0U);
}

TEST_F(Reader, KindsThatComeLaterWait) {
  for (const auto kind : {EntryKind::expunge, EntryKind::rehome, EntryKind::keyring,
                          EntryKind::forget, EntryKind::floor}) {
    EXPECT_EQ(take(kind, Bytes(1, std::byte{1})), EntryFate::waiting) << static_cast<int>(kind);
  }
}

TEST_F(Reader, UnknownKindsBelow128Wait) {
  for (const int kind : {0, 13, 127}) {
    EXPECT_EQ(take(static_cast<EntryKind>(kind), Bytes(1, std::byte{1})), EntryFate::waiting)
        << kind;
  }
}

TEST_F(Reader, UnknownKindsFrom128OnAreIgnored) {
  for (const int kind : {128, 255}) {
    EXPECT_EQ(take(static_cast<EntryKind>(kind), Bytes(1, std::byte{9})), EntryFate::taken) << kind;
  }
  EXPECT_TRUE(transaction_.refused.empty());
}

TEST_F(Reader, RecordsOfANewerVersionWait) {
  declare_notes();
  for (const auto kind : {EntryKind::genesis, EntryKind::schema, EntryKind::row, EntryKind::chunk,
                          EntryKind::context, EntryKind::yield}) {
    EXPECT_EQ(take(kind, Bytes(3, std::byte{2})), EntryFate::waiting) << static_cast<int>(kind);
  }
}

TEST_F(Reader, CountersWait) {
  declare_notes();
  Cell increment = Cell::of_integer(1);
  increment.type = proto::CellType::increment;
  EXPECT_EQ(take(change(Operation::update, kKey, {{1, increment}})), EntryFate::waiting);
}

TEST_F(Reader, WhatWouldWaitIsKnownWithoutTakingIt) {
  Cell increment = Cell::of_integer(1);
  increment.type = proto::CellType::increment;
  const Bytes counts = payload_of(change(Operation::update, kKey, {{1, increment}}));
  const Bytes plain = payload_of(change(Operation::remove, kKey));
  const Bytes newer(1, std::byte{2});
  EXPECT_FALSE(EntryReader::mergeable({{}, EntryKind::row, true, counts}));
  EXPECT_FALSE(EntryReader::mergeable({{}, EntryKind::row, true, newer}));
  EXPECT_FALSE(EntryReader::mergeable({{}, EntryKind::expunge, true, plain}));
  EXPECT_TRUE(EntryReader::mergeable({{}, EntryKind::row, true, plain}));
  EXPECT_TRUE(EntryReader::mergeable({{}, EntryKind::row, true, {}}));
  EXPECT_TRUE(EntryReader::mergeable({{}, static_cast<EntryKind>(200), true, newer}));
}

TEST_F(Reader, RefusesAMalformedRow) {
  declare_notes();
  expect_refused(take(EntryKind::row, Bytes{std::byte{1}, std::byte{0}}), "malformed");
}

TEST_F(Reader, RefusesAnEmptyRow) {
  expect_refused(take(EntryKind::row, {}), "malformed");
}

TEST_F(Reader, RefusesAMalformedSchema) {
  expect_refused(take(EntryKind::schema, Bytes{std::byte{1}}), "malformed");
  EXPECT_TRUE(catalog_.tables().empty());
}

TEST_F(Reader, RefusesAMalformedYield) {
  expect_refused(take(EntryKind::yield, Bytes{std::byte{1}}), "malformed");
}

TEST_F(Reader, RefusesATableThatWasNeverDeclared) {
  expect_refused(take(change(Operation::remove, kKey)), "never declared");
}

TEST_F(Reader, RefusesAKeyOfAnotherLength) {
  declare_notes();
  auto row = change(Operation::remove, kKey);
  row.key.push_back(kKey);
  expect_refused(take(row), "key");
}

TEST_F(Reader, RefusesAKeyThatDidNotTravel) {
  declare_notes();
  Cell omitted;
  omitted.type = proto::CellType::omitted;
  omitted.of = proto::CellType::text;
  omitted.total_bytes = 70'000;
  expect_refused(take(change(Operation::remove, omitted)), "key");
}

TEST_F(Reader, RefusesAStampOutOfRange) {
  declare_notes();
  auto row = change(Operation::remove, kKey);
  row.lift = kStampEnd - ForeignLog::hlc(5).bits;
  expect_refused(take(row), "stamp");
}

TEST_F(Reader, TakesTheHighestLegalStamp) {
  declare_notes();
  auto row = change(Operation::remove, kKey);
  row.lift = kStampEnd - 1 - ForeignLog::hlc(5).bits;
  EXPECT_EQ(take(row), EntryFate::taken);
}

}  // namespace
}  // namespace tidemark::test
