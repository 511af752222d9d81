#include "oplog/hlc_clock.h"

#include <algorithm>

#include "oplog/error.h"
#include "oplog/limits.h"

namespace tidemark {
namespace {

constexpr std::int64_t kLegalMsMax = (std::int64_t{1} << 46) - 1;  // hlc < 2^62

std::uint64_t at_ms(std::int64_t ms) {
  return static_cast<std::uint64_t>(std::clamp<std::int64_t>(ms, 0, kLegalMsMax)) << 16;
}

}  // namespace

Hlc HlcClock::tick(std::int64_t captured_ms) {
  const std::uint64_t next = std::max(at_ms(captured_ms), last_.bits + 1);
  if (next >= kHlcEnd) {
    throw Error(ErrorCode::clock_exhausted, "the clock of this device's log has reached its end",
                "set the system clock right and start a new origin");
  }
  last_ = Hlc{next};
  return last_;
}

std::int64_t HlcClock::observe(Hlc seen, std::int64_t now_ms) {
  const std::uint64_t bound = at_ms(now_ms + kClockSkewMsMax);
  last_.bits = std::max(last_.bits, std::min(seen.bits, bound));
  return seen.bits > bound ? unix_ms(seen) - (now_ms + kClockSkewMsMax) : 0;
}

}  // namespace tidemark
