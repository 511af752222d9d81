// What no trigger saw: tables that were rebuilt, dropped, given up, or taken up again.
#pragma once

#include <memory>

#include "engine/merge/catalog.h"
#include "engine/merge/clock_store.h"
#include "engine/merge/row_merger.h"
#include "engine/merge/shadow.h"
#include "engine/replay.h"
#include "engine/sink/oplog_sink.h"
#include "oplog/rng.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// Compares tables with what the log says of them. The log's values come from a Replay, made when
/// the first is needed: once for all tables of one seal. Lives for one LogTransaction, before
/// anything is appended to it.
class Reconciler {
 public:
  struct Parts {
    Catalog& catalog;
    ClockStore& clocks;
    const RowAddresser& addresser;
    Shadow& shadow;
    Rng& rng;
  };
  Reconciler(replica::LogTransaction& transaction, const Parts& parts)
      : transaction_(transaction), parts_(parts) {}

  /// Makes the replay now, before the transaction appends to the log.
  void prepare() { replay(); }

  /// The app's table is gone: the values that it showed move into the shadow, where they wait.
  void shelve_lost(CatalogTable& table);
  /// The same for a table that is still here, and is given up.
  void shelve_present(CatalogTable& table);

  /// The table was written while it had no triggers: rows that differ from the log reach the sink
  /// as ordinary edits, and values of columns that are gone move into the shadow.
  /// Requires: table.triggers is the shape of the local table; its pending changes were discarded.
  void capture_difference(CatalogTable& table, OplogSink& sink);

 private:
  Replay& replay();
  void shelve(CatalogTable& to, replica::Connection& sql, const CatalogTable& from);
  void shelve_row(CatalogTable& to, ByteView identity, const CatalogTable& from,
                  std::span<const proto::Cell> values);
  void capture_changed(CatalogTable& table, CatalogTable& logged, OplogSink& sink);
  void capture_removed(CatalogTable& table, CatalogTable& logged, OplogSink& sink);
  void keep_lost_columns(CatalogTable& table, const CatalogTable& logged);

  replica::LogTransaction& transaction_;
  Parts parts_;
  std::unique_ptr<Replay> replay_;
};

}  // namespace tidemark::engine
