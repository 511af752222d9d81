#include "filelog/folder_view.h"

#include <gtest/gtest.h>

#include "proto/frame_format.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"

namespace tidemark::filelog {
namespace {

using test::deliver;
using test::group_of;
using test::OriginWriter;
using test::say;
using test::StorageCall;

class FolderViewTest : public testing::Test {
 protected:
  std::vector<Frame> read(std::uint64_t from, const ReadLimits& limits = {}) {
    return view_.read_frames(writer_.origin(), EntryIndex{from}, limits);
  }
  std::string put(const std::vector<Frame>& frames) {
    return deliver(storage_, writer_.origin(), frames);
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  OriginWriter writer_{group_of()};
  FolderView view_{storage_, clock_, group_of()};
};

TEST_F(FolderViewTest, SeesNothingBeforeItLooked) {
  put(say(writer_, {1}));
  EXPECT_TRUE(read(0).empty());
  view_.refresh();
  EXPECT_EQ(read(0).size(), 1U);
}

TEST_F(FolderViewTest, ReadsAcrossSegmentsVerbatim) {
  const auto a = say(writer_, {1, 2});
  const auto b = say(writer_, {3});
  put(b);
  put(a);
  view_.refresh();
  EXPECT_EQ(read(0), (std::vector<Frame>{a[0], a[1], b[0]}));
}

TEST_F(FolderViewTest, TheFirstFrameHoldsWhatWasAskedFor) {
  const auto frames = say(writer_, {1, 4, 2});
  put(frames);
  view_.refresh();
  EXPECT_EQ(read(3), (std::vector<Frame>{frames[1], frames[2]}));
  EXPECT_TRUE(read(7).empty());
}

TEST_F(FolderViewTest, NothingIsGivenOutAfterAHole) {
  const auto a = say(writer_, {1});
  const auto b = say(writer_, {1});
  const auto c = say(writer_, {1});
  put(a);
  put(c);
  view_.refresh();
  EXPECT_EQ(read(0), a);
  EXPECT_TRUE(read(1).empty());
  EXPECT_EQ(read(2), c);
}

TEST_F(FolderViewTest, KeepsToTheLimitsButGivesAtLeastOneFrame) {
  const auto frames = say(writer_, {3, 3, 3, 3});
  put(frames);
  view_.refresh();
  EXPECT_EQ(read(0, {1, 1}).size(), 1U);
  EXPECT_EQ(read(0, {6, 1 << 20}).size(), 2U);
  EXPECT_EQ(read(1, {6, 1 << 20}).size(), 2U);
  EXPECT_EQ(read(0, {100, frames[0].bytes.size() + frames[1].bytes.size()}).size(), 2U);
}

TEST_F(FolderViewTest, ReadsOnInSmallStepsFromWhereItWas) {
  const auto frames = say(writer_, std::vector<std::uint32_t>(50, 2));
  put(frames);
  view_.refresh();
  std::vector<Frame> all;
  while (true) {
    const auto more = read(all.empty() ? 0 : to_number(all.back().next()), {1, 1});
    if (more.empty()) break;
    all.push_back(more.front());
  }
  EXPECT_EQ(all, frames);
  EXPECT_EQ(read(0, {1, 1}).front(), frames.front()) << "and from the beginning again";
}

TEST_F(FolderViewTest, PrefersTheWiderSegmentAndFallsBackToAnother) {
  const auto small = say(writer_, {1, 1});
  put(small);
  const Frame joined = writer_.joined(0, 2);
  put({joined});
  view_.refresh();
  ASSERT_FALSE(read(0).empty());
  EXPECT_EQ(read(0).back().next(), EntryIndex{2}) << "equal run: one of them is used, not both";
  say(writer_, {1});
  const Frame all = writer_.joined(0, 3);
  const std::string widest = put({all});
  view_.refresh();
  EXPECT_EQ(read(0), std::vector<Frame>{all});
  storage_.erase(widest);
  ASSERT_FALSE(read(0).empty());
  EXPECT_EQ(read(0).back().next(), EntryIndex{2});
}

TEST_F(FolderViewTest, AFileThatRotsUnnoticedIsGivenUpForItsCopy) {
  const auto frames = say(writer_, {1, 2});
  const std::string path = put(frames);
  const Bytes whole = storage_.bytes(path);
  storage_.put("copy of it (1)", whole);
  view_.refresh();
  storage_.rot(path, kSegmentHeaderBytes + frames[0].bytes.size() + proto::frame_offset::first);
  EXPECT_EQ(read(0), frames);
  EXPECT_EQ(view_.report({}).files.of(FileClass::unsettled), 1U);
}

TEST_F(FolderViewTest, AFrameWhoseBytesAreBadIsGivenUpOnRequest) {
  const std::string path = put(say(writer_, {2}));
  view_.refresh();
  view_.distrust(writer_.origin(), EntryIndex{1});
  EXPECT_TRUE(read(0).empty());
  view_.distrust(writer_.origin(), EntryIndex{1});
}

TEST_F(FolderViewTest, AReadErrorEndsTheBatchBeforeIt) {
  const auto a = say(writer_, {1});
  const auto b = say(writer_, {1});
  put(a);
  put(b);
  view_.refresh();
  storage_.fail(StorageCall::open, 1, 1);
  EXPECT_EQ(read(0), a);
  view_.refresh();
  EXPECT_EQ(read(0).size(), 2U);
}

TEST_F(FolderViewTest, TellsTheChainWhereItHoldsEntries) {
  put(say(writer_, {1, 3}));
  view_.refresh();
  for (std::uint64_t i = 0; i <= 4; ++i) {
    EXPECT_EQ(view_.chain_at(writer_.origin(), EntryIndex{i}), writer_.chain(i)) << i;
  }
  EXPECT_EQ(view_.chain_at(writer_.origin(), EntryIndex{5}), std::nullopt);
}

TEST_F(FolderViewTest, ChainsInsideAFileAreReadOnce) {
  put(say(writer_, {5}));
  view_.refresh();
  storage_.take_opens();
  for (int i = 0; i < 10; ++i) view_.chain_at(writer_.origin(), EntryIndex{3});
  EXPECT_EQ(storage_.take_opens(), 1U);
}

TEST_F(FolderViewTest, AChainThatCanNotBeReadIsNotTold) {
  put(say(writer_, {5}));
  view_.refresh();
  storage_.fail(StorageCall::open);
  EXPECT_EQ(view_.chain_at(writer_.origin(), EntryIndex{3}), std::nullopt);
  EXPECT_EQ(view_.chain_at(writer_.origin(), EntryIndex{3}), writer_.chain(3));
}

TEST_F(FolderViewTest, ReportCountsEveryClass) {
  OriginWriter clone = writer_;
  const auto first = say(writer_, {1});
  say(clone, {1});
  clone.change_voice();
  const auto branch = say(clone, {1});
  const auto second = say(writer_, {1});
  say(writer_, {1});
  const auto fourth = say(writer_, {1});
  OriginWriter stranger(group_of(2));
  const std::string a = put(first);
  storage_.put("a copy", storage_.bytes(a));
  put({writer_.joined(0, 1), second[0]});
  put(branch);
  put(fourth);
  deliver(storage_, stranger.origin(), say(stranger, {1}));
  storage_.put("notes", Bytes(500, std::byte{'n'}));
  storage_.put("short.tmseg", Bytes(50, std::byte{'n'}));
  storage_.put(".x.tmseg.icloud", Bytes(50, std::byte{'n'}));
  storage_.put("bad.tmseg", Bytes(500, std::byte{'n'}));
  Bytes newer = storage_.bytes(a);
  newer[segment_header_offset::major] = std::byte{9};
  test::mend(newer);
  storage_.put("newer.tmseg", newer);
  view_.refresh();
  const FolderReport young = view_.report({});
  EXPECT_EQ(young.files.of(FileClass::unsettled), 1U);
  clock_.pass(kSettleMs);
  view_.refresh();
  const FolderReport report = view_.report({});
  for (const auto& [file_class, count] :
       std::vector<std::pair<FileClass, std::size_t>>{{FileClass::not_ours, 1},
                                                      {FileClass::placeholder, 1},
                                                      {FileClass::incomplete, 1},
                                                      {FileClass::unsettled, 0},
                                                      {FileClass::corrupt, 1},
                                                      {FileClass::foreign, 1},
                                                      {FileClass::newer, 1},
                                                      {FileClass::duplicate, 1},
                                                      {FileClass::covered, 1},
                                                      {FileClass::future, 1},
                                                      {FileClass::next, 1},
                                                      {FileClass::fork, 1}}) {
    EXPECT_EQ(report.files.of(file_class), count) << to_text(file_class);
  }
  EXPECT_EQ(report.troubles.size(), 7U);
  for (const FileTrouble& trouble : report.troubles) {
    EXPECT_EQ(trouble.reason.empty(), trouble.file_class == FileClass::placeholder);
  }
}

TEST_F(FolderViewTest, ReportNamesABoundedNumberOfTroubles) {
  for (int i = 0; i < 100; ++i) storage_.put(std::to_string(i) + ".tmseg", Bytes(9));
  view_.refresh();
  EXPECT_EQ(view_.report({}).troubles.size(), kTroublesMax);
  EXPECT_EQ(view_.report({}).files.of(FileClass::incomplete), 100U);
}

}  // namespace
}  // namespace tidemark::filelog
