#include "cli/log_time.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

Hlc at(std::uint64_t ms, std::uint64_t counter) {
  return Hlc{(ms << 16) | counter};
}

TEST(LogTime, IsUtcWithTheCounter) {
  EXPECT_EQ(to_text(at(1795215483114, 1)), "2026-11-20T22:58:03.114+1");
  EXPECT_EQ(to_text(at(0, 0)), "1970-01-01T00:00:00.000+0");
  EXPECT_EQ(to_text(at(951782400007, 65535)), "2000-02-29T00:00:00.007+65535");
}

TEST(LogTime, ClocksBeyondTheCalendarAreMilliseconds) {
  EXPECT_EQ(to_text(at(253402300799999, 0)), "9999-12-31T23:59:59.999+0");
  EXPECT_EQ(to_text(at(253402300800000, 2)), "253402300800000+2");
}

}  // namespace
}  // namespace tidemark::cli
