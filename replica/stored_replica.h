// The contract of oplog/log.h on any FrameStore, written once.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "oplog/clock.h"
#include "oplog/log.h"
#include "replica/admission.h"
#include "replica/frame_store.h"

namespace tidemark::replica {

/// A replica over a store of frames: of the own origin and of any other. Plain groups only.
/// Cursors are kept in memory only while nobody else has committed; what decides a write is read
/// under the write lock.
class StoredReplica : public Replica {
 public:
  /// Requires: store and clock outlive this. `own` = the origin that only this device continues;
  /// none in a relay's store without a log of its own.
  StoredReplica(FrameStore& store, Clock& clock, std::optional<PeerId> own);

  PeerCursors cursors() override;
  EntryIndex cursor(const PeerId& origin) override;
  EntryIndex floor(const PeerId& origin) override;
  std::shared_ptr<CursorWatch> watch_cursors() override;

  std::vector<IndexedEntry> read_since(const PeerId& origin, EntryIndex from,
                                       const ReadLimits& limits) override;
  std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from,
                                 const ReadLimits& limits) override;

  bool accepts(const PeerId& origin) const override;
  Applied apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) override;
  /// Opens no write transaction when none of the frames can be stored. Frames that verify but
  /// contradict the log, and damaged ones, are noted in the quarantine, up to a bound.
  std::vector<Applied> apply(std::span<const Frame> frames) override;

 protected:
  /// Runs `work` in one transaction between before_store and after_store, commits, tells watchers.
  /// Whatever is thrown, everything is rolled back, and rolled_back() is called.
  void write(const std::function<void(FrameTransaction&)>& work);

  /// First in each write transaction.
  virtual void before_store(FrameTransaction&) {}
  /// After each foreign frame that was stored; `hlc_max` is its highest hlc.
  virtual void stored(FrameTransaction&, const PeerId& /*origin*/, Hlc /*hlc_max*/) {}
  /// Last in each write transaction, before the commit.
  virtual void after_store(FrameTransaction&) {}
  /// The transaction was rolled back.
  virtual void rolled_back() noexcept {}

  /// The store as last committed by anyone.
  const StoreState& state();
  /// The store was written by other means than write().
  void refresh() { remember(store_.state()); }

 private:
  /// What is to be written of frames that were refused.
  struct Notes {
    std::vector<Refusal> refusals;
    bool close_own{};
  };

  void remember(StoreState state);
  std::vector<Applied> judge_committed(std::vector<Offer>& offers);
  std::vector<Applied> store_all(std::vector<Offer>& offers);
  Applied store_one(FrameTransaction& transaction, Offer& offer);
  bool may_store(std::vector<Offer>& offers);
  Notes notes_on(FrameReader& log, const std::vector<Offer>& offers,
                 const std::vector<Applied>& results) const;
  void record(FrameTransaction& transaction, const Notes& notes);
  void require_above_floor(const PeerId& origin, EntryIndex from);

  FrameStore& store_;
  Clock& clock_;
  std::optional<PeerId> own_;
  std::optional<StoreState> state_;  ///< none = unknown
  PeerCursors cursors_;              ///< those of state_, as watchers know them
  CursorWatchers watchers_;
};

}  // namespace tidemark::replica
