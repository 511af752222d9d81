// A SegmentLedger that lives as long as the test.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

#include "filelog/segment_ledger.h"
#include "oplog/error.h"

namespace tidemark::test {

/// A copy of it is the ledger in a backup. Thread: one at a time.
class MemoryLedger final : public filelog::SegmentLedger {
 public:
  std::vector<filelog::OwnSegment> list() override { return segments_; }
  void add(const filelog::OwnSegment& segment) override {
    if (fail_next_) {
      fail_next_ = false;
      throw Error(ErrorCode::database_busy, "injected failure of the ledger");
    }
    std::erase_if(segments_, [&](const auto& listed) {
      return listed.name == segment.name ||
             (listed.first == segment.first && listed.next == segment.next);
    });
    segments_.push_back(segment);
    std::ranges::sort(segments_, {}, &filelog::OwnSegment::first);
  }
  void remove(std::string_view name) override {
    std::erase_if(segments_, [&](const auto& segment) { return segment.name == name; });
  }

  void fail_next_add() { fail_next_ = true; }

 private:
  std::vector<filelog::OwnSegment> segments_;
  bool fail_next_ = false;
};

}  // namespace tidemark::test
