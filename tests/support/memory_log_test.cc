#include "tests/support/memory_log.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/frames.h"

namespace tidemark::test {
namespace {

using Outcome = Applied::Outcome;

GroupId group(std::uint8_t number = 1) {
  return proto::group_id(plain_group(number));
}

class MemoryLogTest : public testing::Test {
 protected:
  void SetUp() override {
    frames_ = {alice_.frame(4), alice_.frame(1)};
    twin_ = alice_;
    frames_.push_back(alice_.frame(5));
    twin_.change_voice();
    twin_.frame(5);
  }

  Outcome offer(const Frame& frame) { return log_.apply(std::span(&frame, 1)).front().outcome; }
  Outcome offer(const OriginWriter& who, std::uint64_t index) {
    return log_.apply(who.origin(), EntryIndex{index}, who.entries()[index].entry).outcome;
  }
  std::vector<IndexedEntry> all() { return log_.read_since(alice_.origin(), EntryIndex{0}, {}); }
  std::uint64_t cursor() { return to_number(log_.cursor(alice_.origin())); }

  MemoryLog log_{group()};
  OriginWriter alice_{group()};  ///< ten entries
  OriginWriter twin_{group()};   ///< the same origin, other entries from 5 on
  std::vector<Frame> frames_;    ///< alice's: 4, 1 and 5 entries
};

TEST_F(MemoryLogTest, AnUnseenOriginIsEmptyAtZero) {
  EXPECT_EQ(cursor(), 0U);
  EXPECT_TRUE(all().empty());
  EXPECT_TRUE(log_.read_frames(alice_.origin(), EntryIndex{0}, {}).empty());
  EXPECT_TRUE(log_.cursors().empty());
}

TEST_F(MemoryLogTest, FramesInOrderAreAppliedAndReadBack) {
  const std::vector<Applied> results = log_.apply(frames_);
  ASSERT_EQ(results.size(), 3U);
  EXPECT_EQ(results[1], (Applied{Outcome::applied, EntryIndex{4}, EntryIndex{4}, 1}));
  EXPECT_EQ(all(), alice_.entries());
}

TEST_F(MemoryLogTest, EntriesMakeTheSameLogAsFrames) {
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(offer(alice_, i), Outcome::applied);
  EXPECT_EQ(all(), alice_.entries());
  EXPECT_EQ(offer(alice_.joined(0, 10)), Outcome::duplicate);
}

TEST_F(MemoryLogTest, AGapWritesNothing) {
  EXPECT_EQ(offer(alice_.joined(3, 5)), Outcome::gap);
  EXPECT_EQ(offer(alice_, 1), Outcome::gap);
  EXPECT_EQ(cursor(), 0U);
}

TEST_F(MemoryLogTest, ADuplicateWritesNothing) {
  EXPECT_EQ(offer(alice_.joined(0, 5)), Outcome::applied);
  EXPECT_EQ(offer(alice_.joined(1, 4)), Outcome::duplicate);
  EXPECT_EQ(offer(alice_, 2), Outcome::duplicate);
  EXPECT_EQ(cursor(), 5U);
}

TEST_F(MemoryLogTest, AnOverlapIsAppliedForItsNewPart) {
  EXPECT_EQ(offer(alice_.joined(0, 5)), Outcome::applied);
  const Frame over = alice_.joined(3, 8);
  EXPECT_EQ(log_.apply(std::span(&over, 1)).front(),
            (Applied{Outcome::applied, EntryIndex{5}, EntryIndex{3}, 3}));
  EXPECT_EQ(cursor(), 8U);
}

TEST_F(MemoryLogTest, AnotherChainIsAForkAndWritesNothing) {
  EXPECT_EQ(offer(alice_.joined(0, 7)), Outcome::applied);
  EXPECT_EQ(offer(twin_.joined(7, 10)), Outcome::fork);
  EXPECT_EQ(offer(twin_.joined(4, 9)), Outcome::fork);
  EXPECT_EQ(offer(twin_.joined(5, 6)), Outcome::fork);
  EXPECT_EQ(offer(twin_, 5), Outcome::fork);
  EXPECT_EQ(offer(twin_.joined(0, 5)), Outcome::duplicate);
  EXPECT_EQ(cursor(), 7U);
}

TEST_F(MemoryLogTest, AFrameOfAnotherGroupIsForeign) {
  EXPECT_EQ(offer(OriginWriter(group(2)).frame(1)), Outcome::foreign);
}

TEST_F(MemoryLogTest, ADamagedFrameIsInvalidAndWritesNothing) {
  Frame frame = alice_.joined(0, 4);
  frame.bytes.back() ^= std::byte{1};
  EXPECT_EQ(offer(frame), Outcome::invalid);
  EXPECT_EQ(cursor(), 0U);
}

TEST_F(MemoryLogTest, AnEnvelopeThatIsNotOfTheBytesIsInvalid) {
  Frame frame = alice_.joined(0, 4);
  frame.origin = OriginWriter(group(), 2).origin();
  EXPECT_EQ(offer(frame), Outcome::invalid);
}

TEST_F(MemoryLogTest, ReadsAreBoundedButNeverEmptyWhileAnythingIsThere) {
  log_.apply(frames_);
  EXPECT_EQ(log_.read_since(alice_.origin(), EntryIndex{2}, {3, 1 << 20}).size(), 3U);
  EXPECT_EQ(log_.read_since(alice_.origin(), EntryIndex{2}, {100, 1}).size(), 1U);
  EXPECT_EQ(log_.read_frames(alice_.origin(), EntryIndex{2}, {100, 1}).size(), 1U);
  EXPECT_TRUE(log_.read_since(alice_.origin(), EntryIndex{10}, {}).empty());
  EXPECT_TRUE(log_.read_frames(alice_.origin(), EntryIndex{10}, {}).empty());
}

TEST_F(MemoryLogTest, FramesReadFromAnyPositionBringThatEntryFirst) {
  log_.apply(frames_);
  for (std::uint64_t from = 0; from < 10; ++from) {
    const std::vector<Frame> frames = log_.read_frames(alice_.origin(), EntryIndex{from}, {});
    ASSERT_FALSE(frames.empty());
    EXPECT_LE(to_number(frames.front().first), from);
    EXPECT_GT(to_number(frames.front().next()), from);
    EXPECT_EQ(frames.back().next(), alice_.next());
  }
}

TEST_F(MemoryLogTest, AWatchSeesTheSnapshotThenTheAdvance) {
  EXPECT_EQ(offer(alice_.joined(0, 5)), Outcome::applied);
  const auto watch = log_.watch_cursors();
  EXPECT_EQ(offer(alice_.joined(5, 6)), Outcome::applied);
  EXPECT_EQ(offer(alice_.joined(5, 6)), Outcome::duplicate);
  const auto snapshot = watch->poll();
  ASSERT_TRUE(snapshot.has_value());
  EXPECT_EQ(snapshot->kind, CursorsEvent::Kind::snapshot);
  EXPECT_EQ(snapshot->cursors, log_.cursors()) << "an advance before the first poll is merged";
  EXPECT_EQ(offer(alice_.joined(6, 9)), Outcome::applied);
  const auto advance = watch->poll();
  ASSERT_TRUE(advance.has_value());
  EXPECT_EQ(advance->kind, CursorsEvent::Kind::advanced);
  EXPECT_EQ(advance->cursors.at(alice_.origin()), EntryIndex{9});
}

}  // namespace
}  // namespace tidemark::test
