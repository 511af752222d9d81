#include "filelog/segment_index.h"

#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "tests/filelog/segment_bytes.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::OriginWriter;
using test::say;

// Segments of one log and of a clone that parts from it at 10.
class SegmentIndexTest : public testing::Test {
 protected:
  SegmentIndexTest() {
    say(log_, std::vector<std::uint32_t>(10, 1));
    clone_ = log_;
    clone_.change_voice();
    say(log_, std::vector<std::uint32_t>(10, 1));
    say(clone_, std::vector<std::uint32_t>(10, 1));
  }

  const Segment* add(const OriginWriter& log, std::uint64_t first, std::uint64_t next,
                     std::string path = {}) {
    Segment segment;
    segment.header.origin = log.origin();
    segment.header.first = EntryIndex{first};
    segment.header.next = EntryIndex{next};
    segment.header.chain_before = log.chain(first);
    segment.chain_after = log.chain(next);
    segment.file_hash[0] = static_cast<std::byte>(first);
    segment.file_hash[1] = static_cast<std::byte>(next);
    segment.file_hash[2] = log.chain(next)[0];
    segment.path = path.empty() ? std::to_string(segments_.size()) : path;
    voices_.push_back(&log);
    return &segments_.emplace_back(std::move(segment));
  }
  SegmentIndex index() {
    std::vector<const Segment*> all;
    for (const Segment& segment : segments_) all.push_back(&segment);
    std::shuffle(all.begin(), all.end(), shuffle_);
    return {all, [this](const Segment& segment, EntryIndex at) -> std::optional<Hash> {
              ++asked_;
              for (std::size_t i = 0; i < segments_.size(); ++i) {
                if (&segments_[i] == &segment) return voices_[i]->chain(to_number(at));
              }
              return std::nullopt;
            }};
  }
  PeerCursors have(std::uint64_t next) {
    PeerCursors cursors;
    cursors.advance(log_.origin(), EntryIndex{next});
    return cursors;
  }
  EntryIndex offered(std::uint64_t from) { return index().offered(have(from)).at(log_.origin()); }

  OriginWriter log_{group_of()};
  OriginWriter clone_{group_of()};
  std::deque<Segment> segments_;
  std::vector<const OriginWriter*> voices_;
  std::mt19937 shuffle_{1};
  int asked_ = 0;
};

TEST_F(SegmentIndexTest, CursorIsTheEndOfTheRunFromTheLowestIndex) {
  add(log_, 3, 5);
  add(log_, 5, 8);
  add(log_, 9, 12);
  EXPECT_EQ(index().floor(log_.origin()), EntryIndex{3});
  EXPECT_EQ(index().cursors().at(log_.origin()), EntryIndex{8});
}

TEST_F(SegmentIndexTest, OffersTheRunThatHoldsWhatIsWanted) {
  add(log_, 3, 5);
  add(log_, 5, 8);
  add(log_, 9, 12);
  EXPECT_EQ(offered(0), EntryIndex{0}) << "nothing before 3 is here";
  EXPECT_EQ(offered(3), EntryIndex{8});
  EXPECT_EQ(offered(6), EntryIndex{8});
  EXPECT_EQ(offered(9), EntryIndex{12});
  EXPECT_EQ(offered(13), EntryIndex{0});
}

TEST_F(SegmentIndexTest, OverlapsAreNoHoles) {
  add(log_, 0, 6);
  add(log_, 4, 9);
  add(log_, 9, 10);
  EXPECT_EQ(offered(0), EntryIndex{10});
}

TEST_F(SegmentIndexTest, ThatWhichReachesFurthestIsRead) {
  add(log_, 0, 2);
  add(log_, 2, 4);
  const Segment* wide = add(log_, 0, 8);
  EXPECT_EQ(index().holding(log_.origin(), EntryIndex{3}), wide);
  EXPECT_EQ(index().holding(log_.origin(), EntryIndex{8}), nullptr);
  EXPECT_EQ(index().bounding(log_.origin(), EntryIndex{8}), wide);
  EXPECT_EQ(index().bounding(log_.origin(), EntryIndex{9}), nullptr);
}

TEST_F(SegmentIndexTest, NarrowerOnesAreCovered) {
  const Segment* narrow = add(log_, 2, 4);
  const Segment* wide = add(log_, 0, 8);
  EXPECT_EQ(index().classify(*narrow, {}), FileClass::covered);
  EXPECT_EQ(index().classify(*wide, {}), FileClass::next);
}

TEST_F(SegmentIndexTest, WhatTheReaderHasIsCoveredAndTheRestNextOrFuture) {
  const Segment* a = add(log_, 0, 2);
  const Segment* b = add(log_, 2, 4);
  const Segment* c = add(log_, 4, 6);
  const Segment* d = add(log_, 7, 9);
  EXPECT_EQ(index().classify(*a, have(2)), FileClass::covered);
  EXPECT_EQ(index().classify(*b, have(2)), FileClass::next);
  EXPECT_EQ(index().classify(*c, have(2)), FileClass::next);
  EXPECT_EQ(index().classify(*d, have(2)), FileClass::future);
}

TEST_F(SegmentIndexTest, WithoutTheBeginningAllIsFuture) {
  const Segment* late = add(log_, 2, 4);
  EXPECT_EQ(index().classify(*late, {}), FileClass::future);
}

TEST_F(SegmentIndexTest, OfEqualFilesTheOneAtItsProperPathIsUsed) {
  const Segment* copy = add(log_, 0, 2, "a copy (1).tmseg");
  const Segment* proper = add(log_, 0, 2, "");
  auto& at_home = segments_.back();
  at_home.path = segment_path(at_home.header.publisher,
                              segment_name(log_.origin(), EntryIndex{0}, at_home.file_hash));
  EXPECT_EQ(index().classify(*copy, {}), FileClass::duplicate);
  EXPECT_EQ(index().classify(*proper, {}), FileClass::next);
}

TEST_F(SegmentIndexTest, AnotherChainAtTheSameIndexIsAFork) {
  const Segment* wide = add(log_, 0, 12);
  const Segment* other = add(clone_, 10, 12);
  EXPECT_EQ(index().classify(*wide, {}), FileClass::next);
  EXPECT_EQ(index().classify(*other, {}), FileClass::fork);
}

TEST_F(SegmentIndexTest, AForkIsSeenInsideAWiderSegmentToo) {
  add(log_, 0, 20);
  const Segment* same = add(log_, 10, 14);
  const Segment* other = add(clone_, 10, 15);
  EXPECT_EQ(index().classify(*same, {}), FileClass::covered);
  EXPECT_EQ(index().classify(*other, {}), FileClass::fork);
  EXPECT_GT(asked_, 0);
}

TEST_F(SegmentIndexTest, WhatFollowsAForkIsNeverServedAfterTheOtherBranch) {
  add(log_, 0, 12);
  add(clone_, 10, 12);
  const Segment* follows = add(clone_, 12, 15);
  EXPECT_EQ(index().classify(*follows, {}), FileClass::fork);
  EXPECT_EQ(offered(0), EntryIndex{12});
}

TEST_F(SegmentIndexTest, TheSharedBeginningOfAForkIsNoFork) {
  add(log_, 0, 12);
  const Segment* shared = add(clone_, 4, 10);
  EXPECT_EQ(index().classify(*shared, {}), FileClass::covered);
}

TEST_F(SegmentIndexTest, SmallSegmentsInARowAreNotOpened) {
  for (std::uint64_t i = 0; i < 20; ++i) add(log_, i, i + 1);
  EXPECT_EQ(offered(0), EntryIndex{20});
  EXPECT_EQ(asked_, 0);
}

TEST_F(SegmentIndexTest, OriginsDoNotMix) {
  OriginWriter other(group_of(), 7);
  say(other, {5});
  add(log_, 0, 3);
  add(other, 0, 5);
  EXPECT_EQ(index().origins().size(), 2U);
  EXPECT_EQ(index().cursors().at(other.origin()), EntryIndex{5});
  EXPECT_EQ(index().cursors().at(log_.origin()), EntryIndex{3});
}

TEST_F(SegmentIndexTest, WithoutSegmentsThereIsNothing) {
  EXPECT_TRUE(SegmentIndex().empty());
  EXPECT_TRUE(SegmentIndex().offered(have(3)).empty());
  EXPECT_EQ(SegmentIndex().holding(log_.origin(), EntryIndex{0}), nullptr);
}

}  // namespace
}  // namespace tidemark::filelog
