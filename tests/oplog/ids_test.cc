#include "oplog/ids.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/hex.h"

namespace tidemark {
namespace {

constexpr std::string_view kCounting = "aaaqeayeaudaocajbifqydiob4";

TEST(PeerId, TextIs26CharactersOfBase32) {
  EXPECT_EQ(to_text(PeerId{test::counting_bytes<16>(0)}), kCounting);
  EXPECT_EQ(to_text(PeerId{}), std::string(26, 'a'));
}

TEST(PeerId, ParsesItsText) {
  EXPECT_EQ(parse_peer_id(kCounting), PeerId{test::counting_bytes<16>(0)});
}

TEST(PeerId, OrderIsBytewiseUnsigned) {
  EXPECT_LT(PeerId{{std::byte{0x7F}}}, PeerId{{std::byte{0x80}}});
  EXPECT_LT((PeerId{{std::byte{1}, std::byte{9}}}), PeerId{{std::byte{2}}});
}

TEST(PeerId, RejectsAnyOtherLength) {
  EXPECT_FALSE(parse_peer_id(""));
  EXPECT_FALSE(parse_peer_id(kCounting.substr(1)));
  EXPECT_FALSE(parse_peer_id(std::string(kCounting) + "a"));
}

TEST(PeerId, RejectsUpperCase) {
  EXPECT_FALSE(parse_peer_id("AAAQEAYEAUDAOCAJBIFQYDIOB4"));
}

TEST(PeerId, RejectsCharactersOutsideTheAlphabet) {
  for (const char c : std::string("018=-_ ./") + '\0' + '\xC3') {
    std::string text(kCounting);
    text[7] = c;
    EXPECT_FALSE(parse_peer_id(text)) << c;
  }
}

TEST(PeerId, RejectsBitsBeyondTheLast) {
  // Of the last character's five bits two are spare: "4" is 28, which leaves them zero.
  EXPECT_FALSE(parse_peer_id("aaaqeayeaudaocajbifqydiob5"));
  EXPECT_FALSE(parse_peer_id("aaaqeayeaudaocajbifqydiob6"));
}

TEST(GroupId, HasTheSameTextForm) {
  EXPECT_EQ(to_text(GroupId{test::counting_bytes<16>(0)}), kCounting);
  EXPECT_EQ(parse_group_id(kCounting), GroupId{test::counting_bytes<16>(0)});
  EXPECT_FALSE(parse_group_id("AAAQEAYEAUDAOCAJBIFQYDIOB4"));
}

RC_GTEST_PROP(PeerId, TextReadsBack, ()) {
  PeerId id;
  for (std::byte& byte : id.bytes) byte = std::byte{*rc::gen::arbitrary<unsigned char>()};
  RC_ASSERT(parse_peer_id(to_text(id)) == id);
}

// hashlib.blake2b(bytes(32) + bytes(range(16)), digest_size=32, person=b"tidemark.origin1")
TEST(DerivedOrigin, IsTheHashOfKeyAndNonce) {
  EXPECT_EQ(to_text(derive_origin({}, test::counting_bytes<16>(0))), "i6yidbpc6cfgfsclh2hcmuwxti");
}

}  // namespace
}  // namespace tidemark
