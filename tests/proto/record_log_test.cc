#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "proto/leb.h"
#include "proto/record.h"

namespace tidemark::proto {
namespace {

constexpr auto kNone = RecordReject::none;
constexpr auto kMalformed = RecordReject::malformed;

template <typename Record>
RecordReject judge(const Bytes& payload) {
  Record out;
  return decode(payload, out);
}

Genesis sample_genesis() {
  Genesis genesis;
  genesis.key[0] = std::byte{1};
  genesis.nonce[15] = std::byte{2};
  genesis.device_name = "laptop";
  genesis.predecessor = {PeerId{{std::byte{3}}}, EntryIndex{kIndexEnd}, Hash{std::byte{4}}};
  genesis.reason = "restored";
  return genesis;
}

ContextDelta sample_context() {
  ContextDelta context;
  context.moved = {{PeerId{{std::byte{1}}}, EntryIndex{0}},
                   {PeerId{{std::byte{2}}}, EntryIndex{9}}};
  return context;
}

template <typename Record>
void rejects_every_truncation_and_longer_form(const Record& record) {
  Bytes bytes = encode(record);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(judge<Record>({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}),
              kMalformed);
  }
  bytes.push_back(std::byte{0});
  EXPECT_EQ(judge<Record>(bytes), kMalformed);
}

template <typename Record>
RecordReject judge_with(const Record& record, std::size_t at, unsigned value) {
  Bytes bytes = encode(record);
  bytes[at] = static_cast<std::byte>(value);
  return judge<Record>(bytes);
}

RC_GTEST_PROP(Genesis, RoundTrips, (std::string name, std::string reason, bool restored)) {
  Genesis genesis = sample_genesis();
  genesis.device_name = name;
  genesis.reason = reason;
  if (!restored) {
    genesis.predecessor.reset();
    genesis.reason.clear();
  }
  Genesis read = sample_genesis();
  RC_ASSERT(decode(encode(genesis), read) == kNone);
  RC_ASSERT(read == genesis);
}

TEST(Genesis, RejectsEveryTruncationAndLongerForm) {
  rejects_every_truncation_and_longer_form(sample_genesis());
  rejects_every_truncation_and_longer_form(Genesis{});
}

TEST(Genesis, LetsANewerVersionWait) {
  EXPECT_EQ(judge_with(Genesis{}, 0, 2), RecordReject::newer);
  EXPECT_EQ(judge_with(Genesis{}, 0, 0), kMalformed);
}

TEST(Genesis, RejectsAnUnknownPredecessorForm) {
  const std::size_t at = encode(Genesis{}).size() - 1;
  EXPECT_EQ(judge_with(Genesis{}, at, 0), kNone);
  EXPECT_EQ(judge_with(Genesis{}, at, 2), kMalformed);
}

TEST(Genesis, RejectsNamesAndReasonsAboveTheirCap) {
  for (const std::size_t extra : {std::size_t{0}, std::size_t{1}}) {
    Genesis named = sample_genesis();
    named.device_name = std::string(kNameBytesMax + extra, 'n');
    EXPECT_EQ(judge<Genesis>(encode(named)), extra == 0 ? kNone : kMalformed);
    Genesis reasoned = sample_genesis();
    reasoned.reason = std::string(kNameBytesMax + extra, 'r');
    EXPECT_EQ(judge<Genesis>(encode(reasoned)), extra == 0 ? kNone : kMalformed);
  }
}

TEST(Genesis, RejectsAPredecessorBeyondEveryIndex) {
  Genesis genesis = sample_genesis();
  genesis.predecessor->next = EntryIndex{kIndexEnd + 1};
  EXPECT_EQ(judge<Genesis>(encode(genesis)), kMalformed);
}

TEST(GenesisDeathTest, NoReasonIsWrittenWithoutAPredecessor) {
  Genesis genesis;
  genesis.reason = "why";
  EXPECT_DEATH(encode(genesis), "invariant");
}

RC_GTEST_PROP(ContextDelta, RoundTrips, (const std::set<std::uint8_t>& origins)) {
  ContextDelta context;
  for (const std::uint8_t origin : origins) {
    const auto next = *rc::gen::inRange<std::uint64_t>(0, kIndexEnd + 1);
    context.moved.emplace_back(PeerId{{std::byte{origin}}}, EntryIndex{next});
  }
  ContextDelta read = sample_context();
  RC_ASSERT(decode(encode(context), read) == kNone);
  RC_ASSERT(read.moved == context.moved);
}

TEST(ContextDelta, RejectsEveryTruncationAndLongerForm) {
  rejects_every_truncation_and_longer_form(sample_context());
}

TEST(ContextDelta, LetsNewerOnesWait) {
  EXPECT_EQ(judge_with(sample_context(), 0, 2), RecordReject::newer);
  EXPECT_EQ(judge_with(sample_context(), 1, 1), RecordReject::newer);
}

TEST(ContextDelta, RejectsACountBeyondItsBytes) {
  EXPECT_EQ(judge_with(sample_context(), 2, 127), kMalformed);
}

TEST(ContextDelta, RejectsOriginsOutOfOrder) {
  EXPECT_EQ(judge_with(sample_context(), 3, 2), kMalformed);
  EXPECT_EQ(judge_with(sample_context(), 3, 3), kMalformed);
}

TEST(ContextDelta, RejectsAnIndexBeyondEveryLog) {
  Bytes bytes(19);
  bytes[0] = bytes[2] = std::byte{1};
  Bytes beyond = bytes;
  ByteWriter(bytes).leb(kIndexEnd);
  ByteWriter(beyond).leb(kIndexEnd + 1);
  EXPECT_EQ(judge<ContextDelta>(bytes), kNone);
  EXPECT_EQ(judge<ContextDelta>(beyond), kMalformed);
}

TEST(Chunk, RoundTrips) {
  const Bytes piece(kChunkBytesMax, std::byte{5});
  const Bytes payload = encode_chunk(piece);
  ByteView read;
  EXPECT_EQ(decode_chunk(payload, read), kNone);
  EXPECT_TRUE(std::ranges::equal(read, piece));
}

TEST(Chunk, RejectsNothingAndTooMuch) {
  ByteView read;
  EXPECT_EQ(decode_chunk({}, read), kMalformed);
  Bytes bytes(1, std::byte{1});
  EXPECT_EQ(decode_chunk(bytes, read), kMalformed);
  bytes.resize(kChunkBytesMax + 2);
  EXPECT_EQ(decode_chunk(bytes, read), kMalformed);
  bytes.resize(2);
  EXPECT_EQ(decode_chunk(bytes, read), kNone);
  bytes[0] = std::byte{2};
  EXPECT_EQ(decode_chunk(bytes, read), RecordReject::newer);
}

}  // namespace
}  // namespace tidemark::proto
