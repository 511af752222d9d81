#include "api/status.h"

#include <algorithm>

#include "api/peer_tables.h"
#include "engine/merge/catalog.h"
#include "replica/schema.h"

namespace tidemark::api {
namespace {

/// Values that wait for a table or column. Those of a row that somebody deleted meanwhile wait too,
/// but for nothing that this device lacks.
constexpr std::string_view kWaitingRows =
    "WITH shown(tbl, col) AS MATERIALIZED (SELECT k.tbl, k.no FROM tidemark_table t "
    "JOIN pragma_table_xinfo(t.spelling) p "
    "JOIN tidemark_column k ON k.tbl = t.no AND k.name = lower(p.name) WHERE t.state <> 0) "
    "SELECT count(*) FROM (SELECT DISTINCT tbl, identity FROM tidemark_cell "
    "WHERE (tbl, col) NOT IN (SELECT tbl, col FROM shown) "
    "EXCEPT SELECT tbl, identity FROM tidemark_parked)";

std::uint64_t count(replica::Connection& sql, std::string_view query) {
  return static_cast<std::uint64_t>(sql.integer(query));
}

const char* state_name(engine::TableState state) {
  switch (state) {
    case engine::TableState::unknown: return "unknown";
    case engine::TableState::tracked: return "tracked";
    case engine::TableState::seeding: return "seeding";
    case engine::TableState::dropped: return "dropped";
    case engine::TableState::untracked: return "untracked";
    case engine::TableState::returning: return "returning";
  }
  return "unknown";
}

/// The state's name; of a table that is lost, with code and hint.
std::string describe(replica::Connection& sql, const engine::CatalogTable& table) {
  const std::string state = state_name(table.state);
  if (table.state != engine::TableState::dropped) return state;
  if (engine::read_shape(sql, table.name)) {
    return "rekeyed (" + to_text(ErrorCode::key_changed) +
           "): its primary key is not the one that the log knows; give it the old key again";
  }
  return state + " (" + to_text(ErrorCode::table_dropped) +
         "): its rows are kept aside; create it again, or untrack it";
}

void read_origins(SqliteReplica& replica, Status& status) {
  auto rows =
      replica.connection().prepare("SELECT id, name, next, applied, known FROM tidemark_origin");
  while (rows.step()) {
    PeerId id;
    std::ranges::copy(rows.blob(0), id.bytes.begin());
    const auto at = [&](int column) {
      return EntryIndex{static_cast<std::uint64_t>(rows.integer(column))};
    };
    status.origins[id] = {std::string(rows.text(1)), at(2), at(3), std::max(at(2), at(4))};
  }
}

std::uint64_t meta_count(replica::Connection& sql, std::string_view key) {
  return static_cast<std::uint64_t>(replica::meta_integer(sql, key).value_or(0));
}

}  // namespace

Status read_status(SqliteReplica& replica, std::int64_t now_ms) {
  replica::Connection& sql = replica.connection();
  Status status;
  status.device = replica.device_name();
  status.origin = replica.self();
  status.group = proto::group_id(replica.group_spec());
  status.peers = load_peers(sql, now_ms);
  status.files = load_files(sql);
  read_origins(replica, status);
  engine::Catalog catalog(sql);
  catalog.reload(false);
  for (const auto* table : catalog.tables()) status.tables[table->spelling] = describe(sql, *table);
  status.unsealed = count(sql, "SELECT count(*) FROM tidemark_pending WHERE op <= 3");
  status.parked = count(sql, "SELECT count(*) FROM tidemark_parked");
  status.waiting = count(sql, kWaitingRows);
  status.quarantined = count(sql, "SELECT count(*) FROM tidemark_quarantine");
  status.null_keys = meta_count(sql, "null_keys");
  status.oversized = meta_count(sql, "oversized_keys") + meta_count(sql, "omitted_values");
  status.rolled_back = replica.own_log() != OwnLog::sound;
  return status;
}

DigestReport read_digest(SqliteReplica& replica) {
  DigestReport report;
  report.group = proto::group_id(replica.group_spec());
  report.origin = replica.self();
  report.cursors = replica.applied_cursors();
  engine::Catalog catalog(replica.connection());
  catalog.reload(false);
  for (const auto* table : catalog.tables()) {
    report.tables[table->name] = {engine::to_text(table->digest), table->live};
  }
  return report;
}

}  // namespace tidemark::api
