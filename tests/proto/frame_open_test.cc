#include <gtest/gtest.h>

#include "oplog/limits.h"
#include "proto/zstd_codec.h"
#include "tests/proto/frame_bytes.h"

namespace tidemark::proto {
namespace {

namespace at = frame_offset;
using test::Parts;
using test::sample_parts;
using test::sealed;

using test::sample_frame;

FrameReject judge(ByteView bytes) {
  return open(test::group(), bytes).reject;
}

// The sample log from its second entry on.
Parts later_parts() {
  Parts parts = sample_parts();
  const OpenedFrame whole = open(test::group(), sample_frame());
  parts.envelope.first = EntryIndex{1};
  parts.envelope.chain_before = chain_at(whole, EntryIndex{1});
  parts.blob.erase(parts.blob.begin(), parts.blob.begin() + parts.heads.front().length);
  parts.heads.erase(parts.heads.begin());
  return parts;
}

Bytes compressed_frame() {
  Parts parts = sample_parts();
  const std::string text(2000, 'x');
  parts.say(EntryKind::application, true, as_bytes(text));
  const Bytes raw = sealed(parts);
  Bytes stored;
  EXPECT_TRUE(compress(ByteView(raw).subspan(kFrameHeaderBytes), 3, stored));
  Envelope envelope;
  EXPECT_EQ(parse_envelope(raw, envelope), FrameReject::none);
  envelope.codec = static_cast<std::uint8_t>(Codec::zstd);
  envelope.stored_length = static_cast<std::uint32_t>(stored.size());
  envelope.payload_hash = hash_payload(stored);
  Bytes frame(kFrameHeaderBytes);
  write_header(envelope, std::span(frame).first<kFrameHeaderBytes>());
  append(frame, stored);
  return frame;
}

TEST(OpenedFrame, HasTheEntriesOfTheFrame) {
  const OpenedFrame frame = open(test::group(), sample_frame());
  ASSERT_EQ(frame.reject, FrameReject::none);
  ASSERT_EQ(frame.entries.size(), 4U);
  EXPECT_EQ(frame.entries[0].kind, EntryKind::genesis);
  EXPECT_EQ(frame.entries[1].hlc, Hlc{1005});
  EXPECT_FALSE(frame.entries[1].commit);
  EXPECT_EQ(as_text(frame.entries[1].payload), "one");
  EXPECT_TRUE(frame.entries[2].payload.empty());
  EXPECT_EQ(as_text(frame.entries[3].payload), "three");
  EXPECT_EQ(frame.index_of(3), EntryIndex{3});
}

TEST(OpenedFrame, CopiesAnEntryWithItsSalt) {
  const OpenedFrame frame = open(test::group(), sample_frame());
  SaltSequence salts(test::kSeed);
  const IndexedEntry entry = frame.entry(3);
  EXPECT_EQ(entry.index, EntryIndex{3});
  const Entry& live = std::get<Entry>(entry.entry);
  EXPECT_EQ(live.salt, salts.at(EntryIndex{3}));
  EXPECT_EQ(as_text(live.payload), "three");
}

TEST(OpenedFrame, KeepsItsViewsWhenItMoves) {
  OpenedFrame frame = open(test::group(), sample_frame());
  const OpenedFrame moved = std::move(frame);
  EXPECT_EQ(as_text(moved.entries[3].payload), "three");
  EXPECT_EQ(chain_at(moved, EntryIndex{4}), moved.envelope.chain_after);
}

TEST(OpenedFrame, TellsTheChainAtEveryIndexOfIt) {
  const OpenedFrame frame = open(test::group(), sample_frame());
  Hash chain = chain_start(test::sample_origin());
  EXPECT_EQ(chain_at(frame, EntryIndex{0}), chain);
  for (std::size_t i = 0; i < 4; ++i) {
    chain = chain_next(chain, EntryIndex{i}, frame.entry(i).entry);
    EXPECT_EQ(chain_at(frame, EntryIndex{i + 1}), chain);
  }
  EXPECT_EQ(chain, frame.envelope.chain_after);
}

TEST(OpenedFrame, OpensWhereItBeginsInTheMiddleOfALog) {
  EXPECT_EQ(judge(sealed(later_parts())), FrameReject::none);
}

TEST(OpenedFrame, OpensCompressedBodies) {
  const OpenedFrame frame = open(test::group(), compressed_frame());
  ASSERT_EQ(frame.reject, FrameReject::none);
  EXPECT_EQ(frame.entries.back().payload.size(), 2000U);
}

TEST(OpenedFrame, RejectsBytesBehindTheFrame) {
  Bytes longer = sample_frame();
  longer.push_back(std::byte{0});
  EXPECT_EQ(judge(longer), FrameReject::too_long);
}

TEST(OpenedFrame, RejectsEveryTruncation) {
  for (const Bytes& whole : {sample_frame(), compressed_frame()}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_EQ(judge(ByteView(whole).first(size)), FrameReject::too_short);
    }
    EXPECT_EQ(judge(whole), FrameReject::none);
  }
}

TEST(OpenedFrame, RejectsEveryBit) {
  for (const Bytes& whole : {sample_frame(), compressed_frame()}) {
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      Bytes damaged = whole;
      test::flip_bit(damaged, bit);
      EXPECT_NE(judge(damaged), FrameReject::none) << bit;
    }
    EXPECT_EQ(judge(whole), FrameReject::none);
  }
}

// The info flags are hints: of a log's later frames, only what entries contradict is refused.
bool is_hint(std::size_t bit) {
  return bit / 16 == at::info / 2 && bit != 8 * at::info && bit != 8 * at::info + 1;
}

TEST(OpenedFrame, RejectsEveryBitOfTheHeaderWithItsCrcRepaired) {
  for (std::size_t bit = 0; bit < 8 * at::crc; ++bit) {
    if (is_hint(bit)) continue;
    Bytes damaged = sample_frame();
    test::flip_bit(damaged, bit);
    test::repair_crc(damaged);
    EXPECT_NE(judge(damaged), FrameReject::none) << bit;
    EXPECT_EQ(judge(sample_frame()), FrameReject::none);
  }
}

TEST(OpenedFrame, IgnoresUnknownHints) {
  Bytes hinted = test::with_field(sample_frame(), at::info, std::uint16_t{0xFFFF});
  const OpenedFrame frame = open(test::group(), hinted);
  ASSERT_EQ(frame.reject, FrameReject::none);
  EXPECT_EQ(frame.entries.size(), 4U);
}

TEST(OpenedFrame, RejectsEveryBitOfTheBodyWithHashAndCrcRepaired) {
  for (std::size_t bit = 8 * kFrameHeaderBytes; bit < 8 * sample_frame().size(); ++bit) {
    Bytes damaged = sample_frame();
    test::flip_bit(damaged, bit);
    test::repair_payload_hash(damaged);
    EXPECT_NE(judge(damaged), FrameReject::none) << bit;
  }
  EXPECT_EQ(judge(sample_frame()), FrameReject::none);
}

TEST(OpenedFrame, RejectsAnotherGroup) {
  EXPECT_EQ(open(test::other_group(), sample_frame()).reject, FrameReject::other_group);
}

TEST(OpenedFrame, RejectsABadPayloadHash) {
  Bytes damaged = sample_frame();
  damaged.back() ^= std::byte{1};
  EXPECT_EQ(judge(damaged), FrameReject::bad_payload_hash);
}

TEST(OpenedFrame, RejectsBadCodecData) {
  Bytes damaged = compressed_frame();
  damaged.back() ^= std::byte{0x40};
  damaged[kFrameHeaderBytes] ^= std::byte{1};
  test::repair_payload_hash(damaged);
  EXPECT_EQ(judge(damaged), FrameReject::bad_codec_data);
}

TEST(OpenedFrame, RejectsARawLengthThatTheBodyDoesNotHave) {
  const Bytes frame = compressed_frame();
  Envelope envelope;
  ASSERT_EQ(parse_envelope(frame, envelope), FrameReject::none);
  for (const std::uint32_t length : {envelope.raw_length - 1, envelope.raw_length + 1}) {
    EXPECT_EQ(judge(test::with_field(frame, at::raw_length, length)), FrameReject::bad_codec_data);
  }
}

TEST(OpenedFrame, RejectsABadBody) {
  Bytes damaged = sample_frame();
  damaged[kFrameHeaderBytes + body_offset::version] = std::byte{2};
  test::repair_payload_hash(damaged);
  EXPECT_EQ(judge(damaged), FrameReject::bad_body);
}

TEST(OpenedFrame, RejectsAHighestHlcThatNoEntryHas) {
  const auto edit = [](Envelope& e) { e.hlc_max.bits += 1; };
  EXPECT_EQ(judge(sealed(sample_parts(), edit)), FrameReject::bad_entry);
}

TEST(OpenedFrame, RejectsAWrongEndOfTransaction) {
  const auto edit = [](Envelope& e) { e.info ^= kInfoEnds; };
  EXPECT_EQ(judge(sealed(sample_parts(), edit)), FrameReject::bad_entry);
}

TEST(OpenedFrame, RejectsALogThatBeginsInsideATransaction) {
  const auto edit = [](Envelope& e) { e.info ^= kInfoBegins; };
  EXPECT_EQ(judge(sealed(sample_parts(), edit)), FrameReject::bad_entry);
  EXPECT_EQ(judge(sealed(later_parts(), edit)), FrameReject::none);
}

TEST(OpenedFrame, RejectsAGenesisAnywhereButAtTheStart) {
  Parts parts = sample_parts();
  parts.say(EntryKind::genesis, true, encode(test::sample_genesis()));
  EXPECT_EQ(judge(sealed(parts)), FrameReject::bad_entry);
  parts = later_parts();
  parts.heads.front().kind = EntryKind::genesis;
  EXPECT_EQ(judge(sealed(parts)), FrameReject::bad_entry);
}

TEST(OpenedFrame, RejectsALogWithoutGenesis) {
  Parts parts = sample_parts();
  parts.heads.front().kind = EntryKind::application;
  EXPECT_EQ(judge(sealed(parts)), FrameReject::unknown_origin);
}

TEST(OpenedFrame, RejectsAGenesisThatEndsNoTransaction) {
  Parts parts = sample_parts();
  parts.heads.front().commit = false;
  EXPECT_EQ(judge(sealed(parts)), FrameReject::unknown_origin);
}

TEST(OpenedFrame, RejectsAGenesisThatIsMalformed) {
  Parts parts = sample_parts();
  parts.blob[0] = std::byte{0};
  EXPECT_EQ(judge(sealed(parts)), FrameReject::unknown_origin);
}

TEST(OpenedFrame, RejectsAGenesisOfAnotherOrigin) {
  Parts parts = sample_parts();
  parts.envelope.origin.bytes[0] ^= std::byte{1};
  parts.envelope.chain_before = chain_start(parts.envelope.origin);
  EXPECT_EQ(judge(sealed(parts)), FrameReject::unknown_origin);
}

TEST(OpenedFrame, LetsANewerGenesisWait) {
  Parts parts = sample_parts();
  parts.blob[0] = std::byte{kRecordVersion + 1};
  EXPECT_EQ(judge(sealed(parts)), FrameReject::newer_version);
}

TEST(OpenedFrame, RejectsALogThatBeginsWithAnotherChain) {
  Parts parts = sample_parts();
  parts.envelope.chain_before[5] ^= std::byte{1};
  EXPECT_EQ(judge(sealed(parts)), FrameReject::chain_before);
}

TEST(OpenedFrame, RejectsAChainThatTheEntriesDoNotGive) {
  const auto edit = [](Envelope& e) { e.chain_after[31] ^= std::byte{1}; };
  EXPECT_EQ(judge(sealed(sample_parts(), edit)), FrameReject::chain_after);
  const auto other_start = [](Envelope& e) { e.chain_before[31] ^= std::byte{1}; };
  EXPECT_EQ(judge(sealed(later_parts(), other_start)), FrameReject::chain_after);
}

TEST(OpenedFrame, HoldsNothingAfterARefusal) {
  const auto edit = [](Envelope& e) { e.chain_after[31] ^= std::byte{1}; };
  const OpenedFrame frame = open(test::group(), sealed(sample_parts(), edit));
  EXPECT_TRUE(frame.entries.empty());
  EXPECT_TRUE(frame.salt_runs.empty());
  EXPECT_TRUE(frame.body.empty());
}

TEST(DecodeTrusted, GivesWhatOpenGives) {
  for (const Bytes& bytes : {sample_frame(), compressed_frame(), sealed(later_parts())}) {
    const OpenedFrame opened = open(test::group(), bytes);
    const OpenedFrame decoded = decode_trusted(bytes);
    ASSERT_EQ(decoded.reject, FrameReject::none);
    ASSERT_EQ(decoded.entries.size(), opened.entries.size());
    for (std::size_t i = 0; i < opened.entries.size(); ++i) {
      EXPECT_EQ(decoded.entry(i), opened.entry(i));
    }
    EXPECT_EQ(chain_at(decoded, decoded.envelope.next()), opened.envelope.chain_after);
  }
}

TEST(DecodeTrusted, ComputesNoHash) {
  const auto edit = [](Envelope& e) { e.chain_after[31] ^= std::byte{1}; };
  EXPECT_EQ(decode_trusted(sealed(sample_parts(), edit)).reject, FrameReject::none);
}

TEST(DecodeTrusted, StillChecksEveryBound) {
  for (std::size_t size = 0; size < sample_frame().size(); ++size) {
    EXPECT_EQ(decode_trusted(ByteView(sample_frame()).first(size)).reject, FrameReject::too_short);
  }
  for (std::size_t byte = 0; byte < kBodyPrefixBytes; ++byte) {
    Bytes damaged = sample_frame();
    damaged[kFrameHeaderBytes + byte] ^= std::byte{0xFF};
    EXPECT_EQ(decode_trusted(damaged).reject, FrameReject::bad_body);
  }
}

}  // namespace
}  // namespace tidemark::proto
