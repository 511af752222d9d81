// The one place where replica/ calls upwards: replica/ owns the transaction, engine/ fills it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "oplog/error_codes.h"
#include "oplog/frame.h"
#include "replica/connection.h"

namespace tidemark::replica {

/// One row of tidemark_origin.
struct OriginState {
  std::int64_t ref{};  ///< short local name of the origin, stable in this database
  PeerId id;
  EntryIndex next{};      ///< received plane
  EntryIndex complete{};  ///< behind the last received entry that ends a transaction
  EntryIndex applied{};   ///< applied plane: applied <= complete <= next
};

/// An open write transaction on the app's database, as a projection sees it. Lives for one call.
class LogTransaction {
 public:
  virtual ~LogTransaction() = default;

  virtual Connection& sql() = 0;
  virtual PeerId self() = 0;
  virtual std::int64_t now_ms() = 0;

  struct Tick {
    EntryIndex index{};
    Hlc hlc;
  };
  /// Index and hlc of the next own entry: hlc >= captured_ms, strictly above every earlier one.
  virtual Tick next_tick(std::int64_t captured_ms) = 0;
  /// Appends that entry. Streamed: chained, framed, stored as frames fill. The last entry of the
  /// transaction gets the commit flag by itself. Own entries count as applied.
  /// Requires: tick is that of the last next_tick, payload <= kPayloadBytesMax.
  virtual void append_local(const Tick& tick, EntryKind kind, ByteView payload) = 0;

  /// All known origins, by ref. Fresh: includes what this transaction stored.
  virtual std::vector<OriginState> origins() = 0;
  virtual void set_applied(const PeerId& origin, EntryIndex next) = 0;
  /// Stored frames that hold entries at or after `from`, ascending; bounded; empty when drained.
  virtual std::vector<Frame> received(const PeerId& origin, EntryIndex from,
                                      const ReadLimits& limits) = 0;
  /// Records that an entry (or a whole frame) can't be merged, with its code and the reason.
  virtual void quarantine(const PeerId& origin, EntryIndex index, ErrorCode code,
                          std::string_view reason) = 0;
};

/// What must change in the same transaction as the log. A relay has none.
class Projection {
 public:
  virtual ~Projection() = default;
  /// Own pending changes become entries: before anything else is stored, so that "holds at seal"
  /// is "seen at capture" (invariant seal-before-apply).
  virtual void seal(LogTransaction& transaction) = 0;
  /// Brings tables to what is received and complete. Total: what can't be applied is quarantined
  /// or parked, never thrown; it throws only when the database failed.
  virtual void project(LogTransaction& transaction) = 0;
  /// The transaction was rolled back, or the connection is about to close: forget what was cached,
  /// let go of what was prepared.
  virtual void rolled_back() noexcept = 0;
};

}  // namespace tidemark::replica
