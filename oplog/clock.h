// Time comes in through a constructor, so that tests and the simulator can own it.
#pragma once

#include <cstdint>

namespace tidemark {

class Clock {
 public:
  virtual ~Clock() = default;
  /// Wall clock, milliseconds since the Unix epoch. May jump.
  virtual std::int64_t unix_ms() = 0;
  /// Never goes back; milliseconds from an arbitrary start.
  virtual std::int64_t steady_ms() = 0;
};

/// The machine's clocks. Thread: any.
class SystemClock final : public Clock {
 public:
  std::int64_t unix_ms() override;
  std::int64_t steady_ms() override;
};

}  // namespace tidemark
