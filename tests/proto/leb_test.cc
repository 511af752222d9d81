#include "proto/leb.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tidemark::proto {
namespace {

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

RC_GTEST_PROP(Leb, RoundTrips, (std::uint64_t value)) {
  const auto shifted = value >> *rc::gen::inRange(0, 64);
  Bytes out;
  ByteWriter(out).leb(shifted);
  RC_ASSERT(out.size() == leb_size(shifted));
  ByteReader reader(out);
  RC_ASSERT(reader.leb() == shifted);
  RC_ASSERT(reader.done());
}

RC_GTEST_PROP(Zigzag, RoundTrips, (std::int64_t value)) {
  RC_ASSERT(unzigzag(zigzag(value)) == value);
}

TEST(Zigzag, PutsSmallNumbersFirst) {
  EXPECT_EQ(zigzag(0), 0U);
  EXPECT_EQ(zigzag(-1), 1U);
  EXPECT_EQ(zigzag(1), 2U);
  EXPECT_EQ(zigzag(std::numeric_limits<std::int64_t>::min()), ~std::uint64_t{0});
}

TEST(Leb, ReadsTheLargestNumber) {
  const Bytes bytes = bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 1});
  ByteReader reader(bytes);
  EXPECT_EQ(reader.leb(), ~std::uint64_t{0});
  EXPECT_TRUE(reader.done());
}

TEST(Leb, RejectsLongerFormsThanNeeded) {
  for (const Bytes& bytes : {bytes_of({0x80, 0}), bytes_of({0xFF, 0x80, 0})}) {
    ByteReader reader(bytes);
    EXPECT_EQ(reader.leb(), 0U);
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Leb, RejectsMoreThan64Bits) {
  for (const Bytes& bytes : {bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}),
                             bytes_of({255, 255, 255, 255, 255, 255, 255, 255, 255, 129, 1})}) {
    ByteReader reader(bytes);
    reader.leb();
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Leb, RejectsWhatIsCutShort) {
  for (const Bytes& bytes : {bytes_of({}), bytes_of({0x80}), bytes_of({0x80, 0x80})}) {
    ByteReader reader(bytes);
    reader.leb();
    EXPECT_FALSE(reader.ok());
  }
}

TEST(Leb, RejectsNumbersAboveTheCap) {
  const Bytes bytes = bytes_of({0x80, 1, 0x7F});
  EXPECT_EQ(ByteReader(bytes).leb(128), 128U);
  ByteReader above(bytes);
  above.leb(127);
  EXPECT_FALSE(above.ok());
  ByteReader small(ByteView(bytes).last(1));
  small.leb(126);
  EXPECT_FALSE(small.ok());
}

TEST(ByteReader, StaysFailed) {
  const Bytes bytes = bytes_of({1, 2, 3});
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.take(4).empty());
  EXPECT_EQ(reader.remaining(), 0U);
  EXPECT_EQ(reader.u8(), 0U);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0U);
  EXPECT_EQ(reader.array<2>(), (std::array<std::byte, 2>{}));
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.done());
}

TEST(ByteReader, TakesNoMoreThanThereIsWhateverTheLengthSays) {
  Bytes bytes;
  ByteWriter(bytes).leb(~std::uint64_t{0});
  ByteReader reader(bytes);
  EXPECT_TRUE(reader.sized(~std::uint64_t{0}).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, ReadsLittleEndian) {
  const Bytes bytes = bytes_of({1, 2, 3, 4, 9});
  ByteReader reader(bytes);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0x04030201U);
  EXPECT_EQ(reader.u8(9), 9U);
  EXPECT_TRUE(reader.done());
}

TEST(ByteReader, RejectsABytePastItsMaximum) {
  const Bytes bytes = bytes_of({2});
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u8(1), 0U);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace tidemark::proto
