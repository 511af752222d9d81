#include "filelog/folder_scan.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "proto/frame_format.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::OriginWriter;
using test::say;
using test::StorageCall;

class FolderScanTest : public testing::Test {
 protected:
  FolderScanTest() {
    const auto built = build_segment(writer_.origin(), 0, say(writer_, {1, 2, 1}));
    path_ = test::path_of(built);
    segment_ = built.bytes;
  }

  // The class of a file after a look; none = a whole segment.
  std::optional<FileClass> look(const std::string& path) {
    scan_.refresh();
    const ScannedFile* file = scan_.find(path);
    EXPECT_NE(file, nullptr) << path;
    return file == nullptr ? FileClass::not_ours : file->refused;
  }
  std::optional<FileClass> look_at(const std::string& path, Bytes bytes) {
    storage_.put(path, std::move(bytes));
    return look(path);
  }
  void settle() { clock_.pass(kSettleMs); }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  OriginWriter writer_{group_of()};
  FolderScan scan_{storage_, clock_, group_of()};
  std::string path_;
  Bytes segment_;
};

TEST_F(FolderScanTest, AWholeSegmentIsNotRefused) {
  EXPECT_EQ(look_at(path_, segment_), std::nullopt);
  EXPECT_EQ(scan_.find(path_)->segment->header.origin, writer_.origin());
}

TEST_F(FolderScanTest, ItsNameAndPlaceDoNotMatter) {
  for (const char* path :
       {"holiday.jpg", "l 2/x/renamed", "a.sync-conflict-20260101-101010-ABC.tmseg",
        "l/x/b (1).tmseg", "l/x/.syncthing.b.tmseg.tmp"}) {
    EXPECT_EQ(look_at(path, segment_), std::nullopt) << path;
  }
}

TEST_F(FolderScanTest, DeeperThanThreeComponentsIsNotLookedAt) {
  storage_.put(".stversions/l/x/y.tmseg", segment_);
  scan_.refresh();
  EXPECT_TRUE(scan_.files().empty());
}

TEST_F(FolderScanTest, ForeignBytesAreNotOurs) {
  EXPECT_EQ(look_at("notes.txt", Bytes(1000, std::byte{'x'})), FileClass::not_ours);
  EXPECT_EQ(look_at("small.txt", Bytes(10, std::byte{'x'})), FileClass::not_ours);
  EXPECT_EQ(look_at("zeros.img", Bytes(1000)), FileClass::not_ours);
}

TEST_F(FolderScanTest, OtherPeoplesStandInsAreNotRead) {
  storage_.put("film.mkv", Bytes(5000, std::byte{'x'}));
  storage_.evict("film.mkv");
  EXPECT_EQ(look("film.mkv"), FileClass::not_ours);
  EXPECT_EQ(storage_.take_opens(), 0U);
}

TEST_F(FolderScanTest, AStubOrAnEmptiedFileIsAPlaceholder) {
  EXPECT_EQ(look_at("l/x/.b.tmseg.icloud", Bytes(150, std::byte{'b'})), FileClass::placeholder);
  EXPECT_EQ(look_at(".photo.jpg.icloud", Bytes(150, std::byte{'b'})), FileClass::not_ours);
  storage_.put(path_, segment_);
  storage_.evict(path_);
  EXPECT_EQ(look(path_), FileClass::placeholder);
}

TEST_F(FolderScanTest, AFileWithoutBlocksIsReadIfItHasOurName) {
  storage_.put(path_, segment_);
  storage_.evict(path_);
  look(path_);
  storage_.put(path_, segment_);
  EXPECT_EQ(look(path_), std::nullopt);
}

TEST_F(FolderScanTest, AShortFileIsIncomplete) {
  storage_.put(path_, segment_);
  for (const std::size_t size :
       {segment_.size() - 1, std::size_t{193}, std::size_t{128}, std::size_t{5}, std::size_t{0}}) {
    storage_.put(path_, segment_);
    storage_.cut(path_, size);
    settle();
    EXPECT_EQ(look(path_), FileClass::incomplete) << size;
  }
}

TEST_F(FolderScanTest, RoomThatIsNotFilledYetIsIncomplete) {
  settle();
  EXPECT_EQ(look_at(path_, Bytes(segment_.size())), FileClass::incomplete);
  Bytes half = segment_;
  std::fill(half.end() - static_cast<std::ptrdiff_t>(kSegmentTrailerBytes), half.end(),
            std::byte{0});
  EXPECT_EQ(look_at(path_, half), FileClass::incomplete);
}

TEST_F(FolderScanTest, DamageIsUnsettledUntilTheFileRests) {
  storage_.put(path_, segment_);
  storage_.flip(path_, 200);
  EXPECT_EQ(look(path_), FileClass::unsettled);
  EXPECT_EQ(scan_.find(path_)->reason, "bad_file_hash");
  settle();
  EXPECT_EQ(look(path_), FileClass::corrupt);
}

TEST_F(FolderScanTest, AFileFromTheFutureIsNotUnsettledForEver) {
  storage_.put(path_, segment_);
  storage_.flip(path_, 200);
  clock_.set_unix_ms(clock_.unix_ms() - 10 * kSettleMs);
  EXPECT_EQ(look(path_), FileClass::corrupt);
}

TEST_F(FolderScanTest, AFileThatCanNotBeReadIsUnsettledAndStopsNoOther) {
  storage_.put(path_, segment_);
  storage_.put("copy", segment_);
  storage_.fail(StorageCall::open, 1);
  scan_.refresh();
  EXPECT_EQ(scan_.find("copy")->refused, FileClass::unsettled);
  EXPECT_EQ(scan_.find(path_)->refused, std::nullopt);
  EXPECT_EQ(look("copy"), std::nullopt) << "read again at the next look";
}

TEST_F(FolderScanTest, ADamagedHeaderUnderOurNameIsCorruptUnderAnotherNotOurs) {
  Bytes bytes = segment_;
  bytes[1] = std::byte{'X'};
  storage_.put(path_, bytes);
  storage_.put("something", bytes);
  settle();
  EXPECT_EQ(look(path_), FileClass::corrupt);
  EXPECT_EQ(look("something"), FileClass::not_ours);
}

TEST_F(FolderScanTest, WhatIsTooLongIsCorrupt) {
  Bytes bytes = segment_;
  bytes.push_back(std::byte{1});
  storage_.put(path_, bytes);
  settle();
  EXPECT_EQ(look(path_), FileClass::corrupt);
}

TEST_F(FolderScanTest, AnotherGroupIsForeign) {
  OriginWriter stranger(group_of(2));
  const auto built = build_segment(stranger.origin(), 0, say(stranger, {2}));
  EXPECT_EQ(look_at(test::path_of(built), built.bytes), FileClass::foreign);
}

TEST_F(FolderScanTest, WhatNeedsANewerVersionIsNewer) {
  Bytes bytes = segment_;
  bytes[segment_header_offset::major] = std::byte{2};
  test::mend(bytes);
  EXPECT_EQ(look_at("a", bytes), FileClass::newer);
  bytes = segment_;
  bytes[segment_header_offset::flags] = std::byte{1};
  test::mend(bytes);
  EXPECT_EQ(look_at("b", bytes), FileClass::newer);
  Bytes head(300, std::byte{1});
  std::ranges::copy(std::as_bytes(std::span(kHeadMagic)), head.begin());
  EXPECT_EQ(look_at("h/x/y.tmhead", head), FileClass::newer);
  std::ranges::copy(std::as_bytes(std::span(kSnapshotMagic)), head.begin());
  EXPECT_EQ(look_at("b/x/y.tmsnap", head), FileClass::newer);
}

TEST_F(FolderScanTest, AFrameThatNeedsANewerVersionMakesItsFileNewer) {
  OriginWriter writer(group_of(), 9);
  auto frames = say(writer, {1});
  const Frame later = test::with_header(
      frames[0], [](Bytes& bytes) { bytes[proto::frame_offset::major] = std::byte{2}; });
  auto built = build_segment(writer.origin(), 0, frames);
  std::ranges::copy(later.bytes, built.bytes.begin() + kSegmentHeaderBytes);
  test::mend(built.bytes);
  EXPECT_EQ(look_at("a", built.bytes), FileClass::newer);
}

TEST_F(FolderScanTest, AnUnchangedFolderIsNotReadAgain) {
  storage_.put(path_, segment_);
  storage_.put("notes.txt", Bytes(1000, std::byte{'x'}));
  EXPECT_TRUE(scan_.refresh());
  storage_.take_opens();
  EXPECT_FALSE(scan_.refresh());
  EXPECT_EQ(storage_.take_opens(), 0U);
}

TEST_F(FolderScanTest, AThousandUnchangedSegmentsAreNotReadAgain) {
  for (int i = 0; i < 1000; ++i) storage_.put("copy" + std::to_string(i), segment_);
  scan_.refresh();
  EXPECT_EQ(storage_.take_opens(), 1000U);
  EXPECT_FALSE(scan_.refresh());
  EXPECT_EQ(storage_.take_opens(), 0U);
}

TEST_F(FolderScanTest, AChangedFileIsReadAgain) {
  storage_.put(path_, segment_);
  scan_.refresh();
  storage_.cut(path_, 100);
  EXPECT_TRUE(scan_.refresh());
  EXPECT_EQ(scan_.find(path_)->refused, FileClass::incomplete);
}

TEST_F(FolderScanTest, AVanishedFileIsNoLongerAmongTheFiles) {
  storage_.put(path_, segment_);
  scan_.refresh();
  storage_.erase(path_);
  EXPECT_TRUE(scan_.refresh());
  EXPECT_EQ(scan_.find(path_), nullptr);
}

TEST_F(FolderScanTest, AFileThatComesBackWithoutASignIsNoticedInTime) {
  storage_.put(path_, segment_);
  storage_.rot(path_, 200);
  EXPECT_EQ(look(path_), FileClass::unsettled);
  storage_.rot(path_, 200);
  EXPECT_EQ(look(path_), FileClass::unsettled) << "reading all of it each time costs too much";
  clock_.pass(1000);
  EXPECT_EQ(look(path_), std::nullopt);
}

TEST_F(FolderScanTest, ABadFileIsReadLessAndLessOften) {
  storage_.put(path_, segment_);
  storage_.rot(path_, 200);
  scan_.refresh();
  storage_.take_opens();
  for (int second = 0; second < 3600; ++second) {
    clock_.pass(1000);
    scan_.refresh();
  }
  EXPECT_LE(storage_.take_opens(), 25U);
}

TEST_F(FolderScanTest, ADistrustedSegmentIsNoSourceUntilItIsReadAgain) {
  storage_.put(path_, segment_);
  scan_.refresh();
  scan_.distrust(path_);
  EXPECT_EQ(scan_.find(path_)->refused, FileClass::unsettled);
  EXPECT_EQ(look(path_), std::nullopt);
}

TEST_F(FolderScanTest, LooksAgainAtOneFile) {
  EXPECT_EQ(scan_.look_again(path_), nullptr);
  storage_.put(path_, segment_);
  ASSERT_NE(scan_.look_again(path_), nullptr);
  EXPECT_EQ(scan_.find(path_)->refused, std::nullopt);
  storage_.erase(path_);
  EXPECT_EQ(scan_.look_again(path_), nullptr);
  EXPECT_EQ(scan_.find(path_), nullptr);
}

TEST_F(FolderScanTest, MarkersAreNoFilesOfTheLog) {
  storage_.put(to_text(group_of()) + ".tmgroup", Bytes(96));
  storage_.put("x (conflicted copy).tmgroup", Bytes(50));
  storage_.put("l/x/deep.tmgroup", Bytes(96));
  scan_.refresh();
  EXPECT_EQ(scan_.markers().size(), 2U);
  EXPECT_EQ(scan_.files().size(), 1U);
}

TEST_F(FolderScanTest, MoreNamesThanTheBoundAreLeftOutAndOursComeFirst) {
  storage_.put(path_, segment_);
  for (std::size_t i = 0; i < kFolderNamesMax + 10; ++i) {
    storage_.put("a" + std::to_string(i), Bytes());
  }
  scan_.refresh();
  EXPECT_TRUE(scan_.truncated());
  EXPECT_EQ(scan_.files().size(), kFolderNamesMax);
  EXPECT_NE(scan_.find(path_), nullptr);
}

TEST_F(FolderScanTest, AFolderThatCanNotBeListedIsAFailureAndForgetsNothing) {
  storage_.put(path_, segment_);
  scan_.refresh();
  storage_.fail(StorageCall::list);
  EXPECT_THROW(scan_.refresh(), Error);
  EXPECT_NE(scan_.find(path_), nullptr);
}

}  // namespace
}  // namespace tidemark::filelog
