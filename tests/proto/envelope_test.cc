#include "proto/envelope.h"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "tests/proto/frame_bytes.h"

namespace tidemark::proto {
namespace {

namespace at = frame_offset;
using test::with_field;

using test::sample_frame;

FrameReject parse(ByteView bytes) {
  Envelope ignored;
  return parse_envelope(bytes, ignored);
}

template <typename Number>
FrameReject parse_with(std::size_t offset, Number value) {
  return parse(with_field(sample_frame(), offset, value));
}

TEST(FrameReject, EachHasANameOfItsOwn) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(FrameReject::chain_after); ++i) {
    names.insert(to_text(static_cast<FrameReject>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(FrameReject::chain_after) + 1);
  EXPECT_FALSE(names.contains("unknown"));
}

TEST(FrameReject, WhatALaterVersionReadsIsNewer) {
  for (const auto reject :
       {FrameReject::newer_version, FrameReject::unknown_flag, FrameReject::encrypted,
        FrameReject::signed_frame, FrameReject::control, FrameReject::rewritten,
        FrameReject::scrubbed, FrameReject::unknown_codec}) {
    EXPECT_TRUE(is_newer(reject)) << to_text(reject);
  }
  for (const auto reject :
       {FrameReject::none, FrameReject::too_short, FrameReject::bad_crc, FrameReject::other_group,
        FrameReject::bad_body, FrameReject::chain_after}) {
    EXPECT_FALSE(is_newer(reject)) << to_text(reject);
  }
}

TEST(Envelope, HasWhatWasWritten) {
  Envelope written;
  written.group = test::group();
  written.origin = test::sample_origin();
  written.first = EntryIndex{kIndexEnd - 4096};
  written.count = 4096;
  written.raw_length = 70;
  written.stored_length = 50;
  written.info = 0xFFFF;
  written.codec = 1;
  written.hlc_max = Hlc{77};
  written.chain_before = hash256("a", {});
  written.chain_after = hash256("b", {});
  written.payload_hash = hash256("c", {});
  Bytes header(kFrameHeaderBytes);
  write_header(written, std::span(header).first<kFrameHeaderBytes>());

  Envelope read;
  ASSERT_EQ(parse_envelope(header, read), FrameReject::none);
  EXPECT_EQ(read.group, written.group);
  EXPECT_EQ(read.origin, written.origin);
  EXPECT_EQ(read.first, written.first);
  EXPECT_EQ(read.next(), EntryIndex{kIndexEnd});
  EXPECT_EQ(read.count, written.count);
  EXPECT_EQ(read.raw_length, written.raw_length);
  EXPECT_EQ(read.stored_length, written.stored_length);
  EXPECT_EQ(read.info, written.info);
  EXPECT_EQ(read.codec, written.codec);
  EXPECT_EQ(read.hlc_max, written.hlc_max);
  EXPECT_EQ(read.chain_before, written.chain_before);
  EXPECT_EQ(read.chain_after, written.chain_after);
  EXPECT_EQ(read.payload_hash, written.payload_hash);
  EXPECT_EQ(read.frame_bytes(), kFrameHeaderBytes + 50);
}

TEST(Envelope, CountsTheSignatureOfAFrameThatWaits) {
  Envelope read;
  const auto frame = with_field(sample_frame(), at::incompatible, std::uint16_t{kFlagSigned});
  ASSERT_EQ(parse_envelope(frame, read), FrameReject::signed_frame);
  EXPECT_EQ(read.frame_bytes(), sample_frame().size() + kSignatureBytes);
}

TEST(Envelope, LooksAtTheHeaderOnly) {
  EXPECT_EQ(parse(ByteView(sample_frame()).first(kFrameHeaderBytes)), FrameReject::none);
  Bytes more = sample_frame();
  more.resize(more.size() + 1000);
  EXPECT_EQ(parse(more), FrameReject::none);
}

TEST(Envelope, RejectsLessThanAHeader) {
  for (std::size_t size = 0; size < kFrameHeaderBytes; ++size) {
    EXPECT_EQ(parse(ByteView(sample_frame()).first(size)), FrameReject::too_short);
  }
}

TEST(Envelope, RejectsBadMagic) {
  EXPECT_EQ(parse_with(at::magic + 7, std::uint8_t{0}), FrameReject::bad_magic);
}

TEST(Envelope, RejectsMajorZero) {
  EXPECT_EQ(parse_with(at::major, std::uint8_t{0}), FrameReject::bad_magic);
}

TEST(Envelope, RejectsEveryUnrepairedBit) {
  for (std::size_t bit = 8 * kFrameMagic.size(); bit < 8 * kFrameHeaderBytes; ++bit) {
    Bytes frame = sample_frame();
    test::flip_bit(frame, bit);
    EXPECT_EQ(parse(frame), FrameReject::bad_crc) << bit;
  }
}

TEST(Envelope, RejectsNewerVersion) {
  EXPECT_EQ(parse_with(at::major, std::uint8_t{2}), FrameReject::newer_version);
}

TEST(Envelope, RejectsUnknownFlags) {
  for (unsigned bit = 5; bit < 16; ++bit) {
    const auto flags = static_cast<std::uint16_t>(1U << bit | kFlagSigned);
    EXPECT_EQ(parse_with(at::incompatible, flags), FrameReject::unknown_flag);
  }
}

TEST(Envelope, RejectsEachFlagThatItCanNotHonourByName) {
  EXPECT_EQ(parse_with(at::incompatible, std::uint16_t{kFlagEncrypted}), FrameReject::encrypted);
  EXPECT_EQ(parse_with(at::incompatible, std::uint16_t{kFlagSigned}), FrameReject::signed_frame);
  EXPECT_EQ(parse_with(at::incompatible, std::uint16_t{kFlagControl}), FrameReject::control);
  EXPECT_EQ(parse_with(at::incompatible, std::uint16_t{kFlagRewritten}), FrameReject::rewritten);
  EXPECT_EQ(parse_with(at::incompatible, std::uint16_t{kFlagScrubbed}), FrameReject::scrubbed);
}

TEST(Envelope, RejectsUnknownCodec) {
  EXPECT_EQ(parse_with(at::codec, std::uint8_t{2}), FrameReject::unknown_codec);
}

TEST(Envelope, RejectsReservedBytes) {
  EXPECT_EQ(parse_with(at::zero_a, std::uint8_t{1}), FrameReject::bad_reserved);
  EXPECT_EQ(parse_with(at::zero_a + 1, std::uint8_t{1}), FrameReject::bad_reserved);
  EXPECT_EQ(parse_with(at::zero_b, std::uint8_t{1}), FrameReject::bad_reserved);
  EXPECT_EQ(parse_with(at::zero_b + 11, std::uint8_t{1}), FrameReject::bad_reserved);
}

TEST(Envelope, RejectsAKeyEpochWithoutEncryption) {
  EXPECT_EQ(parse_with(at::epoch, std::uint32_t{1}), FrameReject::bad_reserved);
}

TEST(Envelope, RejectsCountsAndLengthsBeyondTheirCaps) {
  EXPECT_EQ(parse_with(at::count, std::uint32_t{0}), FrameReject::bad_length);
  EXPECT_EQ(parse_with(at::count, kFrameEntriesMax + 1), FrameReject::bad_length);
  const Bytes zstd = with_field(sample_frame(), at::codec, std::uint8_t{1});
  const auto length = [&](std::size_t offset, std::size_t value) {
    return parse(with_field(zstd, offset, static_cast<std::uint32_t>(value)));
  };
  EXPECT_EQ(length(at::raw_length, 0), FrameReject::bad_length);
  EXPECT_EQ(length(at::raw_length, kFrameRawBytesMax), FrameReject::none);
  EXPECT_EQ(length(at::raw_length, kFrameRawBytesMax + 1), FrameReject::bad_length);
  EXPECT_EQ(length(at::stored_length, 0), FrameReject::bad_length);
  EXPECT_EQ(length(at::stored_length, kFrameStoredBytesMax), FrameReject::none);
  EXPECT_EQ(length(at::stored_length, kFrameStoredBytesMax + 1), FrameReject::bad_length);
}

TEST(Envelope, RejectsUnequalLengthsOfARawBody) {
  EXPECT_EQ(parse_with(at::raw_length, std::uint32_t{5}), FrameReject::bad_length);
}

TEST(Envelope, RejectsIndicesBeyondTheEnd) {
  EXPECT_EQ(parse_with(at::first, kIndexEnd - 4), FrameReject::none);
  EXPECT_EQ(parse_with(at::first, kIndexEnd - 3), FrameReject::bad_index);
  EXPECT_EQ(parse_with(at::first, ~std::uint64_t{0}), FrameReject::bad_index);
}

TEST(Envelope, MovesToAnotherGroupAndNothingElseChanges) {
  Bytes frame = sample_frame();
  rewrite_group(frame, test::other_group());
  EXPECT_EQ(open(test::other_group(), frame).reject, FrameReject::none);
  EXPECT_EQ(open(test::group(), frame).reject, FrameReject::other_group);
  rewrite_group(frame, test::group());
  EXPECT_EQ(frame, sample_frame());
}

TEST(EnvelopeDeathTest, WillNotRewriteWhatItCanNotRead) {
  Bytes frame = sample_frame();
  test::flip_bit(frame, 8 * at::first);
  EXPECT_DEATH(rewrite_group(frame, test::other_group()), "invariant");
}

RC_GTEST_PROP(Envelope, AnyBytesAreJudgedWithoutACrash, (std::vector<std::uint8_t> bytes)) {
  Envelope out;
  RC_ASSERT(parse_envelope(std::as_bytes(std::span(bytes)), out) != FrameReject::none);
}

}  // namespace
}  // namespace tidemark::proto
