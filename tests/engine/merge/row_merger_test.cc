#include "engine/merge/row_merger.h"

#include <gtest/gtest.h>

#include "tests/engine/merge_parts.h"

namespace tidemark::test {
namespace {

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);";

Cell text(std::string_view value) {
  return Cell::of_text(value);
}

TEST(RowMerger, ANewRowIsInserted) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"), Cell::of_integer(7))});
  EXPECT_EQ(parts.shown(), "'1'|'milk'|7");
  EXPECT_EQ(parts.table().live, 1);
  EXPECT_NE(parts.table().digest, engine::Digest{});
  EXPECT_FALSE(parts.clock("1").shadowed);
}

TEST(RowMerger, TheSameAgainChangesNothing) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"))});
  const auto before = parts.scratch.sql.total_changes();
  const auto digest = parts.table().digest;
  parts.merge("1", {inserted(5, "1", text("milk"))});
  EXPECT_EQ(parts.scratch.sql.total_changes(), before);
  EXPECT_EQ(parts.table().digest, digest);
}

TEST(RowMerger, OlderValuesDoNotReachTheTable) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"))});
  parts.merge("1", {updated(9, "1", 1, text("oat"))});
  parts.merge("1", {updated(7, "1", 1, text("late"))});
  EXPECT_EQ(parts.shown(), "'1'|'oat'|NULL");
}

TEST(RowMerger, WritesOfOneBatchMayComeInAnyOrder) {
  MergeParts parts(kNotes);
  parts.merge("1", {updated(9, "1", 1, text("oat")), inserted(5, "1", text("milk"), text("b")),
                    updated(7, "1", 1, text("late"))});
  EXPECT_EQ(parts.shown(), "'1'|'oat'|'b'");
}

TEST(RowMerger, DeletedInItsBatchIsGone) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"))});
  parts.merge("1", {updated(7, "1", 1, text("oat")), removed(8, "1")});
  EXPECT_EQ(parts.shown(), "");
  EXPECT_EQ(parts.table().live, 0);
}

TEST(RowMerger, ValuesOfAnEarlierLifeAreVoid) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"), text("old"))});
  MergeParts::Said again{stamp(9, 2, 9), change(Operation::insert, text("1"), {{1, text("new")}})};
  parts.merge("1", {removed(8, "1"), again});
  EXPECT_EQ(parts.shown(), "'1'|'new'|NULL");
}

TEST(RowMerger, CellsNewerThanTheDeleteWaitForAnInsert) {
  MergeParts parts(kNotes);
  parts.merge("1", {removed(5, "1"), updated(9, "1", 1, text("waits"))});
  EXPECT_EQ(parts.shown(), "");
  EXPECT_TRUE(parts.clock("1").shadowed);
  parts.merge("1", {inserted(7, "1", text("beaten"), text("b"))});
  EXPECT_EQ(parts.shown(), "'1'|'waits'|'b'");
  EXPECT_FALSE(parts.clock("1").shadowed);
  EXPECT_TRUE(parts.shadow.rows(parts.table().no).empty());
}

TEST(RowMerger, WhatATableLacksIsInTheShadow) {
  MergeParts parts("CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title);");
  parts.merge("1", {inserted(5, "1", text("milk"), text("extra"))});
  EXPECT_EQ(parts.scratch.sql.text("SELECT title FROM notes"), "milk");
  const auto kept = parts.shadow.read(parts.table().no, parts.identity("1"));
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].second.view(), text("extra"));
  parts.scratch.sql.execute("ALTER TABLE notes ADD COLUMN body");
  parts.use_local();
  parts.settle("1");
  EXPECT_EQ(parts.shown(), "'1'|'milk'|'extra'");
  EXPECT_TRUE(parts.shadow.rows(parts.table().no).empty());
}

TEST(RowMerger, RowsOfAnUnknownTableAreKeptWhole) {
  MergeParts parts;
  parts.merge("1", {inserted(5, "1", text("milk"))});
  parts.merge("1", {updated(6, "1", 1, text("oat"))});
  EXPECT_EQ(parts.shadow.read(parts.table().no, parts.identity("1")).size(), 3U);
  EXPECT_TRUE(parts.clock("1").parked);
  EXPECT_EQ(parts.table().live, 1);
  parts.scratch.sql.execute(kNotes);
  parts.use_local();
  parts.settle("1");
  EXPECT_EQ(parts.shown(), "'1'|'oat'|NULL");
  EXPECT_FALSE(parts.clock("1").parked);
}

TEST(RowMerger, ARefusedRowIsParkedWholeAndUnparkedWhenItFits) {
  MergeParts parts(
      "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title CHECK(title <> 'bad'), body);");
  parts.merge("1", {inserted(5, "1", text("bad"), text("b"))});
  EXPECT_EQ(parts.shown(), "");
  EXPECT_TRUE(parts.clock("1").parked);
  EXPECT_EQ(parts.shadow.parked_rows(parts.table().no).size(), 1U);
  parts.merge("1", {updated(6, "1", 1, text("good"))});
  EXPECT_EQ(parts.shown(), "'1'|'good'|'b'");
  EXPECT_TRUE(parts.shadow.parked_rows(parts.table().no).empty());
  parts.merge("1", {updated(7, "1", 1, text("bad"))});
  EXPECT_EQ(parts.shown(), "");
  EXPECT_EQ(parts.shadow.read(parts.table().no, parts.identity("1")).size(), 3U);
  parts.merge("1", {removed(8, "1")});
  EXPECT_TRUE(parts.shadow.rows(parts.table().no).empty());
  EXPECT_TRUE(parts.shadow.parked_rows(parts.table().no).empty());
}

TEST(RowMerger, ParkedRowsAreTriedAgainWhenTheTableChanged) {
  MergeParts parts("CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title UNIQUE, body);");
  parts.merge("1", {inserted(5, "1", text("same"))});
  parts.merge("2", {inserted(6, "2", text("same"))});
  EXPECT_EQ(parts.shown(), "'1'|'same'|NULL");
  parts.merge("1", {removed(7, "1")});
  parts.merger.retry_parked(parts.addresser);
  EXPECT_EQ(parts.shown(), "'2'|'same'|NULL");
}

TEST(RowMerger, AbsentCellsShowTheColumnsDefault) {
  MergeParts parts(
      "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body, "
      "three DEFAULT 3, word TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB NOT NULL);");
  parts.merge("1", {inserted(5, "1", text("milk"))});
  EXPECT_EQ(parts.scratch.sql.text("SELECT quote(three) || quote(word) || quote(number) || "
                                   "quote(bytes) FROM notes"),
            "3''0X''");
}

TEST(RowMerger, ARowThatNoCaptureSawIsOverwritten) {
  MergeParts parts(kNotes);
  parts.scratch.sql.execute("INSERT INTO notes VALUES('1', 'unseen', 'unseen')");
  parts.merge("1", {inserted(5, "1", text("milk"))});
  EXPECT_EQ(parts.shown(), "'1'|'milk'|NULL");
}

TEST(RowMerger, ASeedMeetsWhatOthersSaidOfTheRow) {
  MergeParts parts(kNotes);
  parts.scratch.sql.execute("INSERT INTO notes VALUES('1', 'stale', 'mine')");
  parts.merge("1", {updated(9, "1", 1, text("edited"))});
  parts.merge("1",
              {{stamp(0, 2, 3),
                change(Operation::insert, text("1"), {{1, text("stale")}, {2, text("mine")}})}},
              true);
  EXPECT_EQ(parts.shown(), "'1'|'edited'|'mine'");
}

TEST(RowMerger, TheSpellingOfAFoldedKeyIsAValue) {
  MergeParts parts("CREATE TABLE notes(id TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, title, body);");
  parts.merge("bob", {inserted(5, "bob", text("x"))});
  parts.merge("bob", {updated(6, "bob", 0, text("BOB"))});
  EXPECT_EQ(parts.shown(), "'BOB'|'x'|NULL");
}

proto::RowChange chunked(std::uint64_t total_bytes) {
  Cell cell;
  cell.type = proto::CellType::chunked;
  cell.of = proto::CellType::text;
  cell.total_bytes = total_bytes;
  cell.chunks = 1;
  cell.back = 2;
  return change(Operation::insert, text("1"), {{1, cell}});
}

TEST(RowMerger, ChunkedValuesAreJoined) {
  MergeParts parts(kNotes);
  append(parts.chunks.values[EntryIndex{3}], as_bytes("joined"));
  parts.merge("1", {{stamp(5, 2, 5), chunked(6)}});
  EXPECT_EQ(parts.shown(), "'1'|'joined'|NULL");
}

TEST(RowMerger, WhatDoesNotJoinCountsAsAbsent) {
  MergeParts parts(kNotes);
  parts.merge("1", {{stamp(5, 2, 5), chunked(6)}});
  EXPECT_EQ(parts.shown(), "'1'|NULL|NULL");
}

TEST(RowMerger, AValueThatDidNotTravelVoidsTheOlderOne) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"), text("b"))});
  Cell omitted;
  omitted.type = proto::CellType::omitted;
  omitted.of = proto::CellType::text;
  omitted.total_bytes = 2'000'000'000;
  parts.merge("1", {updated(6, "1", 1, omitted)});
  MergeParts replayed(kNotes);
  replayed.merge("1", {inserted(5, "1", text("milk"), text("b")), updated(6, "1", 1, omitted)});
  EXPECT_EQ(parts.shown(), "'1'|NULL|'b'");
  EXPECT_EQ(replayed.shown(), parts.shown());
}

TEST(RowMerger, ColumnsOutsideTheDeclarationAreIgnored) {
  MergeParts parts(kNotes);
  parts.merge("1", {{stamp(5, 2, 5),
                     change(Operation::insert, text("1"), {{1, text("a")}, {77, text("b")}})}});
  EXPECT_EQ(parts.shown(), "'1'|'a'|NULL");
}

TEST(RowMerger, AYieldMovesOnlyItsRegister) {
  MergeParts parts(kNotes);
  parts.merge("1", {inserted(5, "1", text("milk"))});
  parts.merge("1", {{stamp(9, 2, 9), removed(9, "1").change, true}});
  EXPECT_EQ(parts.shown(), "'1'|'milk'|NULL");
  EXPECT_EQ(parts.clock("1").registers.yielded, stamp(9, 2, 9));
}

}  // namespace
}  // namespace tidemark::test
