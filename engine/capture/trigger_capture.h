// The tracked tables' own capture: triggers, what they have written, and what DDL did to them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/capture/trigger_sql.h"
#include "engine/merge/catalog.h"
#include "engine/sink/oplog_sink.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Installs triggers and drains tidemark_pending. Works inside the caller's write transaction.
/// Thread: one at a time; lives as long as its connection.
class TriggerCapture {
 public:
  TriggerCapture(replica::Connection& sql, Catalog& catalog) : sql_(sql), catalog_(catalog) {}

  /// Makes the triggers of a table anew, for its local shape.
  void install(CatalogTable& table);
  void uninstall(const CatalogTable& table);
  /// Whether all triggers of the table are there, and run before the app's.
  bool installed(const CatalogTable& table);

  /// Hands everything captured to the sink, in order, and empties tidemark_pending.
  void drain(OplogSink& sink);

  /// Rows whose columns beyond the triggers' (new since they were made) differ from the column's
  /// default: they reach the sink as updates of these columns.
  void capture_new_columns(CatalogTable& table, OplogSink& sink, std::int64_t now_ms);

  /// Every row of the table reaches the sink as a seed.
  void capture_seeds(CatalogTable& table, OplogSink& sink, std::int64_t now_ms);

 private:
  void widen_pending(std::size_t columns);
  void drain_row(CatalogTable& table, replica::Statement& row, OplogSink& sink);
  void read_mask(replica::Statement& row, std::size_t columns);

  replica::Connection& sql_;
  Catalog& catalog_;
  std::vector<proto::Cell> values_;
  std::vector<std::size_t> changed_;
};

}  // namespace tidemark::engine
