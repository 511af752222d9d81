#include "proto/record_cell.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "tests/proto/random_cells.h"

namespace tidemark::proto {
namespace {

Bytes written(const Cell& cell) {
  Bytes bytes(encoded_size(cell));
  EXPECT_EQ(put_cell(bytes.data(), cell), bytes.data() + bytes.size());
  return bytes;
}

bool accepts(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  ByteReader reader(bytes);
  read_cell(reader);
  return reader.done();
}

Cell chunked(std::uint64_t total, std::uint32_t chunks, std::uint32_t back) {
  Cell cell;
  cell.type = CellType::chunked;
  cell.of = CellType::blob;
  cell.total_bytes = total;
  cell.chunks = chunks;
  cell.back = back;
  return cell;
}

bool accepts_chunked(std::uint64_t total, std::uint64_t chunks, std::uint64_t back) {
  Bytes bytes{std::byte{5}, std::byte{4}};
  ByteWriter writer(bytes);
  writer.leb(total);
  writer.leb(chunks);
  writer.leb(back);
  ByteReader reader(bytes);
  read_cell(reader);
  return reader.done();
}

RC_GTEST_PROP(Cell, RoundTrips, ()) {
  test::RandomCells random;
  const Cell cell = random.any();
  const Bytes bytes = written(cell);
  ByteReader reader(bytes);
  RC_ASSERT(read_cell(reader) == cell);
  RC_ASSERT(reader.done());
}

RC_GTEST_PROP(Cell, WhatIsAcceptedIsWrittenTheSameWay, (std::vector<std::uint8_t> bytes)) {
  RC_PRE(!bytes.empty());
  bytes[0] %= 8;
  ByteReader reader(std::as_bytes(std::span(bytes)));
  const Cell cell = read_cell(reader);
  if (!reader.ok()) return;
  const Bytes again = written(cell);
  RC_ASSERT(again.size() == bytes.size() - reader.remaining());
  RC_ASSERT(std::ranges::equal(again, std::as_bytes(std::span(bytes)).first(again.size())));
}

RC_GTEST_PROP(OwnedCell, KeepsItsValueWhereverItMoves, ()) {
  auto random = std::make_unique<test::RandomCells>();
  const Cell cell = random->any();
  OwnedCell owned(cell);
  const OwnedCell copy = owned;
  const OwnedCell moved = std::move(owned);
  RC_ASSERT(moved.view() == cell);
  RC_ASSERT(copy == moved);
}

TEST(Cell, IsSmall) {
  EXPECT_LE(sizeof(Cell), 40U);
}

TEST(Cell, DiffersByTypeAndByBytes) {
  const Cell text = Cell::of_text("a");
  EXPECT_EQ(text, Cell::of_text("a"));
  EXPECT_FALSE(text == Cell::of_blob(as_bytes("a")));
  EXPECT_FALSE(text == Cell::of_text("b"));
  EXPECT_FALSE(Cell::of_integer(0) == Cell::null());
  EXPECT_FALSE(Cell::of_integer(1) == Cell::of_real(1));
  EXPECT_FALSE(Cell::of_real(0.0) == Cell::of_real(-0.0));
  EXPECT_FALSE(chunked(5, 1, 1) == chunked(5, 1, 2));
}

TEST(Cell, RejectsAnUnknownTag) {
  EXPECT_TRUE(accepts({0}));
  EXPECT_FALSE(accepts({8}));
  EXPECT_FALSE(accepts({255}));
}

TEST(Cell, RejectsWhatIsCutShort) {
  for (const unsigned tag : {1U, 2U, 3U, 4U, 5U, 6U, 7U}) EXPECT_FALSE(accepts({tag}));
  EXPECT_FALSE(accepts({2, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(accepts({3, 2, 'a'}));
  EXPECT_FALSE(accepts({6, 3}));
}

TEST(Cell, RejectsIntegersInALongerForm) {
  EXPECT_TRUE(accepts({1, 1}));
  EXPECT_FALSE(accepts({1, 0x81, 0}));
}

TEST(Cell, RejectsNaN) {
  EXPECT_TRUE(accepts({2, 0, 0, 0, 0, 0, 0, 0xF0, 0x7F}));
  EXPECT_FALSE(accepts({2, 1, 0, 0, 0, 0, 0, 0xF0, 0x7F}));
  EXPECT_FALSE(accepts({2, 0, 0, 0, 0, 0, 0, 0xF8, 0xFF}));
}

TEST(Cell, RejectsALengthAboveEveryPayload) {
  EXPECT_FALSE(accepts({4, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}));
}

TEST(Cell, RejectsStandInsOfOtherTypesThanTextAndBlob) {
  EXPECT_TRUE(accepts({6, 3, 9}));
  EXPECT_TRUE(accepts({6, 4, 9}));
  for (const unsigned of : {0U, 1U, 2U, 5U, 6U}) EXPECT_FALSE(accepts({6, of, 9}));
  EXPECT_FALSE(accepts({5, 1, 9, 1, 1}));
}

TEST(Cell, RejectsChunksThatCanNotHoldTheValue) {
  EXPECT_TRUE(accepts_chunked(kChunkBytesMax, 1, 1));
  EXPECT_FALSE(accepts_chunked(kChunkBytesMax + 1, 1, 1));
  EXPECT_TRUE(accepts_chunked(2, 2, 2));
  EXPECT_FALSE(accepts_chunked(1, 2, 2));
  EXPECT_FALSE(accepts_chunked(9, 0, 1));
}

TEST(Cell, RejectsChunksThatAreNotBeforeTheRow) {
  EXPECT_TRUE(accepts_chunked(9, 2, 5));
  EXPECT_FALSE(accepts_chunked(9, 2, 1));
  EXPECT_FALSE(accepts_chunked(9, 2, 1ULL << 32));
}

TEST(Cell, RejectsAChunkedValueAboveItsCap) {
  EXPECT_TRUE(accepts_chunked(kValueBytesMax, 1'000'000, 1'000'000));
  EXPECT_FALSE(accepts_chunked(kValueBytesMax + 1, 1'000'000, 1'000'000));
}

TEST(CellDeathTest, NaNIsNotWritten) {
  Bytes bytes(16);
  const Cell nan = Cell::of_real(std::numeric_limits<double>::quiet_NaN());
  EXPECT_DEATH(put_cell(bytes.data(), nan), "invariant");
}

TEST(Cell, KeysHoldWhatCanBeCompared) {
  for (int type = 0; type < 8; ++type) {
    const bool expected = (type >= 1 && type <= 4) || type == 6;
    EXPECT_EQ(is_key_type(static_cast<CellType>(type)), expected) << type;
    EXPECT_EQ(is_constant_type(static_cast<CellType>(type)), type <= 4) << type;
  }
}

}  // namespace
}  // namespace tidemark::proto
