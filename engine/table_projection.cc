#include "engine/table_projection.h"

#include <algorithm>
#include <array>

#include "engine/capture/schema_notice.h"
#include "engine/capture/trigger_capture.h"
#include "engine/merge/log_walk.h"
#include "engine/reconcile.h"
#include "engine/sink/oplog_sink.h"
#include "oplog/error.h"
#include "replica/schema.h"

namespace tidemark::engine {
namespace {

// Keys of tidemark_meta that are ours (replica/SCHEMA.md).
constexpr std::string_view kSecretKey = "row_secret";
constexpr std::string_view kClockBaseKey = "clock_base";
constexpr std::string_view kCatalogKey = "catalog_version";
constexpr std::string_view kAppSchemaKey = "app_schema";

using Secret = std::array<std::byte, 16>;

Secret load_secret(replica::Connection& sql, Rng& rng) {
  Secret secret{};
  if (const auto stored = replica::meta_blob(sql, kSecretKey)) {
    std::copy_n(stored->begin(), std::min(stored->size(), secret.size()), secret.begin());
    return secret;
  }
  rng.fill(secret);
  replica::set_meta(sql, kSecretKey, proto::Cell::of_blob(secret));
  return secret;
}

std::uint64_t load_clock_base(replica::Connection& sql, std::int64_t now_ms) {
  auto base_ms = replica::meta_integer(sql, kClockBaseKey);
  if (!base_ms) {
    base_ms = now_ms;
    replica::set_meta(sql, kClockBaseKey, proto::Cell::of_integer(now_ms));
  }
  return static_cast<std::uint64_t>(*base_ms) << 16;
}

/// Whether the schema is the one that the last seal saw.
bool schema_noticed(replica::Connection& sql) {
  return replica::meta_integer(sql, kAppSchemaKey).value_or(0) == sql.schema_version();
}

/// After DDL of our own. What the app did before it unnoticed must still be noticed.
void remember_schema(replica::Connection& sql, bool noticed_before) {
  const std::int64_t version = noticed_before ? sql.schema_version() : -1;
  replica::set_meta(sql, kAppSchemaKey, proto::Cell::of_integer(version));
}

}  // namespace

struct TableProjection::State {
  State(replica::Connection& connection, const Secret& secret, std::uint64_t clock_base)
      : sql(connection),
        catalog(sql),
        addresser(secret),
        clocks(sql, ClockCodec(clock_base, refs)),
        shadow(sql),
        merger(sql, catalog, clocks, shadow),
        capture(sql, catalog) {}

  replica::Connection& sql;
  OriginRefs refs;
  Catalog catalog;
  RowAddresser addresser;
  ClockStore clocks;
  Shadow shadow;
  RowMerger merger;
  TriggerCapture capture;
  std::int64_t catalog_version = -1;  ///< of the database, when the catalog was loaded or saved

  Reconciler reconciler(replica::LogTransaction& transaction, Rng& rng) {
    return {transaction, {catalog, clocks, addresser, shadow, rng}};
  }
  SinkParts sink_parts() { return {catalog, clocks, addresser, shadow, merger, refs}; }

  /// Values that waited for this table, or for columns that it has by now.
  void show_waiting(CatalogTable& table) {
    for (const Bytes& identity : shadow.rows(table.no)) {
      merger.settle({table, identity, addresser.address(table.no, identity)});
      clocks.flush_if_large();
    }
  }
};

TableProjection::TableProjection(Rng& rng) : rng_(rng) {}
TableProjection::~TableProjection() = default;

/// State as of this transaction: another process of the device may have written since the last.
TableProjection::State& TableProjection::enter(replica::LogTransaction& transaction) {
  replica::Connection& sql = transaction.sql();
  if (!state_) {
    const auto secret = load_secret(sql, rng_);
    state_ = std::make_unique<State>(sql, secret, load_clock_base(sql, transaction.now_ms()));
  }
  const auto version = replica::meta_integer(sql, kCatalogKey).value_or(0);
  if (version != state_->catalog_version) {
    state_->merger.forget_tables();
    state_->clocks.refresh();
    state_->catalog.reload(schema_noticed(sql));
    state_->catalog_version = version;
  }
  state_->refs = OriginRefs(transaction.origins());
  return *state_;
}

/// Requires: something was written.
void TableProjection::leave(State& state) {
  state.merger.retry_parked(state.addresser);
  state.clocks.flush();
  state.catalog.save();
  ++state.catalog_version;
  replica::set_meta(state.sql, kCatalogKey, proto::Cell::of_integer(state.catalog_version));
}

void TableProjection::rolled_back() noexcept { state_.reset(); }

void TableProjection::seal(replica::LogTransaction& transaction) {
  replica::Connection& sql = transaction.sql();
  const bool schema_changed = !schema_noticed(sql);
  const bool pending = sql.integer("SELECT EXISTS(SELECT 1 FROM tidemark_pending)") != 0;
  const bool seeding = sql.integer("SELECT EXISTS(SELECT 1 FROM tidemark_table WHERE state IN (2, 5))") != 0;
  if (!schema_changed && !pending && !seeding) return;
  State& state = enter(transaction);
  seal_changes(state, transaction, schema_changed);
  leave(state);
  if (schema_changed) remember_schema(sql, true);
}

namespace {

PeerCursors applied_cursors(replica::LogTransaction& transaction) {
  PeerCursors applied;
  for (const auto& origin : transaction.origins()) applied.advance(origin.id, origin.applied);
  return applied;
}

void discard_pending(replica::Connection& sql, const CatalogTable& table) {
  auto discard = sql.prepare("DELETE FROM tidemark_pending WHERE tbl = ?1");
  discard.bind(1, table.no).run();
}

}  // namespace

void TableProjection::seal_changes(State& state, replica::LogTransaction& transaction,
                                   bool schema_changed) {
  Reconciler reconciler = state.reconciler(transaction, rng_);
  SchemaNotice notice;
  if (schema_changed) {
    state.merger.forget_tables();
    notice = notice_schema(state.sql, state.catalog, state.capture);
    // The replay must see the log before this seal adds to it.
    for (CatalogTable* table : notice.lost) {
      discard_pending(state.sql, *table);
      state.capture.uninstall(*table);  // they live on in a table that was renamed
      state.catalog.set_base(*table, applied_cursors(transaction));
      reconciler.shelve_lost(*table);
    }
    for (CatalogTable* table : notice.rebuilt) {
      discard_pending(state.sql, *table);
      state.catalog.set_triggers(*table, CapturedShape::of(*table->local));
      reconciler.prepare();
    }
  }
  OplogSink sink(transaction, state.sink_parts());
  const auto tables = state.catalog.tables();
  for (CatalogTable* table : tables) {
    if (table->local && (schema_changed || table->declared.empty())) sink.declare(*table);
  }
  state.capture.drain(sink);
  sink.finish();
  for (CatalogTable* table : notice.rebuilt) reconciler.capture_difference(*table, sink);
  for (CatalogTable* table : notice.altered) {
    state.capture.capture_new_columns(*table, sink, transaction.now_ms());
  }
  for (const auto* list : {&notice.rebuilt, &notice.altered, &notice.returned}) {
    for (CatalogTable* table : *list) {
      state.capture.install(*table);
      state.show_waiting(*table);
    }
  }
  for (CatalogTable* table : tables) {
    if (!table->local || !table->unseeded()) continue;
    state.capture.capture_seeds(*table, sink, transaction.now_ms());
    state.catalog.set_state(*table, TableState::tracked);
    state.show_waiting(*table);
  }
}

void TableProjection::project(replica::LogTransaction& transaction) {
  const auto origins = transaction.origins();
  const auto behind = [](const replica::OriginState& o) { return o.applied < o.complete; };
  if (std::ranges::none_of(origins, behind)) return;
  State& state = enter(transaction);
  LogWalk walk(transaction, {state.catalog, state.clocks, state.addresser, state.merger});
  for (const auto& origin : origins) {
    if (behind(origin)) walk.walk(origin);
  }
  walk.finish();
  leave(state);
}

void TableProjection::track(replica::LogTransaction& transaction, std::string_view name) {
  const bool noticed = schema_noticed(transaction.sql());
  State& state = enter(transaction);
  const auto shape = read_shape(state.sql, name);
  if (!shape) {
    throw Error(ErrorCode::table_missing, "there is no table " + std::string(name),
                "list the tables with: sqlite3 <db> .tables");
  }
  CatalogTable& table = state.catalog.obtain(shape->name);
  if (table.captured()) return;
  if (!state.catalog.agrees_on_key(table, state.catalog.make_local(table, *shape))) {
    throw Error(ErrorCode::key_changed,
                "table " + shape->name + " has another primary key than the log knows it by",
                "give it the old key again, or a new name");
  }
  state.merger.forget_tables();
  const bool again = table.state == TableState::untracked || table.state == TableState::dropped;
  state.catalog.set_state(table, again ? TableState::returning : TableState::seeding);
  state.catalog.set_local(table, *shape);
  state.capture.install(table);
  leave(state);
  remember_schema(state.sql, noticed);
}

void TableProjection::untrack(replica::LogTransaction& transaction, std::string_view name) {
  const bool noticed = schema_noticed(transaction.sql());
  State& state = enter(transaction);
  CatalogTable* table = state.catalog.find(name);
  if (table == nullptr || !table->captured()) {
    throw Error(ErrorCode::table_not_tracked, "table " + std::string(name) + " is not tracked",
                "see which tables are: tidemark status <db>");
  }
  if (table->local) state.reconciler(transaction, rng_).shelve_present(*table);
  state.catalog.set_base(*table, applied_cursors(transaction));
  state.merger.forget_tables();
  state.capture.uninstall(*table);
  state.catalog.set_state(*table, TableState::untracked);
  leave(state);
  remember_schema(state.sql, noticed);
}

void TableProjection::suspend(replica::LogTransaction& transaction) {
  State& state = enter(transaction);
  for (const CatalogTable* table : state.catalog.tables()) {
    if (table->captured()) state.capture.uninstall(*table);
  }
  remember_schema(state.sql, false);
}

}  // namespace tidemark::engine
