#include "engine/merge/row_batch.h"

#include <gtest/gtest.h>

#include "tests/engine/merge_parts.h"

namespace tidemark::test {
namespace {

using engine::RowBatch;

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);";

class Batch : public testing::Test {
 protected:
  void add(const MergeParts::Said& said, std::string_view key) {
    Bytes payload;
    proto::encode(said.change, payload);
    const ByteView view = payload;
    batch_.hold(std::move(payload));
    batch_.add({parts_.catalog.declaration(2, 1), said.at, view, false}, parts_.identity(key));
  }
  void merge() { batch_.merge(parts_.merger, parts_.clocks, parts_.addresser, parts_.chunks); }

  MergeParts parts_{kNotes};
  RowBatch batch_;
};

TEST_F(Batch, MergesEachRowOnceWhateverTheOrder) {
  add(updated(9, "b", 1, Cell::of_text("newest")), "b");
  add(inserted(5, "a", Cell::of_text("first")), "a");
  add(inserted(6, "b", Cell::of_text("old")), "b");
  add(removed(7, "a"), "a");
  EXPECT_EQ(batch_.size(), 4U);
  merge();
  EXPECT_EQ(parts_.shown(), "'b'|'newest'|NULL");
  EXPECT_EQ(batch_.size(), 0U);
}

TEST_F(Batch, NewRowsLieInTheTableAsTheyWereWritten) {
  for (const char* key : {"c", "a", "b"}) add(inserted(5, key, Cell::of_text(key)), key);
  merge();
  EXPECT_EQ(parts_.scratch.sql.text(
                "SELECT group_concat(id, '') FROM (SELECT id FROM notes ORDER BY rowid)"),
            "cab");
}

TEST_F(Batch, KeysWithOneBeginningAreDifferentRows) {
  add(inserted(5, "a long key, first", Cell::of_integer(1)), "a long key, first");
  add(inserted(6, "a long key, second", Cell::of_integer(2)), "a long key, second");
  merge();
  EXPECT_EQ(parts_.table().live, 2);
}

TEST_F(Batch, WhatIsTruncatedIsNotMerged) {
  add(inserted(5, "a", Cell::of_integer(1)), "a");
  add(inserted(6, "b", Cell::of_integer(2)), "b");
  batch_.truncate(1);
  merge();
  EXPECT_EQ(parts_.shown(), "'a'|1|NULL");
}

TEST_F(Batch, IsFullOfManyRowsOrManyBytes) {
  EXPECT_FALSE(batch_.full());
  batch_.hold(Bytes(std::size_t{9} << 20));
  EXPECT_TRUE(batch_.full());
  merge();
  EXPECT_FALSE(batch_.full());
  const auto said = inserted(5, "a", Cell::of_integer(1));
  for (int i = 0; i < 40'000 && !batch_.full(); ++i) add(said, "a");
  EXPECT_TRUE(batch_.full());
}

}  // namespace
}  // namespace tidemark::test
