// Which segments of our own are live in one folder: what we must find there, or write again.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "oplog/entry.h"

namespace tidemark::filelog {

struct OwnSegment {
  EntryIndex first{};
  EntryIndex next{};
  std::uint32_t frames{};
  std::uint8_t level{};
  std::string name;  ///< of the file, in our own directory
  bool operator==(const OwnSegment&) const = default;
};

/// Kept with the log (in its database), so that it is rolled back together with it. One for each
/// folder. Throws tidemark::Error. Thread: one at a time.
class SegmentLedger {
 public:
  virtual ~SegmentLedger() = default;
  /// Ascending by `first`.
  virtual std::vector<OwnSegment> list() = 0;
  /// Durable when it returns. A listed segment of the same name or the same run is replaced.
  virtual void add(const OwnSegment& segment) = 0;
  virtual void remove(std::string_view name) = 0;
};

}  // namespace tidemark::filelog
