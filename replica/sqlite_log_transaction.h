// The log's side of one write transaction on the app's database: own entries get their index, hlc
// and place in a frame; the projection sees what was received.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "oplog/clock.h"
#include "oplog/hlc_clock.h"
#include "oplog/rng.h"
#include "proto/frame_codec.h"
#include "replica/projection.h"
#include "replica/sqlite_frame_store.h"

namespace tidemark::replica {

/// What a log transaction works with; everything outlives it.
struct LogContext {
  Connection& connection;
  SqliteFrameStore& store;
  Clock& clock;
  Rng& rng;
  PeerId self;
};

/// Lives within one FrameTransaction. Own entries since the last finish() form one transaction of
/// the log. Thread: one at a time.
class SqliteLogTransaction final : public LogTransaction {
 public:
  /// Requires: the own origin is known to `frames`.
  SqliteLogTransaction(const LogContext& context, FrameTransaction& frames);

  Connection& sql() override { return context_.connection; }
  PeerId self() override { return context_.self; }
  std::int64_t now_ms() override { return context_.clock.unix_ms(); }
  Tick next_tick(std::int64_t captured_ms) override;
  void append_local(const Tick& tick, EntryKind kind, ByteView payload) override;
  std::vector<OriginState> origins() override { return context_.store.origins(); }
  void set_applied(const PeerId& origin, EntryIndex next) override;
  std::vector<Frame> received(const PeerId& origin, EntryIndex from,
                              const ReadLimits& limits) override;
  void quarantine(const PeerId& origin, EntryIndex index, ErrorCode code,
                  std::string_view reason) override;

  /// Ends the local transaction, if entries were appended: the last one gets the commit flag, and
  /// all are stored.
  void finish();
  /// Moves the clock to what another origin's frame shows, within bounds, and keeps what is beyond
  /// them as that origin's skew.
  void observe(const PeerId& origin, Hlc seen);
  /// Stores the clock. Requires: finished. Call once, last.
  void save_clock();

 private:
  proto::FrameBuilder& builder();
  void put_own(const Frame& frame, bool complete);
  const Salt& seed();

  LogContext context_;
  FrameTransaction& frames_;
  HlcClock hlc_clock_;
  Hlc saved_;                 ///< the clock as the database has it
  std::optional<Salt> seed_;  ///< of the next frame; fresh for each
  std::optional<proto::FrameBuilder> builder_;
};

}  // namespace tidemark::replica
