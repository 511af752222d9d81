#include "proto/body_codec.h"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "proto/frame_format.h"
#include "proto/leb.h"

namespace tidemark::proto {
namespace {

constexpr Salt kSeed = {std::byte{9}};

EntryHead head(std::uint64_t hlc, std::uint32_t length) {
  return {Hlc{hlc}, EntryKind::row, true, length};
}

Bytes body_of(const std::vector<EntryHead>& heads) {
  std::size_t size = 0;
  for (const EntryHead& h : heads) size += h.length;
  Bytes out;
  encode_body(heads, kSeed, Bytes(size, std::byte{'p'}), out);
  return out;
}

FrameReject judge(ByteView body, std::uint32_t count) {
  std::vector<EntryView> entries;
  std::vector<SaltRun> runs;
  return decode_body(body, count, entries, runs);
}

// Two entries of one byte, written by hand: salts of 18 bytes at 16, columns at 34, blob at 47.
struct HandMade {
  static constexpr std::size_t salts = kBodyPrefixBytes, columns = salts + 18, deltas = columns + 8,
                               kinds = deltas + 1, flags = kinds + 2, lengths = flags + 2,
                               blob = lengths + 2;
  Bytes bytes = body_of({head(1000, 1), head(1001, 1)});

  FrameReject with(std::size_t at, unsigned value) {
    bytes[at] = static_cast<std::byte>(value);
    return judge(bytes, 2);
  }
};

RC_GTEST_PROP(Body, RoundTrips, (const std::vector<std::string>& payloads, bool seeded)) {
  RC_PRE(!payloads.empty());
  std::vector<EntryHead> heads;
  std::vector<Salt> salts;
  Bytes blob;
  std::uint64_t hlc = *rc::gen::inRange<std::uint64_t>(0, kHlcEnd / 2);
  for (const std::string& payload : payloads) {
    hlc += *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
    const auto kind = static_cast<EntryKind>(*rc::gen::inRange(1, 256));
    heads.push_back(
        {Hlc{hlc}, kind, *rc::gen::arbitrary<bool>(), static_cast<std::uint32_t>(payload.size())});
    append(blob, as_bytes(payload));
    salts.push_back({static_cast<std::byte>(hlc)});
  }
  Bytes body;
  if (seeded) {
    encode_body(heads, kSeed, blob, body);
  } else {
    encode_body(heads, salts, blob, body);
  }
  std::vector<EntryView> entries;
  std::vector<SaltRun> runs;
  RC_ASSERT(decode_body(body, static_cast<std::uint32_t>(heads.size()), entries, runs) ==
            FrameReject::none);
  for (std::size_t i = 0; i < heads.size(); ++i) {
    RC_ASSERT(entries[i].hlc == heads[i].hlc);
    RC_ASSERT(entries[i].kind == heads[i].kind);
    RC_ASSERT(entries[i].commit == heads[i].commit);
    RC_ASSERT(as_text(entries[i].payload) == payloads[i]);
  }
  RC_ASSERT(runs.size() == 1U);
  RC_ASSERT(runs[0].entries == heads.size());
  RC_ASSERT(runs[0].seeded == seeded);
  const ByteView salt = ByteView(body).subspan(runs[0].offset, sizeof(Salt));
  RC_ASSERT(std::ranges::equal(salt, seeded ? kSeed : salts[0]));
}

TEST(Body, HasTheHandMadeLayout) {
  HandMade body;
  ASSERT_EQ(body.bytes.size(), HandMade::blob + 2);
  EXPECT_EQ(judge(body.bytes, 2), FrameReject::none);
  EXPECT_EQ(body.bytes[HandMade::salts], std::byte{2});
  EXPECT_EQ(body.bytes[HandMade::deltas], std::byte{2});
  EXPECT_EQ(body.bytes[HandMade::lengths], std::byte{1});
}

TEST(Body, RejectsAnotherVersion) {
  EXPECT_EQ(HandMade().with(body_offset::version, 2), FrameReject::bad_body);
  EXPECT_EQ(HandMade().with(body_offset::version, 0), FrameReject::bad_body);
}

TEST(Body, RejectsReservedBytes) {
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(HandMade().with(body_offset::zero + i, 1), FrameReject::bad_body);
  }
}

TEST(Body, RejectsAnotherCountThanTheHeaders) {
  const HandMade body;
  EXPECT_EQ(judge(body.bytes, 1), FrameReject::bad_body);
  EXPECT_EQ(judge(body.bytes, 3), FrameReject::bad_body);
}

TEST(Body, RejectsNoEntriesAtAll) {
  Bytes nothing(kBodyPrefixBytes);
  nothing[body_offset::version] = std::byte{1};
  EXPECT_EQ(judge(nothing, 0), FrameReject::bad_body);
}

TEST(Body, RejectsACountThatItsColumnsCanNotHold) {
  HandMade body;
  put_number(body.bytes.data() + body_offset::count, std::uint32_t{4096});
  EXPECT_EQ(judge(body.bytes, 4096), FrameReject::bad_body);
}

TEST(Body, RejectsSizesBeyondTheBytes) {
  for (const std::size_t at : {body_offset::salt_bytes, body_offset::column_bytes}) {
    HandMade body;
    put_number(body.bytes.data() + at, ~std::uint32_t{0});
    EXPECT_EQ(judge(body.bytes, 2), FrameReject::bad_body);
  }
}

TEST(Body, RejectsSizesThatMoveABoundary) {
  for (const std::size_t at : {body_offset::salt_bytes, body_offset::column_bytes}) {
    for (const int by : {-1, 1}) {
      HandMade body;
      const auto size = get_number<std::uint32_t>(body.bytes.data() + at);
      put_number(body.bytes.data() + at, size + static_cast<std::uint32_t>(by));
      EXPECT_EQ(judge(body.bytes, 2), FrameReject::bad_body);
    }
  }
}

TEST(Body, RejectsSaltRunsThatDoNotCoverTheEntries) {
  EXPECT_EQ(HandMade().with(HandMade::salts, 0), FrameReject::bad_body);
  EXPECT_EQ(HandMade().with(HandMade::salts, 1), FrameReject::bad_body);
  EXPECT_EQ(HandMade().with(HandMade::salts, 3), FrameReject::bad_body);
}

TEST(Body, RejectsAnUnknownSaltForm) {
  EXPECT_EQ(HandMade().with(HandMade::salts + 1, 2), FrameReject::bad_body);
}

TEST(Body, RejectsSaltsThatAreCutShort) {
  EXPECT_EQ(HandMade().with(HandMade::salts + 1, 1), FrameReject::bad_body);
}

TEST(Body, RejectsUnknownEntryFlags) {
  EXPECT_EQ(HandMade().with(HandMade::flags, 4), FrameReject::bad_body);
}

TEST(Body, RejectsExpungedEntries) {
  EXPECT_EQ(HandMade().with(HandMade::flags + 1, 2), FrameReject::bad_body);
  EXPECT_EQ(HandMade().with(HandMade::flags + 1, 3), FrameReject::bad_body);
}

TEST(Body, RejectsLengthsThatDoNotMakeUpTheBlob) {
  EXPECT_EQ(HandMade().with(HandMade::lengths, 0), FrameReject::bad_body);
  EXPECT_EQ(HandMade().with(HandMade::lengths, 2), FrameReject::bad_body);
}

TEST(Body, RejectsKindZero) {
  EXPECT_EQ(HandMade().with(HandMade::kinds, 0), FrameReject::bad_entry);
}

TEST(Body, RejectsAnHlcThatDoesNotRise) {
  EXPECT_EQ(HandMade().with(HandMade::deltas, 0), FrameReject::bad_entry);
  EXPECT_EQ(HandMade().with(HandMade::deltas, 1), FrameReject::bad_entry);
}

TEST(Body, RejectsAnHlcBeyondItsRange) {
  EXPECT_EQ(judge(body_of({head(kHlcEnd - 1, 0)}), 1), FrameReject::none);
  EXPECT_EQ(judge(body_of({head(kHlcEnd, 0)}), 1), FrameReject::bad_entry);
  EXPECT_EQ(judge(body_of({head(1, 0), head(~std::uint64_t{0}, 0)}), 2), FrameReject::bad_entry);
}

TEST(Body, RejectsAPayloadAboveItsCap) {
  EXPECT_EQ(judge(body_of({head(1, kPayloadBytesMax)}), 1), FrameReject::none);
  EXPECT_EQ(judge(body_of({head(1, kPayloadBytesMax + 1)}), 1), FrameReject::bad_entry);
}

TEST(Body, RejectsEveryTruncation) {
  const HandMade body;
  for (std::size_t size = 0; size < body.bytes.size(); ++size) {
    EXPECT_EQ(judge(ByteView(body.bytes).first(size), 2), FrameReject::bad_body);
  }
}

RC_GTEST_PROP(Body, AnyBytesAreJudgedWithoutACrash, (std::vector<std::uint8_t> tail)) {
  Bytes bytes = HandMade().bytes;
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
  append(bytes, std::as_bytes(std::span(tail)));
  std::vector<EntryView> entries;
  std::vector<SaltRun> runs;
  if (decode_body(bytes, 2, entries, runs) == FrameReject::none) RC_ASSERT(entries.size() == 2U);
}

}  // namespace
}  // namespace tidemark::proto
