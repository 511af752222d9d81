// Time that only the test moves.
#pragma once

#include <cstdint>

#include "oplog/clock.h"

namespace tidemark::test {

/// Stands still until told. Thread: one at a time.
class FakeClock final : public Clock {
 public:
  /// 2023-11-14T22:13:20Z unless told: a time that looks like one in a failure message.
  explicit FakeClock(std::int64_t unix_ms = 1'700'000'000'000) : unix_ms_(unix_ms) {}

  std::int64_t unix_ms() override { return unix_ms_; }
  std::int64_t steady_ms() override { return steady_ms_; }

  /// Time passes: both clocks move. Requires: ms >= 0.
  void pass(std::int64_t ms) {
    unix_ms_ += ms;
    steady_ms_ += ms;
  }
  /// Somebody sets the wall clock; the steady one does not notice.
  void set_unix_ms(std::int64_t ms) { unix_ms_ = ms; }

 private:
  std::int64_t unix_ms_;
  std::int64_t steady_ms_ = 0;
};

}  // namespace tidemark::test
