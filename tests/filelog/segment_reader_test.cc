#include "filelog/segment_reader.h"

#include <optional>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "proto/frame_format.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::mend;
using test::OriginWriter;
using test::say;
using test::StorageCall;
using test::write_le;
namespace at = segment_header_offset;
namespace end_at = segment_trailer_offset;

class SegmentReaderTest : public testing::Test {
 protected:
  SegmentReaderTest() : frames_(say(writer_, {1, 3, 2})) {
    segment_ = build_segment(writer_.origin(), 0, frames_).bytes;
  }

  std::unique_ptr<StoredFile> file() {
    storage_.put("x", segment_);
    return storage_.open("x");
  }
  SegmentCheck check() { return check_segment(*file()); }
  std::size_t trailer_at() const { return segment_.size() - kSegmentTrailerBytes; }
  // A segment of these frames whose header was made by hand.
  Bytes assemble(std::span<const Frame> frames, const SegmentHeader& header) {
    Bytes bytes;
    append(bytes, encode(header));
    for (const Frame& frame : frames) append(bytes, frame.bytes);
    append(bytes, encode(SegmentTrailer{header.next, header.body_bytes, header.frames, {}}));
    mend(bytes);
    return bytes;
  }
  SegmentHeader header_for(std::span<const Frame> frames) {
    SegmentHeader header = build_segment(writer_.origin(), 0, frames.first(1)).header;
    header.frames = static_cast<std::uint32_t>(frames.size());
    header.next = frames.back().next();
    header.body_bytes = 0;
    for (const Frame& frame : frames) header.body_bytes += frame.bytes.size();
    return header;
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  OriginWriter writer_{group_of()};
  std::vector<Frame> frames_;
  Bytes segment_;
};

TEST_F(SegmentReaderTest, AcceptsWhatTheWriterWrote) {
  const SegmentCheck found = check();
  EXPECT_EQ(found.reject, SegmentReject::none);
  EXPECT_EQ(found.header.next, EntryIndex{6});
  EXPECT_EQ(found.chain_after, writer_.chain(6));
  EXPECT_EQ(found.file_hash, build_segment(writer_.origin(), 0, frames_).file_hash);
}

TEST_F(SegmentReaderTest, RejectsEveryTruncation) {
  const Bytes whole = segment_;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    segment_.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_EQ(check().reject, SegmentReject::too_short) << size;
  }
}

TEST_F(SegmentReaderTest, RejectsEveryFlippedBit) {
  ASSERT_LE(segment_.size(), 8192U);
  for (std::size_t i = 0; i < segment_.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      segment_[i] ^= std::byte{1} << bit;
      EXPECT_NE(check().reject, SegmentReject::none) << i << ":" << bit;
      segment_[i] ^= std::byte{1} << bit;
    }
  }
  EXPECT_EQ(check().reject, SegmentReject::none);
}

TEST_F(SegmentReaderTest, RejectsMoreThanTheHeaderSays) {
  segment_.push_back(std::byte{0});
  EXPECT_EQ(check().reject, SegmentReject::too_long);
}

TEST_F(SegmentReaderTest, RejectsATrailerThatIsStillZero) {
  std::fill(segment_.begin() + static_cast<std::ptrdiff_t>(trailer_at()), segment_.end(),
            std::byte{0});
  EXPECT_EQ(check().reject, SegmentReject::zeros);
}

TEST_F(SegmentReaderTest, RejectsATrailerThatContradictsTheHeader) {
  write_le(segment_, trailer_at() + end_at::next, 7, 8);
  mend(segment_);
  EXPECT_EQ(check().reject, SegmentReject::trailer_mismatch);
}

TEST_F(SegmentReaderTest, RejectsABodyThatTheHashDoesNotKnow) {
  segment_[kSegmentHeaderBytes + proto::kFrameHeaderBytes + 3] ^= std::byte{1};
  EXPECT_EQ(check().reject, SegmentReject::bad_file_hash);
}

TEST_F(SegmentReaderTest, RejectsBytesThatAreNoFrame) {
  segment_[kSegmentHeaderBytes] ^= std::byte{1};
  mend(segment_);
  const SegmentCheck found = check();
  EXPECT_EQ(found.reject, SegmentReject::frame_damaged);
  EXPECT_EQ(found.frame, proto::FrameReject::bad_magic);
}

TEST_F(SegmentReaderTest, RejectsAFrameThatIsLongerThanTheBody) {
  SegmentHeader header = header_for(frames_);
  header.body_bytes -= 1;
  Bytes bytes = assemble(frames_, header);
  bytes.erase(bytes.end() - static_cast<std::ptrdiff_t>(kSegmentTrailerBytes) - 1);
  mend(bytes);
  segment_ = bytes;
  const SegmentCheck found = check();
  EXPECT_EQ(found.reject, SegmentReject::frame_damaged);
  EXPECT_EQ(found.frame, proto::FrameReject::too_short);
}

TEST_F(SegmentReaderTest, RejectsAFrameOfANewerVersion) {
  frames_[1] = test::with_header(
      frames_[1], [](Bytes& bytes) { bytes[proto::frame_offset::major] = std::byte{2}; });
  segment_ = assemble(frames_, header_for(frames_));
  EXPECT_EQ(check().reject, SegmentReject::frame_newer);
}

TEST_F(SegmentReaderTest, RejectsAFrameWithAFlagItCanNotHonour) {
  frames_[2] = test::with_header(frames_[2], [](Bytes& bytes) {
    bytes[proto::frame_offset::incompatible] = std::byte{proto::kFlagScrubbed};
  });
  segment_ = assemble(frames_, header_for(frames_));
  const SegmentCheck found = check();
  EXPECT_EQ(found.reject, SegmentReject::frame_newer);
  EXPECT_EQ(found.frame, proto::FrameReject::scrubbed);
}

TEST_F(SegmentReaderTest, RejectsAFrameOfAnotherGroupOrOrigin) {
  const auto good = frames_;
  frames_[1] = test::with_header(
      good[1], [](Bytes& bytes) { bytes[proto::frame_offset::group] ^= std::byte{1}; });
  segment_ = assemble(frames_, header_for(frames_));
  EXPECT_EQ(check().reject, SegmentReject::frame_other_log);
  frames_[1] = test::with_header(
      good[1], [](Bytes& bytes) { bytes[proto::frame_offset::origin] ^= std::byte{1}; });
  segment_ = assemble(frames_, header_for(frames_));
  EXPECT_EQ(check().reject, SegmentReject::frame_other_log);
}

TEST_F(SegmentReaderTest, RejectsAHoleBetweenFrames) {
  frames_.erase(frames_.begin() + 1);
  segment_ = assemble(frames_, header_for(frames_));
  EXPECT_EQ(check().reject, SegmentReject::frame_out_of_run);
}

TEST_F(SegmentReaderTest, RejectsFramesOfTwoBranches) {
  OriginWriter clone(group_of());
  say(clone, {1});
  clone.change_voice();
  say(clone, {3});
  frames_[2] = clone.frame(2);
  segment_ = assemble(frames_, header_for(frames_));
  EXPECT_EQ(check().reject, SegmentReject::frame_chain);
}

TEST_F(SegmentReaderTest, RejectsFewerOrMoreFramesThanTheHeaderSays) {
  SegmentHeader header = header_for(frames_);
  header.next = EntryIndex{7};
  segment_ = assemble(frames_, header);
  EXPECT_EQ(check().reject, SegmentReject::frame_count);
  header.next = EntryIndex{6};
  header.frames = 2;
  segment_ = assemble(frames_, header);
  EXPECT_EQ(check().reject, SegmentReject::frame_count);
}

TEST_F(SegmentReaderTest, AFileThatShrinksWhileItIsReadIsIncomplete) {
  const auto open = file();
  storage_.truncate_open_files(kSegmentHeaderBytes + 10);
  EXPECT_EQ(check_segment(*open).reject, SegmentReject::too_short);
}

TEST_F(SegmentReaderTest, AReadErrorIsNoVerdict) {
  const auto open = file();
  storage_.fail(StorageCall::read);
  EXPECT_THROW(check_segment(*open), Error);
}

TEST_F(SegmentReaderTest, GivesTheFramesVerbatimAndInOrder) {
  const auto open = file();
  SegmentReader reader(*open, check().header);
  for (const Frame& frame : frames_) EXPECT_EQ(reader.next(), frame);
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.next(), std::nullopt);
}

TEST_F(SegmentReaderTest, GoesOnWhereAnotherReaderStopped) {
  const auto open = file();
  const SegmentHeader header = check().header;
  SegmentReader first(*open, header);
  ASSERT_NE(first.peek(), nullptr);
  first.skip();
  SegmentReader second(*open, header, first.position());
  EXPECT_EQ(second.next(), frames_[1]);
}

TEST_F(SegmentReaderTest, EndsWhereTheBytesAreNotWhatTheyWere) {
  const SegmentHeader header = check().header;
  segment_[kSegmentHeaderBytes + frames_[0].bytes.size() + proto::frame_offset::first] ^=
      std::byte{1};
  const auto open = file();
  SegmentReader reader(*open, header);
  EXPECT_EQ(reader.next(), frames_[0]);
  EXPECT_EQ(reader.next(), std::nullopt);
  EXPECT_FALSE(reader.at_end());
}

TEST_F(SegmentReaderTest, TellsTheChainAtEveryIndex) {
  const SegmentHeader header = check().header;
  const auto open = file();
  for (std::uint64_t index = 0; index <= 6; ++index) {
    EXPECT_EQ(chain_at(*open, header, EntryIndex{index}), writer_.chain(index)) << index;
  }
}

TEST_F(SegmentReaderTest, TellsNoChainOutOfADamagedFrame) {
  const SegmentHeader header = check().header;
  segment_[kSegmentHeaderBytes + frames_[0].bytes.size() + proto::kFrameHeaderBytes + 4] ^=
      std::byte{1};
  const auto open = file();
  EXPECT_EQ(chain_at(*open, header, EntryIndex{2}), std::nullopt);
}

TEST_F(SegmentReaderTest, ReadsALargeFileInLongPieces) {
  std::vector<Frame> many;
  OriginWriter writer(group_of(), 2);
  for (int i = 0; i < 400; ++i) many.push_back(writer.frame(2));
  segment_ = build_segment(writer.origin(), 0, many).bytes;
  ASSERT_GT(segment_.size(), 64U * 1024U);
  EXPECT_EQ(check().reject, SegmentReject::none);
  const auto open = file();
  SegmentReader reader(*open, check().header);
  std::size_t count = 0;
  while (reader.next()) ++count;
  EXPECT_EQ(count, many.size());
}

}  // namespace
}  // namespace tidemark::filelog
