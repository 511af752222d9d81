// The frames of all origins in tidemark_origin and tidemark_frame.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "proto/group_spec.h"
#include "replica/connection.h"
#include "replica/frame_store.h"
#include "replica/projection.h"

namespace tidemark::replica {

/// FrameStore on one connection. Statements are prepared at first use, so that a transaction may
/// begin before the tables are made. Thread: one at a time.
class SqliteFrameStore final : public FrameStore {
 public:
  /// Requires: the connection outlives this.
  explicit SqliteFrameStore(Connection& connection);
  ~SqliteFrameStore() override;

  GroupId group() override;
  StoreState state() override;
  std::optional<OriginTail> tail(const PeerId& origin) override;
  std::vector<Frame> read(const PeerId& origin, EntryIndex from, const ReadLimits& limits) override;
  bool is_recorded(const Refusal& refusal) override;
  std::unique_ptr<FrameTransaction> begin() override;
  std::int64_t version() override;

  /// Throws Error{log_broken} when the database holds none.
  proto::GroupSpec group_spec();
  /// All origins, by ref: as committed, or as an open transaction has them.
  std::vector<OriginState> origins();
  /// The device's name that `origin` began with; empty if it is unknown.
  std::string name(const PeerId& origin);

  /// Single columns of an origin's row. Requires of all: a transaction is open.
  void set_applied(const PeerId& origin, EntryIndex next);
  void set_clock(const PeerId& origin, Hlc last);
  void set_skew(const PeerId& origin, std::int64_t skew_ms);

 private:
  class Transaction;
  struct Statements;
  Statements& sql();
  std::optional<std::int64_t> find_ref(const PeerId& origin);

  Connection& connection_;
  std::unique_ptr<Statements> statements_;
};

}  // namespace tidemark::replica
