#include "oplog/clock.h"

#include <chrono>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(SystemClock, WallTimeIsMillisecondsSinceTheEpoch) {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  using std::chrono::system_clock;
  const auto now = [] {
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  };
  const auto before = now();
  const auto read = SystemClock().unix_ms();
  EXPECT_LE(before, read);
  EXPECT_LE(read, now());
}

TEST(SystemClock, SteadyTimeNeverGoesBack) {
  SystemClock clock;
  std::int64_t last = clock.steady_ms();
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t now = clock.steady_ms();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace tidemark
