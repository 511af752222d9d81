// A Replica that can be read at a glance: what real stores must agree with.
#pragma once

#include <map>

#include "oplog/chain.h"
#include "oplog/log.h"
#include "proto/frame_codec.h"

namespace tidemark::test {

/// Keeps plain entries in memory and cuts frames anew whenever it is asked for some, so that who
/// reads from it meets frames that straddle any cursor. Floor is always 0. Thread: one at a time.
class MemoryLog final : public Replica {
 public:
  explicit MemoryLog(const GroupId& group) : group_(group) {}

  PeerCursors cursors() override;
  EntryIndex cursor(const PeerId& origin) override { return cursors().at(origin); }
  EntryIndex floor(const PeerId&) override { return EntryIndex{0}; }
  std::shared_ptr<CursorWatch> watch_cursors() override { return watchers_.watch(cursors()); }
  std::vector<IndexedEntry> read_since(const PeerId& origin, EntryIndex from,
                                       const ReadLimits& limits) override;
  std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from,
                                 const ReadLimits& limits) override;
  bool accepts(const PeerId&) const override { return true; }
  Applied apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) override;
  std::vector<Applied> apply(std::span<const Frame> frames) override;

 private:
  struct Log {
    explicit Log(const PeerId& origin) : chain{chain_start(origin)} {}
    std::vector<StoredEntry> entries;
    std::vector<Hash> chain;  ///< one more than entries: chain[i] is the chain before entry i
  };
  Log& log(const PeerId& origin) { return logs_.try_emplace(origin, origin).first->second; }
  Applied take(const Frame& frame);

  GroupId group_;
  std::map<PeerId, Log> logs_;
  CursorWatchers watchers_;
};

}  // namespace tidemark::test
