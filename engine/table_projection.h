// Tables ⇄ log, inside the replica's transaction: the hook that replica/ declares.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/merge/catalog.h"
#include "oplog/rng.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// Seals captured changes of tracked tables into the own log and merges what others said into the
/// tables. One for each SqliteReplica; its state follows that replica's connection.
/// Thread: that of the replica.
class TableProjection final : public replica::Projection {
 public:
  /// `rng` outlives the projection; it makes the secret of a new database.
  explicit TableProjection(Rng& rng);
  ~TableProjection() override;

  void seal(replica::LogTransaction& transaction) override;
  void project(replica::LogTransaction& transaction) override;
  void rolled_back() noexcept override;

  /// Makes a table captured that `assess` (engine/capture/tracking.h) found trackable: triggers
  /// now, its rows as seeds at the next seal. Does nothing if it is tracked.
  void track(replica::LogTransaction& transaction, std::string_view table);
  /// Gives a table up: its triggers go; what others say of it is kept aside from now on.
  /// Requires: nothing waits to be sealed.
  void untrack(replica::LogTransaction& transaction, std::string_view table);

  /// Takes our triggers off every captured table, so that the app may change its schema freely. The
  /// next seal finds them gone, compares the tables with the log, and puts them back.
  void suspend(replica::LogTransaction& transaction);

 private:
  struct State;
  State& enter(replica::LogTransaction& transaction);
  void seal_changes(State& state, replica::LogTransaction& transaction, bool schema_changed);
  void leave(State& state);

  Rng& rng_;
  std::unique_ptr<State> state_;
};

}  // namespace tidemark::engine
