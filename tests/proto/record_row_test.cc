#include <limits>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "proto/leb.h"
#include "proto/record.h"
#include "tests/proto/random_cells.h"

namespace tidemark::proto {
namespace {

constexpr auto kNone = RecordReject::none;
constexpr auto kMalformed = RecordReject::malformed;

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

RecordReject judge(const Bytes& payload) {
  RowChange out;
  return decode(payload, out);
}
RecordReject judge(std::initializer_list<unsigned> values) {
  return judge(bytes_of(values));
}

RecordReject judge_yield(std::initializer_list<unsigned> values) {
  Yield out;
  return decode(bytes_of(values), out);
}

RowChange random_row(test::RandomCells& random) {
  RowChange row;
  row.table = *rc::gen::arbitrary<std::uint32_t>();
  row.operation = static_cast<Operation>(*rc::gen::inRange(1, 4));
  row.seed = *rc::gen::arbitrary<bool>();
  if (!row.seed) row.lift = *rc::gen::inRange<std::uint64_t>(0, kStampEnd);
  for (int i = *rc::gen::inRange(1, 4); i > 0; --i) row.key.push_back(random.key());
  if (row.operation == Operation::remove) return row;
  for (const auto id : *rc::gen::arbitrary<std::set<std::uint16_t>>()) {
    row.columns.emplace_back(id, random.any());
  }
  return row;
}

void expect_equal(const RowChange& a, const RowChange& b) {
  RC_ASSERT(a.table == b.table);
  RC_ASSERT(a.operation == b.operation);
  RC_ASSERT(a.seed == b.seed);
  RC_ASSERT(a.lift == b.lift);
  RC_ASSERT(a.key == b.key);
  RC_ASSERT(a.columns == b.columns);
}

RC_GTEST_PROP(RowChange, RoundTrips, ()) {
  test::RandomCells random;
  const RowChange row = random_row(random);
  Bytes bytes;
  encode(row, bytes);
  RowChange read;
  read.columns.resize(3);
  RC_ASSERT(decode(bytes, read) == kNone);
  expect_equal(read, row);
}

RC_GTEST_PROP(RowChange, IsAppendedToWhatIsThere, ()) {
  test::RandomCells random;
  const RowChange row = random_row(random);
  Bytes alone;
  encode(row, alone);
  Bytes behind = bytes_of({1, 2, 3});
  encode(row, behind);
  RC_ASSERT(behind.size() == 3 + alone.size());
  RC_ASSERT(std::ranges::equal(ByteView(behind).subspan(3), alone));
}

RC_GTEST_PROP(RowChange, RejectsEveryTruncationAndEveryLongerForm, ()) {
  test::RandomCells random;
  Bytes bytes;
  encode(random_row(random), bytes);
  RowChange out;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    RC_ASSERT(decode(ByteView(bytes).first(size), out) == kMalformed);
  }
  bytes.push_back(std::byte{0});
  RC_ASSERT(decode(bytes, out) == kMalformed);
}

RC_GTEST_PROP(RowChange, WhatIsAcceptedIsWrittenTheSameWay, ()) {
  test::RandomCells random;
  Bytes bytes;
  encode(random_row(random), bytes);
  const auto at = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[at] = static_cast<std::byte>(*rc::gen::inRange(0, 256));
  RowChange read;
  if (decode(bytes, read) != kNone) return;
  Bytes again;
  encode(read, again);
  RC_ASSERT(again == bytes);
}

// version, flags, table, key count, key, mask size, mask, values
TEST(RowChange, HasTheDocumentedBytes) {
  RowChange row;
  row.table = 7;
  row.operation = Operation::update;
  row.lift = 300;
  row.key = {Cell::of_text("k")};
  row.columns = {{0, Cell::null()}, {9, Cell::of_integer(-2)}};
  Bytes bytes;
  encode(row, bytes);
  EXPECT_EQ(bytes, bytes_of({1, 2 | 8, 7, 0xAC, 2, 1, 3, 1, 'k', 2, 1, 2, 0, 1, 3}));
}

TEST(RowChange, LetsANewerVersionWait) {
  EXPECT_EQ(judge({2}), RecordReject::newer);
  EXPECT_EQ(judge({255, 1, 2}), RecordReject::newer);
}

TEST(RowChange, RejectsVersionZeroAndNothing) {
  EXPECT_EQ(judge({}), kMalformed);
  EXPECT_EQ(judge({0, 1, 7, 1, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsFlagsThatNoWriterSets) {
  EXPECT_EQ(judge({1, 1, 7, 1, 1, 2, 0}), kNone);
  EXPECT_EQ(judge({1, 0, 7, 1, 1, 2, 0}), kMalformed);
  EXPECT_EQ(judge({1, 0x11, 7, 1, 1, 2, 0}), kMalformed);
  EXPECT_EQ(judge({1, 0x81, 7, 1, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsASeedWithLift) {
  EXPECT_EQ(judge({1, 1 | 4, 7, 1, 1, 2, 0}), kNone);
  EXPECT_EQ(judge({1, 1 | 8, 7, 5, 1, 1, 2, 0}), kNone);
  EXPECT_EQ(judge({1, 1 | 4 | 8, 7, 5, 1, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsALiftOfZero) {
  EXPECT_EQ(judge({1, 1 | 8, 7, 0, 1, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsALiftBeyondEveryStamp) {
  Bytes bytes = bytes_of({1, 1 | 8, 7});
  ByteWriter(bytes).leb(kStampEnd - 1);
  Bytes beyond = bytes_of({1, 1 | 8, 7});
  ByteWriter(beyond).leb(kStampEnd);
  for (Bytes* b : {&bytes, &beyond}) append(*b, bytes_of({1, 1, 2, 0}));
  EXPECT_EQ(judge(bytes), kNone);
  EXPECT_EQ(judge(beyond), kMalformed);
}

TEST(RowChange, RejectsATableIdBeyond32Bits) {
  EXPECT_EQ(judge({1, 1, 255, 255, 255, 255, 15, 1, 1, 2, 0}), kNone);
  EXPECT_EQ(judge({1, 1, 128, 128, 128, 128, 16, 1, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsAnEmptyKey) {
  EXPECT_EQ(judge({1, 1, 7, 0, 0}), kMalformed);
}

TEST(RowChange, RejectsMoreKeyValuesThanBytes) {
  EXPECT_EQ(judge({1, 1, 7, 100, 1, 2, 0}), kMalformed);
}

TEST(RowChange, RejectsKeysOfNullChunksAndIncrements) {
  EXPECT_EQ(judge({1, 1, 7, 1, 0, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 1, 5, 3, 9, 1, 1, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 1, 7, 2, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 1, 6, 3, 9, 0}), kNone);
}

TEST(RowChange, RejectsKeysAboveTheirCap) {
  for (const std::size_t extra : {std::size_t{0}, std::size_t{1}}) {
    // Tag and length of three bytes count too; two values share the cap.
    const std::string half(kKeyBytesMax / 2 - 4, 'k');
    RowChange row;
    row.operation = Operation::insert;
    const std::string other = half + std::string(extra, 'k');
    row.key = {Cell::of_text(half), Cell::of_text(other)};
    Bytes bytes;
    encode(row, bytes);
    EXPECT_EQ(judge(bytes), extra == 0 ? kNone : kMalformed);
  }
}

TEST(RowChange, RejectsAMaskThatEndsInZero) {
  EXPECT_EQ(judge({1, 1, 7, 1, 1, 2, 1, 1, 0}), kNone);
  EXPECT_EQ(judge({1, 1, 7, 1, 1, 2, 1, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 1, 1, 2, 2, 1, 0, 0}), kMalformed);
}

TEST(RowChange, RejectsAMaskBeyond16Bits) {
  RowChange row;
  row.operation = Operation::insert;
  row.key = {Cell::of_integer(1)};
  row.columns = {{0xFFFF, Cell::null()}};
  Bytes bytes;
  encode(row, bytes);
  EXPECT_EQ(judge(bytes), kNone);
  Bytes beyond = bytes_of({1, 1, 0, 1, 1, 2});
  ByteWriter(beyond).leb(8193);
  beyond.resize(beyond.size() + 8192);
  append(beyond, bytes_of({1, 0}));
  EXPECT_EQ(judge(beyond), kMalformed);
}

TEST(RowChange, RejectsMoreColumnsThanATableHas) {
  for (const std::size_t count : {kColumnsMax, kColumnsMax + 1}) {
    RowChange row;
    row.operation = Operation::update;
    row.key = {Cell::of_integer(1)};
    for (std::size_t id = 0; id < count; ++id) {
      row.columns.emplace_back(static_cast<std::uint16_t>(id), Cell::null());
    }
    Bytes bytes;
    encode(row, bytes);
    EXPECT_EQ(judge(bytes), count == kColumnsMax ? kNone : kMalformed);
  }
}

TEST(RowChange, RejectsMoreAndFewerValuesThanTheMaskSays) {
  EXPECT_EQ(judge({1, 2, 7, 1, 1, 2, 1, 3, 0, 0}), kNone);
  EXPECT_EQ(judge({1, 2, 7, 1, 1, 2, 1, 3, 0}), kMalformed);
  EXPECT_EQ(judge({1, 2, 7, 1, 1, 2, 1, 3, 0, 0, 0}), kMalformed);
}

TEST(RowChange, RejectsColumnsOfARowThatIsGone) {
  EXPECT_EQ(judge({1, 3, 7, 1, 1, 2, 0}), kNone);
  EXPECT_EQ(judge({1, 3, 7, 1, 1, 2, 1, 1, 0}), kMalformed);
}

TEST(RowChange, RejectsNumbersInALongerForm) {
  EXPECT_EQ(judge({1, 1, 0x87, 0, 1, 1, 2, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 0x81, 0, 1, 2, 0}), kMalformed);
  EXPECT_EQ(judge({1, 1, 7, 1, 1, 2, 0x80, 0}), kMalformed);
}

TEST(RowChangeDeathTest, ColumnsAreWrittenInOrderOnly) {
  RowChange row;
  row.operation = Operation::update;
  row.key = {Cell::of_integer(1)};
  row.columns = {{3, Cell::null()}, {3, Cell::null()}};
  Bytes bytes;
  EXPECT_DEATH(encode(row, bytes), "invariant");
}

RC_GTEST_PROP(Yield, RoundTrips, ()) {
  test::RandomCells random;
  const Yield yield{*rc::gen::arbitrary<std::uint32_t>(),
                    *rc::gen::inRange<std::uint64_t>(0, kStampEnd),
                    {random.key(), random.key()}};
  const Bytes bytes = encode(yield);
  Yield read;
  RC_ASSERT(decode(bytes, read) == kNone);
  RC_ASSERT(read.table == yield.table);
  RC_ASSERT(read.lift == yield.lift);
  RC_ASSERT(read.key == yield.key);
}

TEST(Yield, RejectsWhatNoWriterWrites) {
  EXPECT_EQ(judge_yield({1, 7, 0, 1, 1, 2}), kNone);
  EXPECT_EQ(judge_yield({2, 7, 0, 1, 1, 2}), RecordReject::newer);
  EXPECT_EQ(judge_yield({0, 7, 0, 1, 1, 2}), kMalformed);
  EXPECT_EQ(judge_yield({1, 7, 0, 0}), kMalformed);
  EXPECT_EQ(judge_yield({1, 7, 0, 1, 1}), kMalformed);
  EXPECT_EQ(judge_yield({1, 7, 0, 1, 1, 2, 0}), kMalformed);
  EXPECT_EQ(judge_yield({1, 7, 0, 1, 0}), kMalformed);
}

}  // namespace
}  // namespace tidemark::proto
