#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "oplog/limits.h"
#include "tests/proto/frame_bytes.h"
#include "tests/support/seeded_rng.h"

namespace tidemark::proto {
namespace {

using test::kSeed;

FrameBuilder::Options options() {
  FrameBuilder::Options options;
  options.group = test::group();
  options.origin = test::sample_origin();
  return options;
}

FrameBuilder builder(const FrameBuilder::Options& chosen = options()) {
  FrameBuilder made(chosen, test::empty_log());
  made.add(Hlc{1}, EntryKind::genesis, true, encode(test::sample_genesis()));
  return made;
}

OpenedFrame opened(const std::optional<Frame>& frame) {
  EXPECT_TRUE(frame.has_value());
  OpenedFrame result = open(test::group(), frame ? frame->bytes : Bytes{});
  EXPECT_EQ(result.reject, FrameReject::none) << to_text(result.reject);
  return result;
}

// Frames of a log of `payloads` after its genesis, each of `commits` ending a transaction.
std::vector<Frame> seal_all(const std::vector<std::string>& payloads,
                            const FrameBuilder::Options& chosen) {
  FrameBuilder log = builder(chosen);
  std::vector<Frame> frames;
  std::uint64_t hlc = 1;
  for (const std::string& payload : payloads) {
    log.add(Hlc{++hlc}, EntryKind::application, payload.size() % 2 == 0, as_bytes(payload));
    if (auto frame = log.full_frame(kSeed)) frames.push_back(std::move(*frame));
  }
  if (auto frame = log.finish(kSeed)) frames.push_back(std::move(*frame));
  return frames;
}

RC_GTEST_PROP(FrameBuilder, FramesContinueEachOtherAndHoldWhatWasAdded,
              (const std::vector<std::string>& payloads)) {
  FrameBuilder::Options chosen = options();
  chosen.entries_max = *rc::gen::inRange(1U, 10U);
  chosen.raw_bytes_max = *rc::gen::inRange<std::size_t>(1, 400);
  chosen.zstd_level = *rc::gen::inRange(0, 4);
  LogTail tail = test::empty_log();
  std::size_t seen = 0;
  for (const Frame& frame : seal_all(payloads, chosen)) {
    const OpenedFrame whole = open(chosen.group, frame.bytes);
    RC_ASSERT(whole.reject == FrameReject::none);
    RC_ASSERT(frame.origin == chosen.origin);
    RC_ASSERT(frame.first == tail.next && whole.envelope.first == tail.next);
    RC_ASSERT(frame.count == whole.entries.size() && frame.count <= chosen.entries_max);
    RC_ASSERT(whole.envelope.chain_before == tail.chain);
    for (const EntryView& entry : whole.entries) {
      if (seen > 0) RC_ASSERT(as_text(entry.payload) == payloads[seen - 1]);
      ++seen;
    }
    tail = {frame.next(), whole.envelope.chain_after, {}};
  }
  RC_ASSERT(seen == payloads.size() + 1);
}

RC_GTEST_PROP(Wrap, GivesTheSameChainHoweverEntriesAreCut,
              (const std::vector<std::string>& payloads)) {
  FrameBuilder::Options chosen = options();
  chosen.entries_max = *rc::gen::inRange(1U, 5U);
  std::vector<IndexedEntry> entries;
  Hash chain{};
  for (const Frame& frame : seal_all(payloads, chosen)) {
    const OpenedFrame whole = open(chosen.group, frame.bytes);
    for (std::size_t i = 0; i < whole.entries.size(); ++i) entries.push_back(whole.entry(i));
    chain = whole.envelope.chain_after;
  }
  const auto joined = wrap(chosen.group, chosen.origin, test::empty_log(), entries);
  RC_ASSERT(joined.has_value());
  const OpenedFrame whole = open(chosen.group, joined->bytes);
  RC_ASSERT(whole.reject == FrameReject::none);
  RC_ASSERT(whole.envelope.chain_after == chain);
  for (std::size_t i = 0; i < entries.size(); ++i) RC_ASSERT(whole.entry(i) == entries[i]);
}

TEST(FrameBuilder, HasNothingToSealWhenNothingWasAdded) {
  FrameBuilder empty(options(), test::empty_log());
  EXPECT_FALSE(empty.finish(kSeed));
  EXPECT_FALSE(empty.full_frame(kSeed));
  EXPECT_EQ(empty.next(), EntryIndex{0});
}

TEST(FrameBuilder, MovesItsTailOnlyBySealing) {
  FrameBuilder log = builder();
  EXPECT_EQ(log.tail().next, EntryIndex{0});
  EXPECT_EQ(log.next(), EntryIndex{1});
  const OpenedFrame frame = opened(log.finish(kSeed));
  EXPECT_EQ(log.tail().next, EntryIndex{1});
  EXPECT_EQ(log.tail().chain, frame.envelope.chain_after);
}

TEST(FrameBuilder, KeepsTheLastEntryOfAFullFrameBack) {
  FrameBuilder::Options chosen = options();
  chosen.entries_max = 2;
  FrameBuilder log = builder(chosen);
  EXPECT_FALSE(log.full_frame(kSeed));
  log.add(Hlc{2}, EntryKind::row, false, {});
  EXPECT_FALSE(log.full_frame(kSeed));
  log.add(Hlc{3}, EntryKind::row, false, {});
  EXPECT_EQ(opened(log.full_frame(kSeed)).entries.size(), 2U);
  log.commit_last();
  const OpenedFrame last = opened(log.finish(kSeed));
  ASSERT_EQ(last.entries.size(), 1U);
  EXPECT_TRUE(last.entries[0].commit);
}

TEST(FrameBuilder, SaysWhereTransactionsBeginAndEnd) {
  FrameBuilder::Options chosen = options();
  chosen.entries_max = 1;
  FrameBuilder log = builder(chosen);
  std::vector<unsigned> infos;
  for (const bool commit : {false, false, true, true}) {
    log.add(Hlc{10 + infos.size()}, EntryKind::row, commit, {});
    infos.push_back(opened(log.full_frame(kSeed)).envelope.info);
  }
  infos.push_back(opened(log.finish(kSeed)).envelope.info);
  EXPECT_EQ(infos, (std::vector<unsigned>{3, 1, 0, 2, 3}));
}

TEST(FrameBuilder, GivesAnEntryAboveTheSoftLimitAFrameOfItsOwn) {
  FrameBuilder log = builder();
  const Bytes large(kPayloadBytesMax);
  log.add(Hlc{2}, EntryKind::application, true, large);
  EXPECT_EQ(opened(log.full_frame(kSeed)).entries.size(), 1U);
  log.add(Hlc{3}, EntryKind::application, true, {});
  const OpenedFrame alone = opened(log.full_frame(kSeed));
  ASSERT_EQ(alone.entries.size(), 1U);
  EXPECT_EQ(alone.entries[0].payload.size(), large.size());
  EXPECT_EQ(opened(log.finish(kSeed)).entries.size(), 1U);
}

TEST(FrameBuilder, StaysBelowTheCapsWhateverTheOptionsSay) {
  FrameBuilder::Options chosen = options();
  chosen.entries_max = ~0U;
  chosen.raw_bytes_max = ~std::size_t{0};
  chosen.zstd_level = 0;
  FrameBuilder log = builder(chosen);
  std::uint64_t hlc = 1;
  const Bytes large(kPayloadBytesMax);
  for (int i = 0; i < 6; ++i) {
    log.add(Hlc{++hlc}, EntryKind::application, true, large);
    if (const auto frame = log.full_frame(kSeed)) opened(frame);
  }
  opened(log.finish(kSeed));
  std::size_t sealed = 0;
  for (std::uint32_t i = 0; i <= kFrameEntriesMax; ++i) {
    log.add(Hlc{++hlc}, EntryKind::application, true, {});
    if (const auto frame = log.full_frame(kSeed)) sealed = opened(frame).entries.size();
  }
  EXPECT_EQ(sealed, kFrameEntriesMax);
}

TEST(FrameBuilder, StoresRawWhatZstdDoesNotMakeSmaller) {
  test::SeededRng rng(1);
  Bytes noise(1000);
  rng.fill(noise);
  FrameBuilder log = builder();
  opened(log.finish(kSeed));
  log.add(Hlc{2}, EntryKind::application, true, noise);
  EXPECT_EQ(opened(log.finish(kSeed)).envelope.codec, static_cast<std::uint8_t>(Codec::raw));
  log.add(Hlc{3}, EntryKind::application, true, Bytes(1000));
  EXPECT_EQ(opened(log.finish(kSeed)).envelope.codec, static_cast<std::uint8_t>(Codec::zstd));
}

TEST(FrameBuilder, HidesEqualPayloadsByTheirSalts) {
  FrameBuilder log = builder();
  log.add(Hlc{2}, EntryKind::row, true, as_bytes("secret"));
  log.add(Hlc{3}, EntryKind::row, true, as_bytes("secret"));
  const OpenedFrame frame = opened(log.finish(kSeed));
  EXPECT_NE(frame.salt(1), frame.salt(2));
}

TEST(FrameBuilderDeathTest, TakesNoHlcThatDoesNotRise) {
  FrameBuilder log = builder();
  EXPECT_DEATH(log.add(Hlc{1}, EntryKind::row, true, {}), "invariant");
  EXPECT_DEATH(log.add(Hlc{kHlcEnd}, EntryKind::row, true, {}), "invariant");
}

TEST(FrameBuilderDeathTest, TakesNoPayloadAboveItsCap) {
  FrameBuilder log = builder();
  EXPECT_DEATH(log.add(Hlc{2}, EntryKind::row, true, Bytes(kPayloadBytesMax + 1)), "invariant");
}

std::vector<IndexedEntry> some_entries(std::size_t count, std::size_t bytes = 1) {
  std::vector<IndexedEntry> entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    entries.push_back(
        {EntryIndex{i + 5}, Entry{Hlc{i + 1}, EntryKind::row, true, {}, Bytes(bytes)}});
  }
  return entries;
}

std::optional<Frame> wrapped(const std::vector<IndexedEntry>& entries) {
  return wrap(test::group(), test::sample_origin(), {EntryIndex{5}, Hash{}, EntryIndex{0}},
              entries);
}

TEST(Wrap, MakesAFrameThatOpens) {
  EXPECT_EQ(opened(wrapped(some_entries(kFrameEntriesMax))).entries.size(), kFrameEntriesMax);
}

TEST(Wrap, RefusesNothingAndTooMuch) {
  EXPECT_FALSE(wrapped({}));
  EXPECT_FALSE(wrapped(some_entries(kFrameEntriesMax + 1)));
  EXPECT_TRUE(wrapped(some_entries(3, kPayloadBytesMax)));
  EXPECT_FALSE(wrapped(some_entries(4, kPayloadBytesMax)));
  EXPECT_FALSE(wrapped(some_entries(1, kPayloadBytesMax + 1)));
}

TEST(Wrap, RefusesABodyAboveItsCap) {
  // Payloads of just under a frame, which columns and salts push above it.
  EXPECT_FALSE(wrapped(some_entries(4096, kFrameRawBytesMax / 4096)));
}

TEST(Wrap, RefusesEntriesThatDoNotContinueTheTail) {
  auto entries = some_entries(3);
  entries[1].index = EntryIndex{7};
  EXPECT_FALSE(wrapped(entries));
  entries = some_entries(3);
  entries.erase(entries.begin());
  EXPECT_FALSE(wrapped(entries));
}

TEST(Wrap, RefusesExpungedEntries) {
  auto entries = some_entries(2);
  entries[1].entry = Expunged{Hlc{2}, EntryKind::row, true, {}, {}, {}};
  EXPECT_FALSE(wrapped(entries));
}

TEST(Wrap, LeavesIllegalEntriesToTheReader) {
  auto entries = some_entries(2);
  std::get<Entry>(entries[1].entry).hlc = Hlc{1};
  const auto frame = wrapped(entries);
  ASSERT_TRUE(frame);
  EXPECT_EQ(open(test::group(), frame->bytes).reject, FrameReject::bad_entry);
}

}  // namespace
}  // namespace tidemark::proto
