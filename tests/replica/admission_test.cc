#include "replica/admission.h"

#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/frames.h"

namespace tidemark::replica {
namespace {

using Outcome = Applied::Outcome;
using proto::FrameReject;
using test::OriginWriter;
using test::with_header;

// A stored log in memory: whatever the test says is stored.
class Stored final : public FrameReader {
 public:
  explicit Stored(const GroupId& group) : group_(group) {}

  GroupId group() override { return group_; }
  StoreState state() override { return {0, group_, tails}; }
  std::optional<OriginTail> tail(const PeerId& origin) override {
    const auto found = tails.find(origin);
    return found == tails.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<Frame> read(const PeerId& origin, EntryIndex from, const ReadLimits&) override {
    for (const Frame& frame : frames) {
      if (frame.origin == origin && frame.first <= from && from < frame.next()) return {frame};
    }
    return {};
  }
  bool is_recorded(const Refusal&) override { return false; }

  void store(const Frame& frame, const OriginWriter& writer) {
    frames.push_back(frame);
    const auto next = to_number(frame.next());
    tails[frame.origin] = {{frame.next(), writer.chain(next), {}}, {}, {}, false};
  }

  std::map<PeerId, OriginTail> tails;
  std::vector<Frame> frames;

 private:
  GroupId group_;
};

class AdmissionTest : public testing::Test {
 protected:
  Applied judged(const Frame& frame) {
    Offer offer(frame);
    return judge(offer, {stored_, group_, own_});
  }
  Outcome outcome(const Frame& frame) { return judged(frame).outcome; }
  Frame flagged(Frame frame, unsigned flags) {
    return with_header(std::move(frame), [&](Bytes& b) {
      b[proto::frame_offset::incompatible] = static_cast<std::byte>(flags & 0xFFU);
      b[proto::frame_offset::incompatible + 1] = static_cast<std::byte>(flags >> 8);
    });
  }

  GroupId group_ = proto::group_id(test::plain_group());
  Stored stored_{group_};
  OriginWriter writer_{group_};
  std::optional<PeerId> own_;
};

TEST_F(AdmissionTest, TheFirstFrameOfALogIsAdmitted) {
  EXPECT_EQ(judged(writer_.frame(3)), (Applied{Outcome::applied, {}, {}, 3}));
}

TEST_F(AdmissionTest, AContinuationIsAdmitted) {
  stored_.store(writer_.frame(3), writer_);
  EXPECT_EQ(judged(writer_.frame(2)), (Applied{Outcome::applied, EntryIndex{3}, EntryIndex{3}, 2}));
}

TEST_F(AdmissionTest, AnUnknownOriginBeginsWithItsGenesis) {
  writer_.frame(3);
  EXPECT_EQ(judged(writer_.frame(2)), (Applied{Outcome::gap, EntryIndex{0}, EntryIndex{3}, 0}));
}

TEST_F(AdmissionTest, AGapNamesExpectedAndActual) {
  stored_.store(writer_.frame(3), writer_);
  writer_.frame(4);
  EXPECT_EQ(judged(writer_.frame(2)), (Applied{Outcome::gap, EntryIndex{3}, EntryIndex{7}, 0}));
}

TEST_F(AdmissionTest, RedeliveryIsADuplicate) {
  const Frame first = writer_.frame(3);
  const Frame second = writer_.frame(3);
  stored_.store(first, writer_);
  stored_.store(second, writer_);
  EXPECT_EQ(judged(first), (Applied{Outcome::duplicate, EntryIndex{6}, EntryIndex{0}, 0}));
  EXPECT_EQ(outcome(second), Outcome::duplicate);
  EXPECT_EQ(outcome(writer_.joined(1, 5)), Outcome::duplicate) << "by whatever framing";
  EXPECT_EQ(outcome(writer_.joined(0, 6)), Outcome::duplicate);
}

TEST_F(AdmissionTest, AnOverlappingFrameIsAdmittedForItsNewPart) {
  stored_.store(writer_.frame(3), writer_);
  writer_.frame(2);
  EXPECT_EQ(judged(writer_.joined(0, 5)), (Applied{Outcome::applied, EntryIndex{3}, {}, 2}));
}

TEST_F(AdmissionTest, AnotherChainAtTheCursorIsAFork) {
  OriginWriter other = writer_;
  stored_.store(writer_.frame(3), writer_);
  other.change_voice();
  other.frame(3);
  EXPECT_EQ(outcome(other.frame(2)), Outcome::fork);
  EXPECT_EQ(outcome(other.joined(0, 5)), Outcome::fork) << "overlapping";
}

TEST_F(AdmissionTest, AnotherChainBehindTheCursorIsAFork) {
  OriginWriter other = writer_;
  stored_.store(writer_.frame(5), writer_);
  other.change_voice();
  EXPECT_EQ(outcome(other.frame(3)), Outcome::fork);
}

TEST_F(AdmissionTest, ADamagedFrameIsNoEvidenceOfAFork) {
  OriginWriter other = writer_;
  stored_.store(writer_.frame(5), writer_);
  other.change_voice();
  Frame frame = other.frame(3);
  frame.bytes.back() ^= std::byte{1};
  EXPECT_EQ(outcome(frame), Outcome::invalid);
}

TEST_F(AdmissionTest, RejectsAFrameOfAnotherGroup) {
  OriginWriter stranger(proto::group_id(test::plain_group(2)));
  EXPECT_EQ(outcome(stranger.frame(1)), Outcome::foreign);
}

TEST_F(AdmissionTest, RejectsEachTruncation) {
  const Frame whole = writer_.frame(2);
  for (std::size_t size = 0; size < whole.bytes.size(); ++size) {
    Frame cut = whole;
    cut.bytes.resize(size);
    EXPECT_EQ(outcome(cut), Outcome::invalid) << size;
  }
}

TEST_F(AdmissionTest, RejectsBytesBehindTheFrame) {
  Frame frame = writer_.frame(2);
  frame.bytes.push_back(std::byte{0});
  EXPECT_EQ(outcome(frame), Outcome::invalid);
}

TEST_F(AdmissionTest, RejectsADamagedPayload) {
  Frame frame = writer_.frame(2);
  frame.bytes.back() ^= std::byte{1};
  EXPECT_EQ(outcome(frame), Outcome::invalid);
}

TEST_F(AdmissionTest, RejectsAHeaderThatLiesAboutTheChain) {
  const Frame frame = with_header(
      writer_.frame(2), [](Bytes& b) { b[proto::frame_offset::chain_after] ^= std::byte{1}; });
  EXPECT_EQ(outcome(frame), Outcome::invalid);
}

TEST_F(AdmissionTest, RejectsAnEnvelopeThatIsNotWhatTheFrameSays) {
  const Frame frame = writer_.frame(2);
  Frame other_origin = frame;
  other_origin.origin.bytes[0] ^= std::byte{1};
  EXPECT_EQ(outcome(other_origin), Outcome::invalid);
  Frame other_first = frame;
  other_first.first = EntryIndex{1};
  EXPECT_EQ(outcome(other_first), Outcome::invalid);
  Frame other_count = frame;
  other_count.count = 3;
  EXPECT_EQ(outcome(other_count), Outcome::invalid);
}

TEST_F(AdmissionTest, AFrameOfANewerVersionWaits) {
  const Frame frame =
      with_header(writer_.frame(1), [](Bytes& b) { b[proto::frame_offset::major] = std::byte{2}; });
  EXPECT_EQ(outcome(frame), Outcome::waiting);
}

TEST_F(AdmissionTest, AFrameWithAFlagThatCantBeHonouredWaits) {
  const Frame frame = writer_.frame(1);
  for (const unsigned flag : {1U, 2U, 4U, 8U, 16U, 32U, 0x8000U}) {
    EXPECT_EQ(outcome(flagged(frame, flag)), Outcome::waiting) << flag;
  }
}

TEST_F(AdmissionTest, OwnEntriesBeyondTheCursorAreClosed) {
  own_ = writer_.origin();
  stored_.store(writer_.frame(3), writer_);
  writer_.frame(2);
  EXPECT_EQ(judged(writer_.joined(3, 5)),
            (Applied{Outcome::closed, EntryIndex{3}, EntryIndex{3}, 0}));
  EXPECT_EQ(outcome(writer_.joined(0, 5)), Outcome::closed);
  EXPECT_EQ(outcome(writer_.joined(4, 5)), Outcome::closed) << "beyond a gap";
}

TEST_F(AdmissionTest, OwnEntriesThatAreHereAreDuplicates) {
  own_ = writer_.origin();
  const Frame frame = writer_.frame(3);
  stored_.store(frame, writer_);
  EXPECT_EQ(outcome(frame), Outcome::duplicate);
}

TEST_F(AdmissionTest, ADamagedOwnFrameSaysNothingAboutTheOwnLog) {
  own_ = writer_.origin();
  stored_.store(writer_.frame(3), writer_);
  Frame frame = writer_.frame(2);
  frame.bytes.back() ^= std::byte{1};
  EXPECT_EQ(outcome(frame), Outcome::invalid);
}

TEST_F(AdmissionTest, AnOfferTellsTheDeviceNameAndWhereTransactionsEnd) {
  const Frame first = writer_.frame(3, false);
  Offer offer(first);
  ASSERT_TRUE(offer.verify());
  EXPECT_EQ(offer.device_name(), "laptop");
  EXPECT_EQ(offer.complete(), EntryIndex{1}) << "the genesis ends a transaction";
  const Frame open_end = writer_.frame(3, false);
  Offer open(open_end);
  ASSERT_TRUE(open.verify());
  EXPECT_EQ(open.complete(), std::nullopt);
  const Frame closed_end = writer_.frame(3);
  Offer closed(closed_end);
  ASSERT_TRUE(closed.verify());
  EXPECT_EQ(closed.complete(), EntryIndex{9});
  EXPECT_EQ(closed.device_name(), "");
}

TEST_F(AdmissionTest, AnOfferWithoutALegibleEnvelopeNeverVerifies) {
  Frame frame = writer_.frame(1);
  frame.bytes[0] = std::byte{0};
  Offer offer(frame);
  EXPECT_FALSE(offer.is_legible());
  EXPECT_FALSE(offer.verify());
  EXPECT_EQ(offer.reject(), FrameReject::bad_magic);
}

TEST_F(AdmissionTest, TheStoredChainIsKnownAtEveryIndex) {
  stored_.store(writer_.frame(4), writer_);
  stored_.store(writer_.frame(5), writer_);
  for (std::uint64_t i = 0; i <= 9; ++i) {
    EXPECT_EQ(stored_chain(stored_, writer_.origin(), EntryIndex{i}), writer_.chain(i)) << i;
  }
  EXPECT_EQ(stored_chain(stored_, writer_.origin(), EntryIndex{10}), std::nullopt);
}

TEST_F(AdmissionTest, WhatTheStoreNoLongerHoldsCantContradict) {
  const Frame frame = writer_.frame(4);
  stored_.store(frame, writer_);
  stored_.store(writer_.frame(5), writer_);
  stored_.frames.erase(stored_.frames.begin() + 1);
  EXPECT_EQ(stored_chain(stored_, writer_.origin(), EntryIndex{5}), std::nullopt);
  EXPECT_EQ(outcome(writer_.joined(4, 6)), Outcome::duplicate);
}

}  // namespace
}  // namespace tidemark::replica
