#include "filelog/file_log_replica.h"

#include <filesystem>
#include <functional>
#include <optional>

#include <gtest/gtest.h>

#include "filelog/posix_storage.h"
#include "oplog/chain.h"
#include "oplog/error.h"
#include "oplog/limits.h"
#include "proto/frame_format.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/memory_log.h"
#include "tests/support/temp_dir.h"

namespace tidemark {
namespace {

using filelog::FileClass;
using test::deliver;
using test::group_of;
using test::OriginWriter;
using test::say;
using Outcome = Applied::Outcome;

class FileLogReplicaTest : public testing::Test {
 protected:
  FileLogOptions options() {
    return {&storage_, &clock_, group_of(), me_.origin(), &ledger_, false};
  }
  // Frames of another device, published there.
  std::vector<Frame> arrive(std::vector<std::uint32_t> counts) {
    auto frames = say(them_, std::move(counts));
    deliver(storage_, them_.origin(), frames);
    return frames;
  }
  std::optional<ErrorCode> code_of(const std::function<void()>& work) {
    try {
      work();
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }
  Entry entry_of(const OriginWriter& writer, std::size_t index) {
    return std::get<Entry>(writer.entries().at(index).entry);
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  test::MemoryLedger ledger_;
  OriginWriter me_{group_of(), 1};
  OriginWriter them_{group_of(), 2};
  FileLogReplica folder_{options()};
};

TEST_F(FileLogReplicaTest, AnEmptyFolderHasNothing) {
  EXPECT_TRUE(folder_.cursors().empty());
  EXPECT_EQ(folder_.cursor(me_.origin()), EntryIndex{0});
  EXPECT_EQ(folder_.floor(me_.origin()), EntryIndex{0});
  EXPECT_TRUE(folder_.read_since(me_.origin(), EntryIndex{0}, {}).empty());
  EXPECT_TRUE(folder_.read_frames(me_.origin(), EntryIndex{0}, {}).empty());
  EXPECT_TRUE(folder_.list_peers().empty());
}

TEST_F(FileLogReplicaTest, AcceptsItsOwnOriginOnly) {
  EXPECT_TRUE(folder_.accepts(me_.origin()));
  EXPECT_FALSE(folder_.accepts(them_.origin()));
  const auto frames = say(them_, {1});
  EXPECT_EQ(code_of([&] { folder_.apply(frames); }), ErrorCode::invalid_argument);
  EXPECT_EQ(
      code_of([&] { folder_.apply(them_.origin(), EntryIndex{0}, them_.entries().front().entry); }),
      ErrorCode::invalid_argument);
}

TEST_F(FileLogReplicaTest, ServesEveryOriginWhoeverPublishedIt) {
  const auto theirs = arrive({1, 2});
  const auto mine = say(me_, {2});
  deliver(storage_, them_.origin(), mine);
  EXPECT_EQ(folder_.cursor(them_.origin()), EntryIndex{3});
  EXPECT_EQ(folder_.read_frames(them_.origin(), EntryIndex{0}, {}), theirs);
  EXPECT_EQ(folder_.read_frames(me_.origin(), EntryIndex{0}, {}), mine);
  EXPECT_EQ(folder_.list_peers().size(), 2U);
}

TEST_F(FileLogReplicaTest, ReadSinceGivesTheEntriesDecoded) {
  arrive({1, 3, 2});
  const auto all = folder_.read_since(them_.origin(), EntryIndex{0}, {});
  EXPECT_EQ(all, them_.entries());
  const auto some = folder_.read_since(them_.origin(), EntryIndex{2}, {2, 1 << 20});
  EXPECT_EQ(some, (std::vector<IndexedEntry>{them_.entries()[2], them_.entries()[3]}));
  EXPECT_EQ(folder_.read_since(them_.origin(), EntryIndex{0}, {100, 1}).size(), 1U);
  EXPECT_TRUE(folder_.read_since(them_.origin(), EntryIndex{6}, {}).empty());
  EXPECT_EQ(folder_.read_entries(them_.origin(), EntryIndex{4}).size(), 2U);
}

TEST_F(FileLogReplicaTest, BelowTheFloorIsAnError) {
  say(them_, {2});
  arrive({2});
  EXPECT_EQ(folder_.floor(them_.origin()), EntryIndex{2});
  EXPECT_EQ(folder_.cursor(them_.origin()), EntryIndex{4});
  EXPECT_EQ(code_of([&] { folder_.read_since(them_.origin(), EntryIndex{1}, {}); }),
            ErrorCode::behind_floor);
  EXPECT_EQ(code_of([&] { folder_.read_frames(them_.origin(), EntryIndex{0}, {}); }),
            ErrorCode::behind_floor);
}

TEST_F(FileLogReplicaTest, OffersRunsThatItsOwnCursorDoesNotReach) {
  arrive({2});
  say(them_, {1});
  arrive({2});
  PeerCursors have;
  have.advance(them_.origin(), EntryIndex{3});
  EXPECT_EQ(folder_.cursor(them_.origin()), EntryIndex{2});
  EXPECT_EQ(folder_.offered(have).at(them_.origin()), EntryIndex{5});
}

TEST_F(FileLogReplicaTest, LooksAtTheFolderWhenToldTo) {
  folder_.refresh();
  arrive({2});
  EXPECT_EQ(folder_.cursor(them_.origin()), EntryIndex{0});
  folder_.refresh();
  EXPECT_EQ(folder_.cursor(them_.origin()), EntryIndex{2});
}

TEST_F(FileLogReplicaTest, WatchersHearOfProgressOnly) {
  arrive({2});
  const auto watch = folder_.watch_cursors();
  const auto snapshot = watch->poll();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->kind, CursorsEvent::Kind::snapshot);
  EXPECT_EQ(snapshot->cursors.at(them_.origin()), EntryIndex{2});
  arrive({1});
  folder_.refresh();
  const auto advance = watch->poll();
  ASSERT_TRUE(advance);
  EXPECT_EQ(advance->kind, CursorsEvent::Kind::advanced);
  EXPECT_EQ(advance->cursors.at(them_.origin()), EntryIndex{3});
  storage_.clear();
  folder_.refresh();
  EXPECT_EQ(watch->poll(), std::nullopt);
  ASSERT_EQ(folder_.write(say(me_, {1})).outcome, Outcome::applied);
  EXPECT_EQ(watch->poll()->cursors.at(me_.origin()), EntryIndex{1});
}

TEST_F(FileLogReplicaTest, WritesItsOwnLog) {
  const auto frames = say(me_, {1, 2});
  EXPECT_EQ(folder_.write(frames), (Applied{Outcome::applied, EntryIndex{0}, EntryIndex{0}, 3}));
  EXPECT_EQ(folder_.extent(), EntryIndex{3});
  EXPECT_EQ(folder_.read_since(me_.origin(), EntryIndex{0}, {}), me_.entries());
  const auto more = say(me_, {1});
  EXPECT_EQ(folder_.apply(more).front().outcome, Outcome::applied);
  EXPECT_EQ(storage_.paths().size(), 2U);
}

TEST_F(FileLogReplicaTest, AppliesItsOwnEntriesOneByOne) {
  say(me_, {3});
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{i}, me_.entries()[i].entry),
              (Applied{Outcome::applied, EntryIndex{i}, EntryIndex{i}, 1}));
  }
  EXPECT_EQ(folder_.read_since(me_.origin(), EntryIndex{0}, {}), me_.entries());
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{1}, me_.entries()[1].entry).outcome,
            Outcome::duplicate);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{5}, me_.entries()[1].entry).outcome,
            Outcome::gap);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{1}, me_.entries()[2].entry).outcome,
            Outcome::fork);
}

TEST_F(FileLogReplicaTest, AnEntryThatFitsInNoFrameIsRefusedOrCompared) {
  ASSERT_EQ(folder_.write(say(me_, {2})).outcome, Outcome::applied);
  Entry huge = entry_of(me_, 1);
  huge.payload.resize(kPayloadBytesMax + 1);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{2}, huge).outcome, Outcome::invalid);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{1}, huge).outcome, Outcome::fork);
  const Entry last = entry_of(me_, 1);
  Expunged marker{last.hlc, last.kind, last.commit, body_hash(last.salt, last.payload), {}, {}};
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{1}, marker).outcome, Outcome::duplicate);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{2}, marker).outcome, Outcome::waiting);
}

TEST_F(FileLogReplicaTest, WithoutItsLastSegmentAnEntryCanNotBeAppended) {
  ASSERT_EQ(folder_.write(say(me_, {2})).outcome, Outcome::applied);
  say(me_, {1});
  const std::string path = storage_.paths().front();
  storage_.cut(path, 100);
  folder_.refresh();
  EXPECT_EQ(code_of([&] { folder_.apply(me_.origin(), EntryIndex{2}, me_.entries()[2].entry); }),
            ErrorCode::segment_damaged);
  EXPECT_EQ(folder_.apply(me_.origin(), EntryIndex{1}, me_.entries()[1].entry).outcome,
            Outcome::duplicate);
}

TEST_F(FileLogReplicaTest, OwnEntriesBeyondTheLedgerAreShown) {
  const auto frames = say(me_, {1, 2});
  deliver(storage_, me_.origin(), frames);
  EXPECT_EQ(folder_.extent(), EntryIndex{0});
  EXPECT_EQ(folder_.cursor(me_.origin()), EntryIndex{3});
  EXPECT_EQ(folder_.offered({}).at(me_.origin()), EntryIndex{3});
  EXPECT_EQ(folder_.read_frames(me_.origin(), EntryIndex{0}, {}), frames);
}

TEST_F(FileLogReplicaTest, ReadSinceGivesUpAFileWhoseFramesAreBad) {
  const auto frames = say(them_, {1, 2});
  auto bad = filelog::build_segment(them_.origin(), 0, frames);
  bad.bytes[filelog::kSegmentHeaderBytes + frames[0].bytes.size() + proto::kFrameHeaderBytes + 2] ^=
      std::byte{1};
  test::mend(bad.bytes);
  storage_.put("bad.tmseg", bad.bytes);
  EXPECT_EQ(folder_.read_since(them_.origin(), EntryIndex{0}, {}).size(), 1U);
  deliver(storage_, them_.origin(), frames);
  FileLogReplica again(options());
  EXPECT_EQ(again.read_since(them_.origin(), EntryIndex{0}, {}).size(), 3U);
}

TEST_F(FileLogReplicaTest, ReportsClassesAsTheReaderSeesThem) {
  arrive({2});
  arrive({2});
  PeerCursors have;
  have.advance(them_.origin(), EntryIndex{2});
  EXPECT_EQ(folder_.report(have).files.of(FileClass::covered), 1U);
  EXPECT_EQ(folder_.report(have).files.of(FileClass::next), 1U);
  EXPECT_EQ(folder_.report({}).files.of(FileClass::next), 2U);
}

TEST_F(FileLogReplicaTest, KnowsTheGroupsOfTheFolder) {
  filelog::write_marker(storage_, test::plain_group());
  arrive({1});
  ASSERT_EQ(folder_.groups().size(), 1U);
  EXPECT_EQ(folder_.groups()[0].origins, 1U);
}

TEST_F(FileLogReplicaTest, RepairsAndRetiresItsOwnSegments) {
  test::MemoryLog oplog(group_of());
  oplog.apply(say(me_, {3}));
  ASSERT_EQ(folder_.write(oplog.read_frames(me_.origin(), EntryIndex{0}, {})).outcome,
            Outcome::applied);
  filelog::write_marker(storage_, test::plain_group());
  storage_.erase(filelog::segment_path(me_.origin(), ledger_.list()[0].name));
  folder_.refresh();
  EXPECT_FALSE(folder_.is_emptied());
  EXPECT_EQ(folder_.repair(oplog).rewritten, 1U);
  EXPECT_EQ(folder_.cursor(me_.origin()), EntryIndex{3});
  folder_.retire();
  EXPECT_EQ(folder_.cursor(me_.origin()), EntryIndex{0});
  EXPECT_TRUE(ledger_.list().empty());
}

TEST_F(FileLogReplicaTest, TheFirstUseLooksBeforeItJudgesAFolderEmptied) {
  ASSERT_EQ(folder_.write(say(me_, {1})).outcome, Outcome::applied);
  FileLogReplica reopened(options());
  EXPECT_EQ(reopened.write(say(me_, {1})).outcome, Outcome::applied);
  EXPECT_FALSE(reopened.is_emptied());
}

TEST_F(FileLogReplicaTest, AFolderThatCanNotBeListedHasNoPeersAndFails) {
  storage_.fail(test::StorageCall::list, test::FaultyStorage::kForever);
  EXPECT_TRUE(folder_.list_peers().empty());
  EXPECT_EQ(code_of([&] { folder_.cursors(); }), ErrorCode::io_failed);
}

// On a real directory: what is written by one device is read by another.
TEST(FileLogReplicaOnDisk, CarriesALogFromOneDeviceToAnother) {
  test::TempDir dir;
  std::filesystem::create_directory(dir.path() / "folder");
  filelog::PosixStorage storage(dir.file("folder"), dir.file("staging"));
  test::FakeClock clock;
  test::MemoryLedger ledger;
  OriginWriter writer(group_of());
  FileLogReplica one({&storage, &clock, group_of(), writer.origin(), &ledger, false});
  const auto frames = say(writer, {1, 4});
  ASSERT_EQ(one.write(frames).outcome, Outcome::applied);
  test::MemoryLedger other_ledger;
  FileLogReplica two({&storage, &clock, group_of(), PeerId{}, &other_ledger, false});
  EXPECT_EQ(two.read_frames(writer.origin(), EntryIndex{0}, {}), frames);
  std::filesystem::remove_all(dir.path() / "folder" / "l");
  ASSERT_EQ(two.list_peers().size(), 1U) << "absence is noticed at the next look only";
  two.refresh();
  EXPECT_TRUE(two.list_peers().empty());
  test::MemoryLog oplog(group_of());
  oplog.apply(frames);
  one.refresh();
  EXPECT_TRUE(one.is_emptied());
  filelog::write_marker(storage, test::plain_group());
  one.refresh();
  const auto report = one.repair(oplog);
  EXPECT_EQ(report.rewritten + report.replaced, 1U) << "its directory is made again";
  two.refresh();
  EXPECT_EQ(two.read_since(writer.origin(), EntryIndex{0}, {}), writer.entries());
}

}  // namespace
}  // namespace tidemark
