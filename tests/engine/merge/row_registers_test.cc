#include "engine/merge/row_registers.h"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::ColumnNo;
using engine::RowRegisters;

const std::vector<ColumnNo> kAll = {0, 1, 2};

TEST(RowRegisters, KnowsNothingAtFirst) {
  const RowRegisters row;
  EXPECT_TRUE(row.empty());
  EXPECT_FALSE(row.live());
  EXPECT_EQ(row.highest(), 0U);
  EXPECT_FALSE(row.column_stamp(0));
}

TEST(RowRegisters, AnInsertCarriesItsColumnsWithoutStampsOfTheirOwn) {
  RowRegisters row;
  row.fold_insert(stamp(5), kAll, 3);
  EXPECT_TRUE(row.live());
  EXPECT_TRUE(row.exceptions.empty());
  EXPECT_EQ(row.column_stamp(2), stamp(5));
  EXPECT_FALSE(row.column_stamp(3));
  EXPECT_EQ(row.highest(), 5U);
}

TEST(RowRegisters, ColumnsThatAnInsertDidNotCarryHaveNone) {
  RowRegisters row;
  row.fold_insert(stamp(5), std::vector<ColumnNo>{0, 2}, 3);
  EXPECT_FALSE(row.column_stamp(1));
  EXPECT_FALSE(row.has_own_stamps());
}

TEST(RowRegisters, TheNewerUpdateWinsAColumn) {
  RowRegisters row;
  row.fold_insert(stamp(5), kAll, 3);
  row.fold_update(stamp(9), std::vector<ColumnNo>{1});
  row.fold_update(stamp(7), std::vector<ColumnNo>{1, 2});
  EXPECT_EQ(row.column_stamp(0), stamp(5));
  EXPECT_EQ(row.column_stamp(1), stamp(9));
  EXPECT_EQ(row.column_stamp(2), stamp(7));
  EXPECT_EQ(row.highest(), 9U);
}

TEST(RowRegisters, OriginAndIndexDecideBetweenEqualHs) {
  RowRegisters row;
  row.fold_update(stamp(5, 2, 0), std::vector<ColumnNo>{0});
  row.fold_update(stamp(5, 1, 9), std::vector<ColumnNo>{0});
  EXPECT_EQ(row.column_stamp(0), stamp(5, 2, 0));
  row.fold_update(stamp(5, 2, 1), std::vector<ColumnNo>{0});
  EXPECT_EQ(row.column_stamp(0), stamp(5, 2, 1));
}

TEST(RowRegisters, ADeleteVoidsEverythingUpToIt) {
  RowRegisters row;
  row.fold_insert(stamp(5), kAll, 3);
  row.fold_update(stamp(8), std::vector<ColumnNo>{1});
  row.fold_yield(stamp(6));
  row.fold_delete(stamp(7));
  EXPECT_FALSE(row.live());
  EXPECT_FALSE(row.yielded);
  EXPECT_FALSE(row.column_stamp(0));
  EXPECT_EQ(row.column_stamp(1), stamp(8));  // it waits
  EXPECT_TRUE(row.has_own_stamps());
}

TEST(RowRegisters, AnUpdateNeverResurrects) {
  RowRegisters row;
  row.fold_delete(stamp(5));
  row.fold_update(stamp(9), kAll);
  EXPECT_FALSE(row.live());
  row.fold_insert(stamp(4), kAll, 3);
  EXPECT_FALSE(row.live());
  row.fold_insert(stamp(6), kAll, 3);
  EXPECT_TRUE(row.live());
  EXPECT_EQ(row.column_stamp(0), stamp(9));
}

TEST(RowRegisters, AnOlderInsertCountsAsAnUpdate) {
  RowRegisters row;
  row.fold_insert(stamp(9), std::vector<ColumnNo>{0}, 1);
  row.fold_insert(stamp(5), kAll, 3);
  EXPECT_EQ(row.inserted, stamp(9));
  EXPECT_EQ(row.column_stamp(0), stamp(9));
  EXPECT_EQ(row.column_stamp(2), stamp(5));
}

TEST(RowRegisters, AYieldIsAMaximumAboveTheDelete) {
  RowRegisters row;
  row.fold_yield(stamp(5));
  row.fold_yield(stamp(4));
  EXPECT_EQ(row.yielded, stamp(5));
  EXPECT_EQ(row.highest(), 5U);
  row.fold_delete(stamp(6));
  row.fold_yield(stamp(6));
  EXPECT_FALSE(row.yielded);
}

/// What one fold says.
struct Said {
  int what{};  ///< 0 insert, 1 update, 2 delete, 3 yield
  Stamp at;
  std::vector<ColumnNo> columns;
};

void showValue(const Said& said, std::ostream& out) {
  out << said.what << " at " << said.at.h << " of " << said.columns.size() << " columns";
}

RowRegisters folded_in_order(const std::vector<Said>& all) {
  RowRegisters row;
  for (const Said& said : all) {
    if (said.what == 0) row.fold_insert(said.at, said.columns, 4);
    if (said.what == 1) row.fold_update(said.at, said.columns);
    if (said.what == 2) row.fold_delete(said.at);
    if (said.what == 3) row.fold_yield(said.at);
  }
  return row;
}

std::vector<Said> any_sayings() {
  auto all = *rc::gen::container<std::vector<Said>>(rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(0, 4), rc::gen::inRange(0, 16)), [](const auto& made) {
        Said said{std::get<0>(made), {}, {}};
        for (ColumnNo c = 0; c < 4; ++c) {
          if ((std::get<1>(made) >> c & 1) != 0) said.columns.push_back(c);
        }
        return said;
      }));
  std::uint64_t h = 0;
  for (Said& said : all) said.at = stamp(++h);
  return all;
}

RC_GTEST_PROP(RowRegisters, FoldsAlikeInAnyOrderAndAnyNumberOfTimes, ()) {
  const auto all = any_sayings();
  auto shuffled = all;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  const RowRegisters once = folded_in_order(all);
  RC_ASSERT(folded_in_order(shuffled) == once);
  shuffled.insert(shuffled.end(), all.begin(), all.end());
  RC_ASSERT(folded_in_order(shuffled) == once);
}

RC_GTEST_PROP(RowRegisters, AreWhatTheRulesSay, ()) {
  const auto all = any_sayings();
  std::optional<Stamp> inserted;
  std::optional<Stamp> deleted;
  std::map<ColumnNo, Stamp> columns;
  for (const Said& said : all) {
    if (said.what == 0) inserted = said.at;
    if (said.what == 2) deleted = said.at;
  }
  for (const Said& said : all) {
    if (said.what > 1 || (deleted && said.at <= *deleted)) continue;
    for (const ColumnNo c : said.columns) columns[c] = said.at;
  }
  const RowRegisters row = folded_in_order(all);
  RC_ASSERT(row.live() == (inserted && (!deleted || *inserted > *deleted)));
  RC_ASSERT(row.deleted == deleted);
  for (ColumnNo c = 0; c < 5; ++c) {
    const auto found = columns.find(c);
    RC_ASSERT(row.column_stamp(c) ==
              (found == columns.end() ? std::nullopt : std::optional(found->second)));
  }
  RC_ASSERT(std::ranges::is_sorted(row.exceptions, {}, &RowRegisters::Exception::column));
}

}  // namespace
}  // namespace tidemark::test
