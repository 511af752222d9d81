#include "filelog/own_segments.h"

#include <functional>
#include <optional>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "proto/frame_format.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/memory_log.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::MemoryLedger;
using test::MemoryLog;
using test::OriginWriter;
using test::say;
using test::StorageCall;
using Outcome = Applied::Outcome;

class OwnSegmentsTest : public testing::Test {
 protected:
  OwnSegmentsTest() { view_.refresh(); }

  OwnSegments::Options options() {
    return {&storage_, &view_, &ledger_, group_of(), writer_.origin(), false};
  }
  // Says so much more in the own log, and publishes what that has as one segment. The log cuts its
  // frames after each third entry, so this gives equal bytes whenever it is repeated.
  std::vector<Frame> publish(std::uint32_t count) {
    const EntryIndex from = own_.extent();
    oplog_.apply(say(writer_, {count}));
    auto frames = oplog_.read_frames(writer_.origin(), from, {});
    EXPECT_EQ(own_.write(frames).outcome, Outcome::applied);
    return frames;
  }
  RepairReport repair() {
    view_.refresh();
    return own_.repair(oplog_);
  }
  std::string path(std::size_t i) {
    return segment_path(writer_.origin(), ledger_.list().at(i).name);
  }
  std::optional<ErrorCode> code_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  OriginWriter writer_{group_of()};
  MemoryLedger ledger_;
  MemoryLog oplog_{group_of()};
  FolderView view_{storage_, clock_, group_of()};
  OwnSegments own_{options()};
};

TEST_F(OwnSegmentsTest, WritesFramesAsOneSegmentAndNamesItInTheLedger) {
  const auto frames = say(writer_, {1, 3});
  EXPECT_EQ(own_.write(frames), (Applied{Outcome::applied, EntryIndex{0}, EntryIndex{0}, 4}));
  ASSERT_EQ(ledger_.list().size(), 1U);
  const OwnSegment row = ledger_.list().front();
  EXPECT_EQ(row.first, EntryIndex{0});
  EXPECT_EQ(row.next, EntryIndex{4});
  EXPECT_EQ(row.frames, 2U);
  EXPECT_EQ(row.level, 0);
  EXPECT_EQ(storage_.paths(), std::vector<std::string>{path(0)});
  EXPECT_EQ(view_.read_frames(writer_.origin(), EntryIndex{0}, {}), frames);
  EXPECT_EQ(own_.extent(), EntryIndex{4});
}

TEST_F(OwnSegmentsTest, AGapWritesNothing) {
  say(writer_, {1});
  const auto later = say(writer_, {1});
  EXPECT_EQ(own_.write(later), (Applied{Outcome::gap, EntryIndex{0}, EntryIndex{1}, 0}));
  EXPECT_TRUE(storage_.paths().empty());
  EXPECT_TRUE(ledger_.list().empty());
}

TEST_F(OwnSegmentsTest, WhatIsThereAlreadyIsADuplicate) {
  const auto frames = publish(3);
  EXPECT_EQ(own_.write(frames), (Applied{Outcome::duplicate, EntryIndex{3}, EntryIndex{0}, 0}));
  EXPECT_EQ(storage_.paths().size(), 1U);
}

TEST_F(OwnSegmentsTest, AnotherOriginIsRefused) {
  OriginWriter other(group_of(), 5);
  const auto frames = say(other, {1});
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(frames)); }), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of([&] { own_.apply(frames); }), ErrorCode::invalid_argument);
  EXPECT_TRUE(storage_.paths().empty());
}

TEST_F(OwnSegmentsTest, NoFramesOrTooManyAreRefused) {
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write({})); }), ErrorCode::invalid_argument);
  const auto a = say(writer_, {2});
  const auto b = say(writer_, {2});
  const std::vector<Frame> overlapping = {a[0], writer_.joined(1, 4)};
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(overlapping)); }),
            ErrorCode::invalid_argument);
  EXPECT_TRUE(storage_.paths().empty());
}

TEST_F(OwnSegmentsTest, ADamagedFrameIsInvalidAForeignOneForeignANewerOneWaits) {
  const auto frames = say(writer_, {2});
  Frame bad = frames[0];
  bad.bytes.back() ^= std::byte{1};
  EXPECT_EQ(own_.write(std::span(&bad, 1)).outcome, Outcome::invalid);
  bad = frames[0];
  bad.count = 1;
  EXPECT_EQ(own_.write(std::span(&bad, 1)).outcome, Outcome::invalid);
  bad = test::with_header(frames[0],
                          [](Bytes& bytes) { bytes[proto::frame_offset::group] ^= std::byte{1}; });
  EXPECT_EQ(own_.write(std::span(&bad, 1)).outcome, Outcome::foreign);
  bad = test::with_header(frames[0],
                          [](Bytes& bytes) { bytes[proto::frame_offset::major] = std::byte{2}; });
  EXPECT_EQ(own_.write(std::span(&bad, 1)).outcome, Outcome::waiting);
  EXPECT_TRUE(storage_.paths().empty());
}

TEST_F(OwnSegmentsTest, ABadFrameAmongGoodOnesWritesNothingOfThem) {
  auto frames = say(writer_, {1, 1, 1});
  frames[2].bytes.back() ^= std::byte{1};
  EXPECT_EQ(own_.write(frames), (Applied{Outcome::invalid, EntryIndex{0}, EntryIndex{0}, 0}));
  EXPECT_TRUE(storage_.paths().empty());
}

TEST_F(OwnSegmentsTest, AFrameThatBeginsBeforeTheExtentIsWrittenForItsNewPart) {
  ASSERT_EQ(own_.write(say(writer_, {2})).outcome, Outcome::applied);
  say(writer_, {2});
  const Frame joined = writer_.joined(0, 4);
  EXPECT_EQ(own_.write(std::span(&joined, 1)),
            (Applied{Outcome::applied, EntryIndex{2}, EntryIndex{0}, 2}));
  EXPECT_EQ(own_.extent(), EntryIndex{4});
}

TEST_F(OwnSegmentsTest, ALogThatContradictsItsOwnSegmentsIsAFork) {
  OriginWriter clone = writer_;
  ASSERT_EQ(own_.write(say(writer_, {1, 2})).outcome, Outcome::applied);
  say(clone, {1});
  clone.change_voice();
  const auto other = say(clone, {2});
  const auto beyond = say(clone, {1});
  EXPECT_EQ(own_.write(other).outcome, Outcome::fork) << "at an index that is there";
  EXPECT_EQ(own_.write(beyond).outcome, Outcome::fork) << "continuing another chain";
}

TEST_F(OwnSegmentsTest, ARestoredDatabaseDoesNotPublishBesideItsOwnPast) {
  ASSERT_EQ(own_.write(say(writer_, {1})).outcome, Outcome::applied);
  const MemoryLedger backup = ledger_;
  OriginWriter restored = writer_;
  ASSERT_EQ(own_.write(say(writer_, {1, 1})).outcome, Outcome::applied);
  ledger_ = backup;
  restored.change_voice();
  const auto frames = say(restored, {1});
  EXPECT_EQ(own_.write(frames).outcome, Outcome::fork);
  EXPECT_EQ(storage_.paths().size(), 2U);
}

TEST_F(OwnSegmentsTest, ApplyTakesWhatContinuesAndAnswersEachFrame) {
  const auto frames = say(writer_, {1, 1, 1, 1});
  const std::vector<Frame> offered = {frames[0], frames[0], frames[2], frames[1]};
  const auto results = own_.apply(offered);
  ASSERT_EQ(results.size(), 4U);
  EXPECT_EQ(results[0].outcome, Outcome::applied);
  EXPECT_EQ(results[1].outcome, Outcome::duplicate);
  EXPECT_EQ(results[2].outcome, Outcome::gap);
  EXPECT_EQ(results[3].outcome, Outcome::applied);
  EXPECT_EQ(own_.extent(), EntryIndex{2});
}

TEST_F(OwnSegmentsTest, AFailedWriteLeavesNothingAndTheNextSucceeds) {
  const auto frames = say(writer_, {2});
  for (const unsigned times : {1U, 3U}) {
    storage_.fail(StorageCall::write_new, times);
    for (unsigned i = 0; i < times; ++i) {
      EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(frames)); }), ErrorCode::io_failed);
    }
    EXPECT_TRUE(storage_.paths().empty());
    EXPECT_EQ(own_.extent(), EntryIndex{0});
  }
  EXPECT_EQ(own_.write(frames).outcome, Outcome::applied);
}

TEST_F(OwnSegmentsTest, ACrashInTheMiddleOfAFileIsHealedByWritingAgain) {
  const auto frames = say(writer_, {2, 3});
  const std::size_t size = build_segment(writer_.origin(), 0, frames).bytes.size();
  for (std::size_t written = 0; written <= size; written += 37) {
    storage_.clear();
    view_.refresh();
    storage_.crash_after(written);
    EXPECT_THROW(static_cast<void>(own_.write(frames)), test::Crash);
    EXPECT_TRUE(ledger_.list().empty());
    view_.refresh();
    ASSERT_EQ(own_.write(frames).outcome, Outcome::applied) << written;
    EXPECT_EQ(view_.read_frames(writer_.origin(), EntryIndex{0}, {}), frames);
    EXPECT_EQ(storage_.paths().size(), 1U);
    ledger_ = {};
  }
}

TEST_F(OwnSegmentsTest, ACrashBeforeTheLedgerIsHealedByWritingAgain) {
  const auto frames = say(writer_, {2});
  ledger_.fail_next_add();
  EXPECT_THROW(static_cast<void>(own_.write(frames)), Error);
  EXPECT_EQ(own_.write(frames).outcome, Outcome::applied);
  EXPECT_EQ(storage_.paths(), std::vector<std::string>{path(0)});
}

TEST_F(OwnSegmentsTest, WhatReadsBackDifferentlyIsAFailure) {
  const auto frames = say(writer_, {2});
  storage_.truncate_open_files(100);
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(frames)); }), ErrorCode::io_failed);
  EXPECT_TRUE(ledger_.list().empty());
  storage_.heal();
  EXPECT_EQ(own_.write(frames).outcome, Outcome::applied);
}

TEST_F(OwnSegmentsTest, RepairLeavesWhatIsIntactAlone) {
  publish(6);
  storage_.fail(StorageCall::write_new, test::FaultyStorage::kForever);
  storage_.fail(StorageCall::replace, test::FaultyStorage::kForever);
  const RepairReport report = repair();
  EXPECT_EQ(report.live, 1U);
  EXPECT_EQ(report.rewritten + report.replaced + report.lost, 0U);
}

// Invariant published-is-immutable.
TEST_F(OwnSegmentsTest, RepairWritesTheSameBytesUnderTheSameName) {
  publish(6);
  publish(3);
  const Bytes before = storage_.bytes(path(0));
  const std::vector<std::function<void()>> harms = {
      [&] { storage_.erase(path(0)); },
      [&] { storage_.cut(path(0), 0); },
      [&] { storage_.cut(path(0), 300); },
      [&] { storage_.cut(path(0), before.size() - 1); },
      [&] { storage_.flip(path(0), 200); },
      [&] { storage_.flip(path(0), 0); },
      [&] { storage_.put(path(0), Bytes(before.size())); },
      [&] { storage_.put(path(0), storage_.bytes(path(1))); },
      [&] { storage_.rename(path(0), "l/elsewhere/copy (1).tmseg"); }};
  for (const auto& harm : harms) {
    harm();
    const RepairReport report = repair();
    EXPECT_EQ(report.rewritten, 1U);
    EXPECT_EQ(report.live, 2U);
    EXPECT_EQ(storage_.bytes(path(0)), before);
  }
  EXPECT_EQ(ledger_.list().size(), 2U);
}

TEST_F(OwnSegmentsTest, RepairOfJoinedFramesPutsASuccessorInItsPlace) {
  const auto frames = say(writer_, {2, 2, 2});
  ASSERT_EQ(own_.write(frames).outcome, Outcome::applied);
  oplog_.apply(frames);  // which joins them, to threes
  const std::string old = path(0);
  storage_.cut(old, 100);
  const RepairReport report = repair();
  EXPECT_EQ(report.replaced, 1U);
  EXPECT_FALSE(storage_.has(old));
  ASSERT_EQ(ledger_.list().size(), 1U);
  EXPECT_EQ(ledger_.list()[0].first, EntryIndex{0});
  EXPECT_EQ(ledger_.list()[0].next, EntryIndex{6});
  EXPECT_EQ(storage_.paths(), std::vector<std::string>{path(0)});
  EXPECT_EQ(repair().replaced, 0U);
}

TEST_F(OwnSegmentsTest, RepairOfWhatTheLogLacksIsLost) {
  const auto frames = say(writer_, {3});
  ASSERT_EQ(own_.write(frames).outcome, Outcome::applied);
  storage_.cut(path(0), 100);
  EXPECT_EQ(repair().lost, 1U);
  EXPECT_EQ(ledger_.list().size(), 1U);
  EXPECT_EQ(storage_.bytes(path(0)).size(), 100U);
}

TEST_F(OwnSegmentsTest, RepairStopsAtAFailureAndGoesOnLater) {
  publish(3);
  publish(3);
  storage_.cut(path(0), 100);
  storage_.cut(path(1), 100);
  storage_.fail(StorageCall::replace, 1, 1);
  EXPECT_THROW(repair(), Error);
  EXPECT_EQ(repair().rewritten, 1U);
  EXPECT_EQ(repair().rewritten, 0U);
}

TEST_F(OwnSegmentsTest, RepairNeverTouchesFilesOfOtherPublishers) {
  publish(3);
  OriginWriter other(group_of(), 8);
  const std::string theirs = test::deliver(storage_, other.origin(), say(other, {2}));
  storage_.cut(theirs, 150);
  const std::string relayed =
      test::deliver(storage_, other.origin(), std::vector<Frame>{writer_.joined(0, 3)});
  storage_.cut(relayed, 150);
  storage_.erase(path(0));
  repair();
  EXPECT_EQ(storage_.bytes(theirs).size(), 150U);
  EXPECT_EQ(storage_.bytes(relayed).size(), 150U);
}

TEST_F(OwnSegmentsTest, AnEmptiedFolderIsNotFilledAgainUnasked) {
  publish(3);
  const auto more = say(writer_, {1});
  storage_.clear();
  view_.refresh();
  EXPECT_TRUE(own_.is_emptied());
  EXPECT_EQ(code_of([&] { repair(); }), ErrorCode::folder_emptied);
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(more)); }), ErrorCode::folder_emptied);
  EXPECT_TRUE(storage_.paths().empty());
  OwnSegments::Options asked = options();
  asked.refill = true;
  OwnSegments refilling(asked);
  EXPECT_EQ(refilling.repair(oplog_).rewritten, 1U);
}

TEST_F(OwnSegmentsTest, AFolderWithAMarkerOrADamagedSegmentIsNotEmptied) {
  publish(3);
  const std::string mine = path(0);
  storage_.cut(mine, 10);
  view_.refresh();
  EXPECT_FALSE(own_.is_emptied());
  storage_.clear();
  storage_.put("x.tmgroup", Bytes(96));
  view_.refresh();
  EXPECT_FALSE(own_.is_emptied());
}

TEST_F(OwnSegmentsTest, RetireRemovesOwnSegmentsOnly) {
  publish(3);
  publish(3);
  OriginWriter other(group_of(), 8);
  const std::string theirs = test::deliver(storage_, other.origin(), say(other, {2}));
  own_.retire();
  EXPECT_EQ(storage_.paths(), std::vector<std::string>{theirs});
  EXPECT_EQ(own_.extent(), EntryIndex{0});
}

TEST_F(OwnSegmentsTest, MoreThanASegmentHoldsBecomesSeveral) {
  const Bytes noise = [] {
    Bytes bytes(kPayloadBytesMax);
    std::uint32_t state = 1;
    for (std::byte& byte : bytes) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<std::byte>(state >> 24);
    }
    return bytes;
  }();
  auto frames = say(writer_, {1});
  LogTail tail{EntryIndex{1}, writer_.chain(1), {}};
  for (int i = 0; i < 60; ++i) {
    proto::FrameBuilder builder({.group = group_of(), .origin = writer_.origin()}, tail);
    builder.add(Hlc{(std::uint64_t{1'800'000'000'000} << 16) + static_cast<std::uint64_t>(i)},
                EntryKind::application, true, noise);
    frames.push_back(*builder.finish(Salt{static_cast<std::byte>(i)}));
    tail = builder.tail();
  }
  EXPECT_EQ(code_of([&] { static_cast<void>(own_.write(frames)); }), ErrorCode::invalid_argument);
  for (const Applied& result : own_.apply(frames)) EXPECT_EQ(result.outcome, Outcome::applied);
  EXPECT_EQ(ledger_.list().size(), 2U);
  view_.refresh();
  EXPECT_EQ(view_.index().cursors().at(writer_.origin()), EntryIndex{61});
}

}  // namespace
}  // namespace tidemark::filelog
