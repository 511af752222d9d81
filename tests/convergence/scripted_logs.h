// Logs that do what a test says: sources that fail, withhold or hold back frames; targets that
// count their transactions and refuse.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "oplog/error.h"
#include "tests/support/frames.h"
#include "tests/support/memory_log.h"

namespace tidemark::test {

/// A MemoryLog whose read face misbehaves for chosen origins.
class ScriptedSource final : public LogSource {
 public:
  explicit ScriptedSource(const GroupId& group) : log(group) {}

  PeerCursors cursors() override {
    PeerCursors all = log.cursors();
    all.merge(boasts);
    return all;
  }
  EntryIndex cursor(const PeerId& origin) override { return cursors().at(origin); }
  EntryIndex floor(const PeerId& origin) override { return log.floor(origin); }
  std::shared_ptr<CursorWatch> watch_cursors() override { return log.watch_cursors(); }

  std::vector<IndexedEntry> read_since(const PeerId& origin, EntryIndex from,
                                       const ReadLimits& limits) override {
    fail_if_told(origin);
    return log.read_since(origin, from, limits);
  }
  std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from,
                                 const ReadLimits& limits) override {
    fail_if_told(origin);
    reads.push_back(origin);
    if (const auto instead = replies.find(origin); instead != replies.end()) return instead->second;
    if (entries_only) return {};
    return log.read_frames(origin, from, limits);
  }

  MemoryLog log;
  PeerCursors boasts;                            ///< offered beyond what is there
  std::set<PeerId> broken;                       ///< origins that can't be read
  std::map<PeerId, std::vector<Frame>> replies;  ///< given whatever was asked for
  bool entries_only = false;
  std::vector<PeerId> reads;

 private:
  void fail_if_told(const PeerId& origin) {
    if (broken.contains(origin)) throw Error(ErrorCode::io_failed, "injected failure");
  }
};

/// A MemoryLog that counts what reaches it.
class CountingTarget final : public LogProcessor {
 public:
  explicit CountingTarget(const GroupId& group) : log(group) {}

  PeerCursors cursors() override { return log.cursors(); }
  EntryIndex cursor(const PeerId& origin) override { return log.cursor(origin); }
  EntryIndex floor(const PeerId& origin) override { return log.floor(origin); }
  std::shared_ptr<CursorWatch> watch_cursors() override { return log.watch_cursors(); }
  bool accepts(const PeerId& origin) const override { return !unwelcome.contains(origin); }
  Applied apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) override {
    return log.apply(origin, index, entry);
  }
  std::vector<Applied> apply(std::span<const Frame> frames) override {
    if (fails) throw Error(ErrorCode::database_busy, "injected failure");
    ++transactions;
    std::vector<Applied> results;
    for (const Frame& frame : frames) {
      const auto refusal = refusals.find(frame.origin);
      if (refusal == refusals.end()) {
        results.push_back(log.apply(std::span(&frame, 1)).front());
      } else {
        results.push_back({refusal->second, cursor(frame.origin), frame.first, 0});
      }
    }
    return results;
  }

  MemoryLog log;
  std::map<PeerId, Applied::Outcome> refusals;
  std::set<PeerId> unwelcome;
  bool fails = false;
  int transactions = 0;
};

inline const GroupId& test_group() {
  static const GroupId group = proto::group_id(plain_group());
  return group;
}

/// `count` origins of so many entries each, in `log`.
inline std::vector<OriginWriter> fill(MemoryLog& log, std::uint8_t count, std::uint32_t entries) {
  std::vector<OriginWriter> writers;
  for (std::uint8_t number = 1; number <= count; ++number) {
    const Frame said = writers.emplace_back(test_group(), number).frame(entries);
    log.apply(std::span(&said, 1));
  }
  return writers;
}

}  // namespace tidemark::test
