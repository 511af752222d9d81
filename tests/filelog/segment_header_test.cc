#include "filelog/segment_header.h"

#include <functional>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "oplog/chain.h"
#include "oplog/hash.h"
#include "oplog/limits.h"
#include "tests/filelog/segment_bytes.h"

namespace tidemark::filelog {
namespace {

namespace at = segment_header_offset;
namespace end_at = segment_trailer_offset;
using test::write_le;

SegmentHeader header() {
  SegmentHeader header;
  header.level = 1;
  header.frames = 3;
  header.group.bytes[0] = std::byte{1};
  header.origin.bytes[0] = std::byte{2};
  header.publisher.bytes[0] = std::byte{3};
  header.first = EntryIndex{5};
  header.next = EntryIndex{9};
  header.body_bytes = 1000;
  header.chain_before[0] = std::byte{4};
  return header;
}

SegmentTrailer trailer() {
  return {EntryIndex{9}, 1000, 3, {std::byte{7}}};
}

SegmentReject read(SegmentHeaderBytes bytes) {
  SegmentHeader out;
  return decode(bytes, out);
}

// One change to a good header, its CRC made right again.
SegmentReject read_changed(const std::function<void(SegmentHeaderBytes&)>& change) {
  SegmentHeaderBytes bytes = encode(header());
  change(bytes);
  write_le(bytes, at::crc, crc32c(ByteView(bytes).first(at::crc)), 4);
  return read(bytes);
}

SegmentReject read_changed(const std::function<void(SegmentHeader&)>& change) {
  SegmentHeader changed = header();
  change(changed);
  return read(encode(changed));
}

TEST(SegmentHeader, ReadsWhatItWrote) {
  SegmentHeader out;
  EXPECT_EQ(decode(encode(header()), out), SegmentReject::none);
  EXPECT_EQ(out, header());
}

TEST(SegmentHeader, RejectsBadMagic) {
  SegmentHeaderBytes bytes = encode(header());
  bytes[at::magic + 1] = std::byte{'X'};
  EXPECT_EQ(read(bytes), SegmentReject::bad_magic);
}

TEST(SegmentHeader, RejectsZerosByTheirOwnName) {
  EXPECT_EQ(read(SegmentHeaderBytes{}), SegmentReject::zeros);
}

TEST(SegmentHeader, RejectsBadCrc) {
  SegmentHeaderBytes bytes = encode(header());
  bytes[at::level] ^= std::byte{1};
  EXPECT_EQ(read(bytes), SegmentReject::bad_header_crc);
}

TEST(SegmentHeader, RejectsNewerVersion) {
  EXPECT_EQ(read_changed([](SegmentHeaderBytes& bytes) { bytes[at::major] = std::byte{2}; }),
            SegmentReject::newer_version);
}

TEST(SegmentHeader, RejectsUnknownFlag) {
  EXPECT_EQ(read_changed([](SegmentHeaderBytes& bytes) { bytes[at::flags + 1] = std::byte{1}; }),
            SegmentReject::unknown_flag);
}

TEST(SegmentHeader, RejectsReservedBytes) {
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read_changed([&](SegmentHeaderBytes& bytes) { bytes[at::zero + i] = std::byte{1}; }),
              SegmentReject::bad_reserved);
  }
}

TEST(SegmentHeader, RejectsAnEmptyOrImpossibleRun) {
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.next = h.first; }), SegmentReject::bad_index);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.first = EntryIndex{10}; }),
            SegmentReject::bad_index);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.next = EntryIndex{kIndexEnd + 1}; }),
            SegmentReject::bad_index);
}

TEST(SegmentHeader, RejectsALogThatBeginsWithAnotherChain) {
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.first = EntryIndex{0}; }),
            SegmentReject::bad_chain_start);
  EXPECT_EQ(read_changed([](SegmentHeader& h) {
              h.first = EntryIndex{0};
              h.chain_before = chain_start(h.origin);
            }),
            SegmentReject::none);
}

TEST(SegmentHeader, RejectsLengthsThatCanNotBe) {
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.frames = 0; }), SegmentReject::bad_length);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.frames = 5; }), SegmentReject::bad_length);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.body_bytes = 0; }), SegmentReject::bad_length);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.body_bytes = 500; }), SegmentReject::bad_length);
  EXPECT_EQ(read_changed([](SegmentHeader& h) { h.body_bytes = kSegmentBodyBytesMax + 1; }),
            SegmentReject::bad_length);
}

TEST(SegmentTrailer, ReadsWhatItWrote) {
  SegmentTrailer out;
  EXPECT_EQ(decode(encode(trailer()), out), SegmentReject::none);
  EXPECT_EQ(out, trailer());
}

TEST(SegmentTrailer, RejectsBadMagic) {
  SegmentTrailerBytes bytes = encode(trailer());
  bytes[end_at::magic] = std::byte{'X'};
  SegmentTrailer out;
  EXPECT_EQ(decode(bytes, out), SegmentReject::bad_trailer_magic);
}

TEST(SegmentTrailer, RejectsZerosByTheirOwnName) {
  SegmentTrailer out;
  EXPECT_EQ(decode(SegmentTrailerBytes{}, out), SegmentReject::zeros);
}

TEST(SegmentTrailer, RejectsBadCrc) {
  SegmentTrailerBytes bytes = encode(trailer());
  bytes[end_at::file_hash] ^= std::byte{1};
  SegmentTrailer out;
  EXPECT_EQ(decode(bytes, out), SegmentReject::bad_trailer_crc);
}

TEST(SegmentTrailer, AgreesWithAHeaderInEachField) {
  EXPECT_TRUE(agree(header(), trailer()));
  SegmentTrailer other = trailer();
  other.next = EntryIndex{8};
  EXPECT_FALSE(agree(header(), other));
  other = trailer();
  other.body_bytes = 1;
  EXPECT_FALSE(agree(header(), other));
  other = trailer();
  other.frames = 1;
  EXPECT_FALSE(agree(header(), other));
}

TEST(SegmentReject, EachHasItsOwnName) {
  std::set<std::string> names;
  const auto last = static_cast<unsigned>(SegmentReject::frame_count);
  for (unsigned i = 0; i <= last; ++i) names.insert(to_text(SegmentReject(i)));
  EXPECT_EQ(names.size(), last + 1);
  EXPECT_STREQ(to_text(SegmentReject(last + 1)), "unknown");
}

}  // namespace
}  // namespace tidemark::filelog
