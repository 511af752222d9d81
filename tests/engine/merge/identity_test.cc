#include "engine/merge/identity.h"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tidemark::test {
namespace {

using engine::append_identity;
using engine::identity_prefix;
using engine::parse_identity;
using proto::Cell;
using proto::Collation;

Bytes of(const Cell& cell, Collation collation = Collation::binary) {
  Bytes out;
  append_identity(out, cell, collation);
  return out;
}

Bytes of_text(std::string_view text, Collation collation = Collation::binary) {
  return of(Cell::of_text(text), collation);
}

TEST(Identity, IntegerValuedRealsAreIntegers) {
  EXPECT_EQ(of(Cell::of_real(1.0)), of(Cell::of_integer(1)));
  EXPECT_EQ(of(Cell::of_real(-0.0)), of(Cell::of_integer(0)));
  EXPECT_EQ(of(Cell::of_real(-0x1p63)),
            of(Cell::of_integer(std::numeric_limits<std::int64_t>::min())));
  EXPECT_NE(of(Cell::of_real(1.5)), of(Cell::of_integer(1)));
  EXPECT_NE(of(Cell::of_real(0x1p63)),
            of(Cell::of_integer(std::numeric_limits<std::int64_t>::max())));
}

TEST(Identity, StorageClassesDiffer) {
  EXPECT_NE(of_text("1"), of(Cell::of_integer(1)));
  EXPECT_NE(of_text("x"), of(Cell::of_blob(as_bytes("x"))));
}

TEST(Identity, TextIsFoldedByItsCollation) {
  EXPECT_EQ(of_text("Bob", Collation::nocase), of_text("bOB", Collation::nocase));
  EXPECT_NE(of_text("Bob"), of_text("bob"));
  EXPECT_EQ(of_text("bob  ", Collation::rtrim), of_text("bob", Collation::rtrim));
  EXPECT_NE(of_text(" bob", Collation::rtrim), of_text("bob", Collation::rtrim));
  EXPECT_NE(of_text("bob ", Collation::nocase), of_text("bob", Collation::nocase));
  EXPECT_NE(of_text("\xc3\x84", Collation::nocase), of_text("\xc3\xa4", Collation::nocase));
}

TEST(Identity, BlobsAreNotFolded) {
  EXPECT_NE(of(Cell::of_blob(as_bytes("A ")), Collation::nocase),
            of(Cell::of_blob(as_bytes("a ")), Collation::nocase));
  EXPECT_NE(of(Cell::of_blob(as_bytes("a ")), Collation::rtrim),
            of(Cell::of_blob(as_bytes("a")), Collation::rtrim));
}

TEST(Identity, OrdersLikeSqlite) {
  const std::vector<Bytes> ascending = {
      of(Cell::of_integer(std::numeric_limits<std::int64_t>::min())),
      of(Cell::of_integer(-1)),
      of(Cell::of_integer(0)),
      of(Cell::of_integer(7)),
      of_text(""),
      of_text(std::string_view("a\0", 2)),
      of_text("ab"),
      of_text("b"),
      of(Cell::of_blob({})),
      of(Cell::of_blob(as_bytes("a")))};
  for (std::size_t i = 1; i < ascending.size(); ++i) {
    EXPECT_LT(ascending[i - 1], ascending[i]) << i;
    EXPECT_LE(identity_prefix(ascending[i - 1]), identity_prefix(ascending[i])) << i;
  }
  EXPECT_LT(of(Cell::of_real(-1.5)), of(Cell::of_real(-0.5)));
  EXPECT_LT(of(Cell::of_real(-0.5)), of(Cell::of_real(0.5)));
}

TEST(Identity, RefusesWhatIsNone) {
  const Bytes whole = of_text("abc");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_identity(ByteView(whole).first(size))) << size;
  }
  EXPECT_FALSE(parse_identity(Bytes{std::byte{0x99}}));
  EXPECT_FALSE(parse_identity(Bytes{std::byte{0x20}, std::byte{0}, std::byte{1}}));
  EXPECT_FALSE(parse_identity(Bytes{std::byte{0x10}, std::byte{0}}));
}

rc::Gen<proto::OwnedCell> any_key_value() {
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::arbitrary<std::int64_t>(),
                   [](std::int64_t v) { return proto::OwnedCell(Cell::of_integer(v)); }),
      rc::gen::map(rc::gen::inRange(-1000, 1000),
                   [](int v) { return proto::OwnedCell(Cell::of_real(v + 0.25)); }),
      rc::gen::map(rc::gen::container<std::string>(rc::gen::element('\0', 'a', 'b', '\xff')),
                   [](const std::string& v) { return proto::OwnedCell(Cell::of_text(v)); }),
      rc::gen::map(
          rc::gen::container<std::string>(rc::gen::element('\0', 'a', '\xff')),
          [](const std::string& v) { return proto::OwnedCell(Cell::of_blob(as_bytes(v))); }));
}

Bytes of_all(const std::vector<proto::OwnedCell>& key) {
  Bytes out;
  for (const auto& value : key) append_identity(out, value.view(), Collation::binary);
  return out;
}

RC_GTEST_PROP(Identity, ComesBackFromItsBytes, ()) {
  const auto key = *rc::gen::container<std::vector<proto::OwnedCell>>(any_key_value());
  const auto parsed = parse_identity(of_all(key));
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(*parsed == key);
}

RC_GTEST_PROP(Identity, DiffersForDifferentKeys, ()) {
  const auto a = *rc::gen::container<std::vector<proto::OwnedCell>>(any_key_value());
  const auto b = *rc::gen::container<std::vector<proto::OwnedCell>>(any_key_value());
  RC_ASSERT((of_all(a) == of_all(b)) == (a == b));
}

}  // namespace
}  // namespace tidemark::test
