#include "oplog/hash.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

// Known answers are from Python: hashlib.blake2b(data, digest_size=.., key=.., person=..), with the
// personal padded to 16 bytes by zeros, and for SipHash from the tables of its authors.
namespace tidemark {
namespace {

using test::counting_bytes;
using test::to_hex;

TEST(Hash256, IsBlake2bWithAPersonal) {
  EXPECT_EQ(to_hex(hash256("tidemark.body.1", {as_bytes("abc")})),
            "0d4d4b5ca68f3e479e2305594d7fd349e41c2ba892fcc4bb0b3737ab21006ea3");
}

TEST(Hash256, OfNothingIsTheHashOfTheEmptyText) {
  constexpr auto kEmpty = "178caa273c7a3573872ee7948bf95bd52d13767f9061874626ff6d0e45fd036b";
  EXPECT_EQ(to_hex(hash256("tidemark.body.1", {})), kEmpty);
  EXPECT_EQ(to_hex(hash256("tidemark.body.1", {ByteView{}})), kEmpty);
}

TEST(Hasher256, OfPiecesIsTheHashOfTheWhole) {
  Hasher256 hasher("tidemark.body.1");
  hasher.update(as_bytes("a"));
  const Hasher256 copy = hasher;
  hasher.update(as_bytes("bc"));
  EXPECT_EQ(hasher.value(), hash256("tidemark.body.1", {as_bytes("abc")}));
  EXPECT_EQ(hasher.value(), hasher.value());
  EXPECT_EQ(copy.value(), hash256("tidemark.body.1", {as_bytes("a")}));
}

TEST(Hash256, DependsOnTheBytesNotOnHowTheyArePartitioned) {
  EXPECT_EQ(hash256("tidemark.body.1", {as_bytes("a"), as_bytes(""), as_bytes("bc")}),
            hash256("tidemark.body.1", {as_bytes("abc")}));
}

TEST(Hash256, AnotherPersonalIsAnotherHash) {
  EXPECT_NE(hash256("tidemark.body.1", {as_bytes("abc")}),
            hash256("tidemark.load.1", {as_bytes("abc")}));
}

TEST(Hash256DeathTest, APersonalAbove16BytesIsABug) {
  EXPECT_DEATH(hash256("seventeen bytes!!", {}), "invariant broken");
}

TEST(Hasher256, PiecesMakeTheHashOfTheWhole) {
  // Pieces of every size around BLAKE2b's block of 128 bytes, over three blocks.
  const auto bytes = counting_bytes<300>(0);
  for (const std::size_t piece : {1U, 7U, 127U, 128U, 129U, 299U, 300U}) {
    Hasher256 hasher("tidemark.file.1");
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      hasher.update(ByteView(bytes).subspan(at, std::min(piece, bytes.size() - at)));
    }
    EXPECT_EQ(hasher.value(), hash256("tidemark.file.1", {bytes})) << piece;
  }
}

TEST(Hasher256, AskingForTheHashDoesNotEndIt) {
  Hasher256 hasher("tidemark.file.1");
  EXPECT_EQ(hasher.value(), hash256("tidemark.file.1", {}));
  hasher.update(as_bytes("abc"));
  EXPECT_EQ(hasher.value(), hash256("tidemark.file.1", {as_bytes("abc")}));
}

TEST(Hasher256, ACopyGoesOnByItself) {
  Hasher256 hasher("tidemark.file.1");
  hasher.update(as_bytes("abc"));
  Hasher256 copy = hasher;
  copy.update(as_bytes("def"));
  EXPECT_EQ(hasher.value(), hash256("tidemark.file.1", {as_bytes("abc")}));
  EXPECT_EQ(copy.value(), hash256("tidemark.file.1", {as_bytes("abcdef")}));
}

TEST(Hash128, IsBlake2b128WithAPersonal) {
  EXPECT_EQ(to_hex(hash128("tidemark.table.1", as_bytes("abc"))),
            "7181828fcedce9d33e896e8308d89869");
}

TEST(KeyedHash512, IsBlake2b512WithKeyAndPersonal) {
  const std::array<std::byte, 8> seven = {std::byte{7}};
  EXPECT_EQ(to_hex(keyed_hash512(counting_bytes<16>(0), "tidemark.salt.1", seven)),
            "af4b8ed1a6e556ba872030d15e72ee7399b29ac3c1ae83809d442a89cd5c055f"
            "1b1c3218f60b781451b98777b4cc0b2c4ccb42c3fbc18b36177ecf604f71f399");
}

TEST(KeyedHash128, IsSipHash24) {
  EXPECT_EQ(to_hex(keyed_hash128(counting_bytes<16>(0), counting_bytes<15>(0))),
            "5493e99933b0a8117e08ec0f97cfc3d9");
  EXPECT_EQ(to_hex(keyed_hash128(counting_bytes<16>(0), {})), "a3817f04ba25a8e66df67214c7550293");
}

TEST(Crc32c, AnswersTheCheckValueOfItsDefinition) {
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xE3069283U);
  EXPECT_EQ(crc32c({}), 0U);
}

TEST(Crc32c, SeesEverySingleBit) {
  auto bytes = counting_bytes<32>(0);
  const std::uint32_t before = crc32c(bytes);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
    EXPECT_NE(crc32c(bytes), before) << bit;
    bytes[bit / 8] ^= std::byte{1} << (bit % 8);
  }
}

}  // namespace
}  // namespace tidemark
