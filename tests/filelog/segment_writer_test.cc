#include "filelog/segment_writer.h"

#include <gtest/gtest.h>

#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"

namespace tidemark::filelog {
namespace {

using test::group_of;
using test::OriginWriter;
using test::say;

TEST(SegmentWriter, HeaderSaysWhatTheFramesAre) {
  OriginWriter writer(group_of());
  const auto before = say(writer, {3});
  const auto frames = say(writer, {2, 4});
  const auto built = build_segment(PeerId{}, 2, frames);
  SegmentHeader expected;
  expected.level = 2;
  expected.frames = 2;
  expected.group = group_of();
  expected.origin = writer.origin();
  expected.first = EntryIndex{3};
  expected.next = EntryIndex{9};
  expected.body_bytes = frames[0].bytes.size() + frames[1].bytes.size();
  expected.chain_before = writer.chain(3);
  EXPECT_EQ(built.header, expected);
  EXPECT_EQ(built.bytes.size(), expected.file_bytes());
}

TEST(SegmentWriter, FramesAreInItVerbatim) {
  OriginWriter writer(group_of());
  const auto frames = say(writer, {1, 1});
  const auto built = build_segment(writer.origin(), 0, frames);
  Bytes body = frames[0].bytes;
  append(body, frames[1].bytes);
  const ByteView whole(built.bytes);
  EXPECT_TRUE(std::ranges::equal(whole.subspan(kSegmentHeaderBytes, body.size()), body));
}

TEST(SegmentWriter, TheSameFramesGiveTheSameBytesAndName) {
  OriginWriter writer(group_of());
  const auto frames = say(writer, {1, 5});
  const auto once = build_segment(writer.origin(), 0, frames);
  const auto again = build_segment(writer.origin(), 0, frames);
  EXPECT_EQ(once.bytes, again.bytes);
  EXPECT_EQ(once.name(), again.name());
}

TEST(SegmentWriter, JoinedFramesGiveAnotherName) {
  OriginWriter writer(group_of());
  const auto frames = say(writer, {1, 5});
  const auto joined = writer.joined(0, 6);
  EXPECT_NE(build_segment(writer.origin(), 0, frames).name(),
            build_segment(writer.origin(), 0, std::span(&joined, 1)).name());
}

TEST(SegmentWriterDeathTest, AHoleIsABug) {
  OriginWriter writer(group_of());
  auto frames = say(writer, {1, 1, 1});
  frames.erase(frames.begin() + 1);
  EXPECT_DEATH(build_segment(writer.origin(), 0, frames), "header.next");
  EXPECT_DEATH(build_segment(writer.origin(), 0, {}), "frames.empty");
}

}  // namespace
}  // namespace tidemark::filelog
