#include "filelog/segment_name.h"

#include <gtest/gtest.h>

#include "oplog/limits.h"

namespace tidemark::filelog {
namespace {

PeerId origin() {
  PeerId id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(i * 17);
  return id;
}

Hash hash() {
  return {std::byte{0xAB}, std::byte{0x01}, std::byte{0x02},
          std::byte{0x03}, std::byte{0xFF}, std::byte{0x55}};
}

TEST(SegmentName, HoldsOriginFirstIndexAndHash) {
  EXPECT_EQ(segment_name(origin(), EntryIndex{0x1234}, hash()),
            to_text(origin()).substr(0, 8) + "-000000001234-ab010203ff.tmseg");
}

TEST(SegmentName, ReadsWhatItWrote) {
  const auto name = parse_segment_name(segment_name(origin(), EntryIndex{kIndexEnd - 1}, hash()));
  ASSERT_TRUE(name);
  EXPECT_EQ(*name,
            (SegmentName{to_text(origin()).substr(0, 8), EntryIndex{kIndexEnd - 1}, "ab010203ff"}));
}

TEST(SegmentName, RejectsEveryOtherSpelling) {
  const std::string good = segment_name(origin(), EntryIndex{7}, hash());
  ASSERT_TRUE(parse_segment_name(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = '!';
    EXPECT_FALSE(parse_segment_name(bad)) << bad;
    bad[i] = 'X';
    EXPECT_FALSE(parse_segment_name(bad)) << bad;
    EXPECT_FALSE(parse_segment_name(good.substr(0, i)));
  }
  EXPECT_FALSE(parse_segment_name(good + " (1)"));
}

TEST(SegmentName, PathIsAtMost72CharactersAndThreeDeep) {
  const std::string path =
      segment_path(origin(), segment_name(origin(), EntryIndex{kIndexEnd - 1}, hash()));
  EXPECT_LE(path.size(), 72U);
  EXPECT_EQ(path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-./"), std::string::npos);
  EXPECT_EQ(std::count(path.begin(), path.end(), '/'), 2);
}

TEST(SegmentName, FileNameIsTheLastComponent) {
  EXPECT_EQ(file_name("l/x/y.tmseg"), "y.tmseg");
  EXPECT_EQ(file_name("y"), "y");
}

TEST(SegmentName, ConflictCopiesStillLookLikeSegments) {
  EXPECT_TRUE(looks_like_segment("l/x/a-b.sync-conflict-20260101-120000-ABCDEFG.tmseg"));
  EXPECT_TRUE(looks_like_segment("a-b.tmseg (1)"));
  EXPECT_FALSE(looks_like_segment("l.tmseg/holiday.jpg"));
}

}  // namespace
}  // namespace tidemark::filelog
