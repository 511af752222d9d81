#include "proto/group_spec.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/hash.h"
#include "proto/leb.h"

namespace tidemark::proto {
namespace {

GroupSpec sample() {
  GroupSpec spec;
  spec.policy = 0b1011;
  spec.nonce[3] = std::byte{7};
  spec.admin_key[31] = std::byte{9};
  spec.created_ms = 1'700'000'000'000;
  return spec;
}

GroupSpecReject judge(ByteView bytes) {
  GroupSpec out;
  return decode(bytes, out);
}

GroupSpecReject judge_with(std::size_t at, unsigned value) {
  auto bytes = encode(sample());
  bytes[at] = static_cast<std::byte>(value);
  put_number(bytes.data() + 92, crc32c(ByteView(bytes).first(92)));
  return judge(bytes);
}

RC_GTEST_PROP(GroupSpec, RoundTrips, (std::uint64_t created, std::uint8_t nonce)) {
  GroupSpec spec;
  spec.policy = *rc::gen::inRange<std::uint8_t>(0, 12);
  spec.created_ms = created;
  spec.nonce[15] = std::byte{nonce};
  GroupSpec read;
  RC_ASSERT(decode(encode(spec), read) == GroupSpecReject::none);
  RC_ASSERT(read == spec);
  RC_ASSERT(group_id(read) == group_id(spec));
}

TEST(GroupSpec, RejectsAWrongSize) {
  const auto bytes = encode(sample());
  EXPECT_EQ(judge(ByteView(bytes).first(95)), GroupSpecReject::wrong_size);
  EXPECT_EQ(judge({}), GroupSpecReject::wrong_size);
  EXPECT_EQ(judge(Bytes(97)), GroupSpecReject::wrong_size);
}

TEST(GroupSpec, RejectsBadMagic) {
  EXPECT_EQ(judge_with(0, 0), GroupSpecReject::bad_magic);
}

TEST(GroupSpec, RejectsEveryBit) {
  for (std::size_t bit = 0; bit < 8 * kGroupSpecBytes; ++bit) {
    auto bytes = encode(sample());
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    const auto expected = bit < 64 ? GroupSpecReject::bad_magic : GroupSpecReject::bad_crc;
    EXPECT_EQ(judge(bytes), expected);
  }
}

TEST(GroupSpec, RejectsANewerVersion) {
  EXPECT_EQ(judge_with(8, 2), GroupSpecReject::newer_version);
}

TEST(GroupSpec, RejectsReservedBytes) {
  for (const std::size_t at :
       {std::size_t{10}, std::size_t{15}, std::size_t{72}, std::size_t{91}}) {
    EXPECT_EQ(judge_with(at, 1), GroupSpecReject::bad_reserved);
  }
  EXPECT_EQ(judge_with(8, 0), GroupSpecReject::bad_reserved);
}

TEST(GroupSpec, RejectsAnUnknownPolicy) {
  EXPECT_EQ(judge_with(9, 0b1000), GroupSpecReject::none);
  EXPECT_EQ(judge_with(9, 0b1100), GroupSpecReject::bad_reserved);
  EXPECT_EQ(judge_with(9, 0b10000), GroupSpecReject::bad_reserved);
}

TEST(GroupSpec, EachRefusalHasANameOfItsOwn) {
  EXPECT_STREQ(to_text(GroupSpecReject::none), "none");
  EXPECT_STREQ(to_text(GroupSpecReject::wrong_size), "wrong_size");
  EXPECT_STREQ(to_text(GroupSpecReject::bad_magic), "bad_magic");
  EXPECT_STREQ(to_text(GroupSpecReject::bad_crc), "bad_crc");
  EXPECT_STREQ(to_text(GroupSpecReject::newer_version), "newer_version");
  EXPECT_STREQ(to_text(GroupSpecReject::bad_reserved), "bad_reserved");
}

TEST(GroupSpec, IsPlainWithoutSigningAndEncryption) {
  EXPECT_FALSE(sample().plain());
  EXPECT_TRUE(GroupSpec{.policy = 0b1000}.plain());
}

TEST(GroupSpec, HasAnIdThatItsEveryFieldMoves) {
  GroupSpec other = sample();
  other.nonce[0] = std::byte{1};
  EXPECT_NE(group_id(other), group_id(sample()));
  other = sample();
  other.policy = 0;
  EXPECT_NE(group_id(other), group_id(sample()));
}

TEST(GroupSpec, OlderOnesPrecede) {
  GroupSpec newer = sample();
  newer.created_ms += 1;
  EXPECT_TRUE(precedes(sample(), newer));
  EXPECT_FALSE(precedes(newer, sample()));
  EXPECT_FALSE(precedes(newer, newer));
}

TEST(GroupSpec, EquallyOldOnesAreInTheOrderOfTheirIds) {
  GroupSpec other = sample();
  other.nonce[0] = std::byte{1};
  EXPECT_EQ(precedes(sample(), other), group_id(sample()) < group_id(other));
  EXPECT_NE(precedes(sample(), other), precedes(other, sample()));
}

}  // namespace
}  // namespace tidemark::proto
