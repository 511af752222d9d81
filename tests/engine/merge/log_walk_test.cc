#include "engine/merge/log_walk.h"

#include <gtest/gtest.h>

#include "oplog/limits.h"
#include "tests/engine/merge_parts.h"

namespace tidemark::test {
namespace {

using engine::LogWalk;

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);";

class Walk : public testing::Test {
 protected:
  Walk() { log_.say(declare("notes", {"id", "title", "body"})); }

  void say(std::string_view key, bool commit = true) {
    log_.say(change(Operation::insert, Cell::of_text(key), {{1, Cell::of_integer(1)}}), commit);
  }
  void say_many(int count, const std::string& prefix) {
    for (int i = 0; i < count; ++i) say(prefix + std::to_string(i), false);
  }
  void walk() {
    LogWalk walk(transaction_, {parts_.catalog, parts_.clocks, parts_.addresser, parts_.merger});
    for (const auto& origin : transaction_.origins()) {
      if (origin.applied < origin.complete) walk.walk(origin);
    }
    walk.finish();
  }
  std::int64_t rows() { return parts_.scratch.sql.integer("SELECT count(*) FROM notes"); }
  EntryIndex applied() { return transaction_.applied[log_.origin()]; }

  MergeParts parts_{kNotes};
  ForeignLog log_{peer(2)};
  LogModel transaction_ = [this] {
    LogModel made(parts_.scratch.sql);
    made.add(log_);
    return made;
  }();
};

TEST_F(Walk, AppliesWhatIsCompleteAndMovesTheCursor) {
  say("a");
  say("b", false);
  say("c");
  walk();
  EXPECT_EQ(rows(), 3);
  EXPECT_EQ(applied(), log_.next());
}

TEST_F(Walk, AnOpenTransactionIsNotApplied) {
  say("a");
  say("b", false);
  walk();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(applied(), EntryIndex{2});
  say("c");
  walk();
  EXPECT_EQ(rows(), 3);
}

TEST_F(Walk, FramesMayCutTransactionsAnywhere) {
  transaction_.frame_entries = 2;
  for (int i = 0; i < 8; ++i) say("row" + std::to_string(i), i % 4 != 3);
  walk();
  EXPECT_EQ(rows(), 7);
  say("last");
  walk();
  EXPECT_EQ(rows(), 9);
  EXPECT_EQ(applied(), log_.next());
}

TEST_F(Walk, ATransactionLargerThanABatchIsAppliedWhole) {
  say("before");
  say_many(40'000, "row");
  say("end");
  walk();
  EXPECT_EQ(rows(), 40'002);
  EXPECT_EQ(applied(), log_.next());
}

TEST_F(Walk, AWaitingTransactionLeavesNothingOfItself) {
  say("before");
  say("in it", false);
  log_.say(static_cast<EntryKind>(99), Bytes(1, std::byte{1}), false);
  say("behind it");
  say("after");
  walk();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(applied(), EntryIndex{2});
}

TEST_F(Walk, ALargeWaitingTransactionLeavesNothingOfItself) {
  say("before");
  say_many(40'000, "row");
  log_.say(EntryKind::forget, Bytes(1, std::byte{1}));
  walk();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(applied(), EntryIndex{2});
}

TEST_F(Walk, ALargeTransactionThatEndsWithACounterLeavesNothingOfItself) {
  say("before");
  say_many(40'000, "row");
  Cell increment = Cell::of_integer(1);
  increment.type = proto::CellType::increment;
  log_.say(change(Operation::update, Cell::of_text("before"), {{1, increment}}));
  walk();
  EXPECT_EQ(rows(), 1);
  EXPECT_EQ(applied(), EntryIndex{2});
}

TEST_F(Walk, AMalformedEntryHoldsNothingUp) {
  say("a", false);
  const EntryIndex bad = log_.say(EntryKind::row, Bytes(1, std::byte{1}), false);
  say("b");
  walk();
  EXPECT_EQ(rows(), 2);
  ASSERT_EQ(transaction_.refused.size(), 1U);
  EXPECT_EQ(transaction_.refused[0].index, bad);
  EXPECT_EQ(applied(), log_.next());
}

class WalkOverChunks : public Walk {
 protected:
  /// A row whose title lies in the two entries before it; `claimed` is what it says of its size.
  void say_chunked(std::uint64_t claimed, std::uint32_t back = 2) {
    log_.say(EntryKind::chunk, proto::encode_chunk(as_bytes("hello, ")), false);
    log_.say(EntryKind::chunk, proto::encode_chunk(as_bytes("world")), false);
    Cell title;
    title.type = proto::CellType::chunked;
    title.of = proto::CellType::text;
    title.total_bytes = claimed;
    title.chunks = 2;
    title.back = back;
    log_.say(change(Operation::insert, Cell::of_text("k"), {{1, title}}));
  }
  std::string title() { return parts_.scratch.sql.text("SELECT quote(title) FROM notes"); }
};

TEST_F(WalkOverChunks, JoinsThem) {
  transaction_.frame_entries = 2;
  say_chunked(12);
  walk();
  EXPECT_EQ(title(), "'hello, world'");
}

TEST_F(WalkOverChunks, AnotherSizeThanClaimedIsNoValue) {
  say_chunked(11);
  walk();
  EXPECT_EQ(title(), "NULL");
}

TEST_F(WalkOverChunks, WhatIsNoChunkIsNoValue) {
  say("first");
  say_chunked(12, 3);
  walk();
  EXPECT_EQ(parts_.scratch.sql.text("SELECT quote(title) FROM notes WHERE id = 'k'"), "NULL");
}

TEST_F(WalkOverChunks, ADistanceBeforeTheLogIsNoValue) {
  say_chunked(12, 4'000'000'000U);
  walk();
  EXPECT_EQ(title(), "NULL");
}

}  // namespace
}  // namespace tidemark::test
