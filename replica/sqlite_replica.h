// The oplog in the app's own SQLite file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oplog/clock.h"
#include "oplog/log.h"
#include "oplog/rng.h"
#include "proto/group_spec.h"
#include "replica/projection.h"
#include "replica/stored_replica.h"

namespace tidemark {

struct SqliteReplicaOptions {
  replica::ConnectionOptions database;
  Clock* clock{};                     ///< required, outlives the replica
  Rng* rng{};                         ///< required, outlives the replica
  replica::Projection* projection{};  ///< none = a relay; outlives the replica
};

/// Own log state that forbids publishing.
enum class OwnLog : std::uint8_t {
  sound,
  rolled_back,  ///< others hold entries of our origin that we don't: a backup was restored
};

/// SQL-backed oplog replica of one database. Every apply() that stores anything is one transaction:
/// BEGIN IMMEDIATE; seal; verify and store; project; COMMIT; wake watchers (invariant
/// apply-and-cursor-are-one-commit). Killed at any moment, it reopens as of its last commit.
/// Several processes may open one database; each sees what the others committed at its next call.
/// Thread: one at a time. Calls of the projection must not call back into the replica.
class SqliteReplica : public replica::StoredReplica, public LocalLog {
 public:
  /// Makes the database (which may hold app tables already) a tidemark database: schema, a
  /// provisional group, a fresh origin with its genesis entry. Durable when it returns.
  /// Throws Error{already_initialised, database_missing, database_busy, limit_exceeded, ...}.
  static void initialise(const SqliteReplicaOptions& options, const std::string& device_name);

  /// Makes a copied database continue as an origin of its own, linked to the one that it was copied
  /// from. `reason` stands in its genesis entry. Requires: the copy has not been written since, and
  /// nothing in it waits to be sealed. Throws what open() throws.
  static void begin_new_origin(const SqliteReplicaOptions& options, const std::string& reason);

  /// Throws Error{not_a_database, newer_schema, database_missing, ...}.
  static std::unique_ptr<SqliteReplica> open(const SqliteReplicaOptions& options);
  ~SqliteReplica() override;

  PeerId self() const override;
  std::string device_name();
  /// Seals and projects too. Throws Error{invalid_argument} for an empty transaction, and
  /// Error{limit_exceeded} for a payload above kPayloadBytesMax.
  EntryIndex append(std::span<const NewEntry> transaction) override;

  /// The applied plane: what the tables show.
  PeerCursors applied_cursors();
  std::vector<replica::OriginState> origins();
  OwnLog own_log();

  /// One transaction without foreign frames: seal and project. False when nothing changed.
  bool settle();
  /// Runs `work` inside one write transaction of the log (for track, migrate ...), which seals
  /// nothing before it: what is pending stays pending. What `work` appends is a transaction of the
  /// log of its own. Projects and commits after. Whatever `work` throws, nothing is left of it.
  void transact(const std::function<void(replica::LogTransaction&)>& work);
  /// All that was committed so far survives a power cut from here on (the WAL is synced). Costs
  /// nothing while nothing was committed since the last call.
  void make_durable();

  proto::GroupSpec group_spec();
  /// Joins another plain group: rewrites the headers of all stored frames, in one transaction.
  /// Origins, indices, clocks and chains stay. Throws Error{invalid_argument} when either group
  /// wants signatures or encryption.
  void adopt_group(const proto::GroupSpec& spec);

  /// The replica's connection, for readers in engine/ and api/. No write transaction may be open
  /// between calls.
  replica::Connection& connection();

 private:
  struct Impl;
  explicit SqliteReplica(std::unique_ptr<Impl> impl);
  void before_store(replica::FrameTransaction& transaction) override;
  void stored(replica::FrameTransaction& transaction, const PeerId& origin, Hlc hlc_max) override;
  void after_store(replica::FrameTransaction& transaction) override;
  void rolled_back() noexcept override;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tidemark
