// The clock that stamps own entries.
#pragma once

#include <cstdint>

#include "oplog/entry.h"

namespace tidemark {

/// Issues strictly rising Hlcs, moved by what it observes (docs/merge.md). A value: its state
/// is one number, which the caller persists in the transaction that stores the entry.
class HlcClock {
 public:
  explicit HlcClock(Hlc last = {}) : last_(last) {}

  /// The highest hlc issued, or observed within bounds.
  Hlc last() const { return last_; }

  /// max(captured ms, last + 1). Throws Error{clock_exhausted} at the end of the legal range.
  Hlc tick(std::int64_t captured_ms);

  /// Moves this clock to `seen`, at most to now + 5 minutes: a larger skew is never a reason to
  /// refuse, but must not carry our clock away. Returns by how many ms `seen` lies beyond that.
  std::int64_t observe(Hlc seen, std::int64_t now_ms);

 private:
  Hlc last_;
};

}  // namespace tidemark
