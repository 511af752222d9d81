#include "engine/merge/digest.h"

#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::ColumnNo;
using engine::Digest;
using engine::DigestNames;
using engine::RowRegisters;

DigestNames names(std::initializer_list<const char*> columns, const char* table = "notes") {
  DigestNames made(table);
  for (const auto* column : columns) made.add_column(column);
  return made;
}

RowRegisters inserted(std::vector<ColumnNo> columns, ColumnNo total) {
  RowRegisters row;
  row.fold_insert(stamp(5), columns, total);
  return row;
}

const Bytes kIdentity(3, std::byte{7});

TEST(Digest, CarriesBetweenItsHalves) {
  Digest sum{~std::uint64_t{0}, 1};
  sum.add({1, 0});
  EXPECT_EQ(sum, (Digest{0, 2}));
  sum.subtract({1, 0});
  EXPECT_EQ(sum, (Digest{~std::uint64_t{0}, 1}));
}

TEST(Digest, IsWrittenHighHalfFirst) {
  EXPECT_EQ(to_text(Digest{0xAB, 0x1}), "000000000000000100000000000000ab");
}

RC_GTEST_PROP(Digest, IsASumOfNoOrder,
              (std::vector<std::pair<std::uint64_t, std::uint64_t>> terms)) {
  Digest forth;
  Digest back;
  for (const auto& [lo, hi] : terms) forth.add({lo, hi});
  for (auto at = terms.rbegin(); at != terms.rend(); ++at) back.add({at->first, at->second});
  RC_ASSERT(forth == back);
  for (const auto& [lo, hi] : terms) forth.subtract({lo, hi});
  RC_ASSERT(forth == Digest{});
}

TEST(DigestNames, ARowWithoutRegistersIsZero) {
  EXPECT_EQ(names({"id"}).row(kIdentity, {}), Digest{});
}

TEST(DigestNames, DoesNotDependOnColumnNumbers) {
  RowRegisters one = inserted({0, 1}, 2);
  one.fold_update(stamp(9), std::vector<ColumnNo>{1});
  RowRegisters other = inserted({1, 2}, 3);  // the same columns under other numbers
  other.fold_update(stamp(9), std::vector<ColumnNo>{1});
  EXPECT_EQ(names({"id", "title"}).row(kIdentity, one),
            names({"stars", "title", "id"}).row(kIdentity, other));
}

TEST(DigestNames, DoesNotDependOnColumnsThatCameLater) {
  const RowRegisters row = inserted({0, 1}, 2);
  DigestNames grown = names({"id", "title"});
  const Digest before = grown.row(kIdentity, row);
  grown.add_column("aaa");
  EXPECT_EQ(grown.row(kIdentity, row), before);
}

TEST(DigestNames, TellsApartWhateverDiffers) {
  const DigestNames plain = names({"id", "title"});
  std::set<Digest> seen;
  const auto differs = [&](const Digest& digest) { return seen.insert(digest).second; };
  EXPECT_TRUE(differs(plain.row(kIdentity, inserted({0, 1}, 2))));
  EXPECT_TRUE(differs(plain.row(Bytes(3, std::byte{8}), inserted({0, 1}, 2))));
  EXPECT_TRUE(differs(names({"id", "title"}, "tags").row(kIdentity, inserted({0, 1}, 2))));
  EXPECT_TRUE(differs(names({"id", "name"}).row(kIdentity, inserted({0, 1}, 2))));
  EXPECT_TRUE(differs(plain.row(kIdentity, inserted({0}, 2))));
  RowRegisters row = inserted({0, 1}, 2);
  row.fold_update(stamp(6), std::vector<ColumnNo>{1});
  EXPECT_TRUE(differs(plain.row(kIdentity, row)));
  row.fold_yield(stamp(6));
  EXPECT_TRUE(differs(plain.row(kIdentity, row)));
  row.fold_delete(stamp(7));
  EXPECT_TRUE(differs(plain.row(kIdentity, row)));
  RowRegisters other_index;
  other_index.fold_insert(stamp(5, 1, 1), std::vector<ColumnNo>{0, 1}, 2);
  EXPECT_TRUE(differs(plain.row(kIdentity, other_index)));
  RowRegisters other_origin;
  other_origin.fold_insert(stamp(5, 2), std::vector<ColumnNo>{0, 1}, 2);
  EXPECT_TRUE(differs(plain.row(kIdentity, other_origin)));
}

}  // namespace
}  // namespace tidemark::test
