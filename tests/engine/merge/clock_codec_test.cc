#include "engine/merge/clock_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::ClockCodec;
using engine::ColumnNo;
using engine::OriginRefs;
using engine::RowClock;

constexpr std::uint64_t kBase = std::uint64_t{1'700'000'000'000} << 16;
const OriginRefs kRefs({{1, peer(1), {}, {}, {}}, {300, peer(2), {}, {}, {}}});
const ClockCodec kCodec(kBase, kRefs);

Bytes encoded(const RowClock& clock, std::uint32_t check = 0x01020304) {
  Bytes out;
  kCodec.encode(check, clock, out);
  return out;
}

RowClock sample() {
  RowClock clock;
  clock.registers.fold_delete(stamp(kBase - 70'000, 2, 3));
  clock.registers.fold_insert(stamp(kBase + 1, 1, 4), std::vector<ColumnNo>{0, 2}, 3);
  clock.registers.fold_update(stamp(kBase + 9, 2, 1), std::vector<ColumnNo>{2, 5});
  clock.registers.fold_yield(stamp(kBase + 10, 1, 6));
  clock.shadowed = true;
  clock.parked = true;
  return clock;
}

TEST(ClockCodec, ComesBackWhole) {
  const Bytes bytes = encoded(sample());
  EXPECT_EQ(kCodec.decode(bytes), sample());
  EXPECT_EQ(ClockCodec::check_of(bytes), 0x01020304U);
}

TEST(ClockCodec, ARecentRowTakesFewBytes) {
  RowClock clock;
  clock.registers.fold_insert(stamp(kBase + 60'000, 1, 100), std::vector<ColumnNo>{0, 1}, 2);
  EXPECT_LE(encoded(clock).size(), 12U);
}

TEST(ClockCodec, KeepsEveryLegalStamp) {
  for (const std::uint64_t h :
       {std::uint64_t{0}, std::uint64_t{1}, kBase, kBase - 1, kHlcEnd - 1, kStampEnd - 1}) {
    RowClock clock;
    clock.registers.deleted = stamp(h, 2, to_number(EntryIndex{kIndexEnd - 1}));
    EXPECT_EQ(kCodec.decode(encoded(clock)), clock) << h;
  }
}

bool is_refused(ByteView bytes) {
  try {
    static_cast<void>(kCodec.decode(bytes));
    return false;
  } catch (const Error& error) {
    return error.code() == ErrorCode::database_corrupt;
  }
}

TEST(ClockCodec, RefusesEveryTruncation) {
  const Bytes bytes = encoded(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_TRUE(is_refused(ByteView(bytes).first(size))) << size;
  }
}

TEST(ClockCodec, RefusesBytesLeftOver) {
  Bytes bytes = encoded(sample());
  bytes.push_back(std::byte{0});
  EXPECT_TRUE(is_refused(bytes));
}

TEST(ClockCodec, RefusesAnUnknownOrigin) {
  Bytes bytes = encoded(RowClock{});
  bytes[4] = std::byte{2};  // a delete follows
  for (const unsigned byte : {99U, 0U, 0U}) bytes.push_back(static_cast<std::byte>(byte));
  EXPECT_TRUE(is_refused(bytes));
}

TEST(ClockCodec, RefusesANumberWithoutEnd) {
  Bytes bytes = encoded(RowClock{});
  bytes[4] = std::byte{2};
  bytes.insert(bytes.end(), 12, std::byte{0xFF});
  EXPECT_TRUE(is_refused(bytes));
}

TEST(ClockCodec, RefusesMoreExceptionsThanBytes) {
  Bytes bytes = encoded(RowClock{});
  bytes[4] = std::byte{8};
  bytes.push_back(std::byte{0x7F});
  EXPECT_TRUE(is_refused(bytes));
}

TEST(ClockCodec, ACheckNeedsItsBytes) {
  EXPECT_THROW(static_cast<void>(ClockCodec::check_of(Bytes(4))), Error);
}

RC_GTEST_PROP(ClockCodec, NeverCrashesOnAnyBytes, (std::vector<unsigned char> raw)) {
  const ByteView bytes = std::as_bytes(std::span(raw));
  try {
    static_cast<void>(kCodec.decode(bytes));
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::database_corrupt);
  }
}

}  // namespace
}  // namespace tidemark::test
