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

TableDecl sample() {
  TableDecl table;
  table.table = 3;
  table.name = "notes";
  table.natural_key = true;
  table.key = {{2, Collation::nocase}, {0, Collation::binary}};
  table.columns = {{0, "id", "TEXT", ColumnKind::plain, 0, {}},
                   {2, "owner", "", ColumnKind::counter, 5, OwnedCell(Cell::of_text("me"))}};
  table.foreign_keys = {{{2, 0}, "people", {"a", "b"}, true}, {{0}, "lists", {}, false}};
  return table;
}

RecordReject judge(const Bytes& payload) {
  TableDecl out;
  return decode(payload, out);
}

// The record with `text`, which it holds once, replaced by other bytes.
Bytes replaced(std::string_view text, std::string_view by) {
  const Bytes bytes = encode(sample());
  std::string whole(as_text(bytes));
  const auto at = whole.find(text);
  EXPECT_NE(at, std::string::npos);
  EXPECT_EQ(whole.find(text, at + 1), std::string::npos);
  whole.replace(at, text.size(), by);
  const ByteView result = as_bytes(whole);
  return {result.begin(), result.end()};
}

RC_GTEST_PROP(TableDecl, RoundTrips, (std::uint32_t number, const std::string& name)) {
  test::RandomCells random;
  TableDecl table = sample();
  table.table = number;
  table.name = name;
  table.columns.clear();
  for (const auto id : *rc::gen::nonEmpty<std::set<std::uint16_t>>()) {
    ColumnDecl column{id, name + "x", name, ColumnKind::set, id, {}};
    if (*rc::gen::arbitrary<bool>()) column.constant_default = OwnedCell(random.constant());
    table.columns.push_back(column);
  }
  table.key = {{table.columns.back().id, Collation::rtrim}};
  table.foreign_keys = {{{table.columns.front().id}, name, {name}, *rc::gen::arbitrary<bool>()}};
  TableDecl read = sample();
  RC_ASSERT(decode(encode(table), read) == kNone);
  RC_ASSERT(read == table);
}

TEST(TableDecl, RejectsEveryTruncationAndLongerForm) {
  Bytes bytes = encode(sample());
  EXPECT_EQ(judge(bytes), kNone);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(judge({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}),
              kMalformed);
  }
  bytes.push_back(std::byte{0});
  EXPECT_EQ(judge(bytes), kMalformed);
}

TEST(TableDecl, WhatIsAcceptedIsWrittenTheSameWay) {
  const Bytes good = encode(sample());
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (unsigned value = 0; value < 256; ++value) {
      Bytes bytes = good;
      bytes[at] = static_cast<std::byte>(value);
      TableDecl read;
      if (decode(bytes, read) != kNone) continue;
      EXPECT_EQ(encode(read), bytes);
    }
  }
}

TEST(TableDecl, LetsANewerVersionWait) {
  Bytes bytes = encode(sample());
  bytes[0] = std::byte{2};
  EXPECT_EQ(judge(bytes), RecordReject::newer);
  bytes[0] = std::byte{0};
  EXPECT_EQ(judge(bytes), kMalformed);
}

TEST(TableDecl, RejectsUnknownKindsAndCollations) {
  const std::string owner("owner\0\1\5\1", 9);  // type "", kind, group, default
  EXPECT_EQ(judge(replaced(owner, {"owner\0\3\5\1", 9})), kNone);
  EXPECT_EQ(judge(replaced(owner, {"owner\0\4\5\1", 9})), kMalformed);
  EXPECT_EQ(judge(replaced(owner, {"owner\0\1\5\2", 9})), kMalformed);
  const std::string key("notes\1\2\2\1\0\0", 11);  // natural, 2 columns: 2 nocase, 0 binary
  EXPECT_EQ(judge(replaced(key, {"notes\1\2\2\2\0\0", 11})), kNone);
  EXPECT_EQ(judge(replaced(key, {"notes\1\2\2\3\0\0", 11})), kMalformed);
  EXPECT_EQ(judge(replaced(key, {"notes\2\2\2\1\0\0", 11})), kMalformed);
}

TEST(TableDecl, RejectsAKeyOfNoColumnOrOneTwice) {
  const std::string key("notes\1\2\2\1\0\0", 11);
  EXPECT_EQ(judge(replaced(key, {"notes\1\0", 7})), kMalformed);
  EXPECT_EQ(judge(replaced(key, {"notes\1\2\2\1\2\1", 11})), kMalformed);
  EXPECT_EQ(judge(replaced(key, {"notes\1\2\1\1\0\0", 11})), kMalformed);
}

TEST(TableDecl, RejectsColumnsOutOfOrder) {
  const std::string second("\2\5owner", 7);
  EXPECT_EQ(judge(replaced(second, {"\0\5owner", 7})), kMalformed);
}

TEST(TableDecl, RejectsADefaultThatIsNoConstant) {
  EXPECT_EQ(judge(replaced({"\3\2me", 4}, {"\1\2", 2})), kNone);
  EXPECT_EQ(judge(replaced({"\3\2me", 4}, {"\7\2", 2})), kMalformed);
  EXPECT_EQ(judge(replaced({"\3\2me", 4}, {"\6\3\2", 3})), kMalformed);
}

TEST(TableDecl, RejectsForeignKeysOfUnknownOrUnequalColumns) {
  const std::string first("\2\2\0\6people\2\1a\1b\1", 16);
  EXPECT_EQ(judge(replaced(first, {"\2\2\0\6people\0\1", 12})), kNone);
  EXPECT_EQ(judge(replaced(first, {"\2\2\1\6people\0\1", 12})), kMalformed);
  EXPECT_EQ(judge(replaced(first, {"\2\2\0\6people\1\1a\1", 14})), kMalformed);
  EXPECT_EQ(judge(replaced(first, {"\0\6people\0\1", 10})), kMalformed);
  EXPECT_EQ(judge(replaced(first, {"\2\2\0\6people\0\2", 12})), kMalformed);
}

TEST(TableDecl, RejectsNamesAboveTheirCap) {
  for (const std::size_t extra : {std::size_t{0}, std::size_t{1}}) {
    const std::string name(kNameBytesMax + extra, 'n');
    TableDecl table = sample();
    table.name = name;
    EXPECT_EQ(judge(encode(table)), extra == 0 ? kNone : kMalformed);
    table = sample();
    table.columns[0].type = name;
    EXPECT_EQ(judge(encode(table)), extra == 0 ? kNone : kMalformed);
    table = sample();
    table.foreign_keys[0].parent_columns[1] = name;
    EXPECT_EQ(judge(encode(table)), extra == 0 ? kNone : kMalformed);
  }
}

TEST(TableDecl, RejectsListsLongerThanItsBytes) {
  EXPECT_EQ(judge(replaced({"notes\1\2", 7}, {"notes\1\x7F", 7})), kMalformed);
}

TEST(TableDecl, RejectsMoreColumnsThanATableHas) {
  for (const std::size_t count : {kColumnsMax, kColumnsMax + 1}) {
    TableDecl table = sample();
    table.columns.clear();
    for (std::size_t id = 0; id < count; ++id) {
      table.columns.push_back({static_cast<std::uint16_t>(id), "", "", ColumnKind::plain, 0, {}});
    }
    EXPECT_EQ(judge(encode(table)), count == kColumnsMax ? kNone : kMalformed);
  }
}

TEST(TableDeclDeathTest, AnUndeclaredKeyIsNotWritten) {
  TableDecl table = sample();
  table.key[0].column = 1;
  EXPECT_DEATH(encode(table), "invariant");
}

}  // namespace
}  // namespace tidemark::proto
