#include "cli/progress.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

using std::chrono::milliseconds;

constexpr ProgressText::Time kStart{};

Progress at(std::uint64_t done, std::uint64_t total, std::string_view phase = "pull") {
  return {phase, done, total};
}

TEST(ProgressText, AutomaticSaysNothingWithoutATerminal) {
  ProgressText progress(ProgressMode::automatic, false, "f", kStart);
  EXPECT_EQ(progress.step(at(1, 2), kStart + milliseconds(5000)), "");
  EXPECT_EQ(progress.end(), "");
}

TEST(ProgressText, QuickWorkStaysQuietOnATerminal) {
  ProgressText progress(ProgressMode::automatic, true, "f", kStart);
  EXPECT_EQ(progress.step(at(1, 2), kStart + milliseconds(499)), "");
  EXPECT_EQ(progress.end(), "");
}

TEST(ProgressText, ATerminalsLineIsRewrittenTenTimesASecond) {
  ProgressText progress(ProgressMode::automatic, true, "f", kStart);
  EXPECT_EQ(progress.step(at(12204, 20011), kStart + milliseconds(500)),
            "\r\x1b[Kf  pull  60%  12,204 / 20,011 entries");
  EXPECT_EQ(progress.step(at(12300, 20011), kStart + milliseconds(599)), "");
  EXPECT_NE(progress.step(at(12400, 20011), kStart + milliseconds(600)), "");
  EXPECT_EQ(progress.end(), "\r\x1b[K");
  EXPECT_EQ(progress.end(), "");
}

TEST(ProgressText, PlainWritesALineNowAndThen) {
  ProgressText progress(ProgressMode::plain, false, "f", kStart);
  EXPECT_EQ(progress.step(at(1, 4), kStart + milliseconds(100)), "");
  EXPECT_EQ(progress.step(at(1, 4), kStart + milliseconds(600)), "f  pull  25%  1 / 4 entries\n");
  EXPECT_EQ(progress.step(at(2, 4), kStart + milliseconds(10500)), "");
  EXPECT_NE(progress.step(at(3, 4), kStart + milliseconds(10600)), "");
}

TEST(ProgressText, JsonSaysTheFirstAndTheLastOfAPhase) {
  ProgressText progress(ProgressMode::json, false, "f", kStart);
  EXPECT_EQ(
      progress.step(at(0, 2), kStart),
      "{\"type\":\"progress\",\"location\":\"f\",\"phase\":\"pull\",\"done\":0,\"total\":2}\n");
  EXPECT_EQ(progress.step(at(1, 2), kStart + milliseconds(1)), "");
  EXPECT_NE(progress.step(at(2, 2), kStart + milliseconds(2)), "");
  EXPECT_NE(progress.step(at(0, 5, "publish"), kStart + milliseconds(3)), "");
}

TEST(ProgressText, NoneSaysNothing) {
  ProgressText progress(ProgressMode::none, true, "f", kStart);
  EXPECT_EQ(progress.step(at(1, 1), kStart + milliseconds(99999)), "");
}

TEST(ProgressText, ATotalThatIsNotKnownIsNotShown) {
  ProgressText progress(ProgressMode::plain, false, "f", kStart);
  EXPECT_EQ(progress.step(at(7, 0), kStart + milliseconds(600)), "f  pull  7 entries\n");
}

}  // namespace
}  // namespace tidemark::cli
