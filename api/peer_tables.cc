#include "api/peer_tables.h"

#include <sstream>

#include "proto/record.h"

namespace tidemark::api {
namespace {

/// Ledger rows say what lies in a folder: a crash must not forget them.
class FullSync {
 public:
  explicit FullSync(replica::Connection& sql) : sql_(sql) { sql_.set_full_sync(true); }
  ~FullSync() { sql_.set_full_sync(false); }
  FullSync(const FullSync&) = delete;
  FullSync& operator=(const FullSync&) = delete;

 private:
  replica::Connection& sql_;
};

std::int64_t number(EntryIndex index) { return static_cast<std::int64_t>(to_number(index)); }
EntryIndex index(std::int64_t value) { return EntryIndex{static_cast<std::uint64_t>(value)}; }

}  // namespace

FolderLedger::FolderLedger(replica::Connection& sql, std::string location)
    : sql_(sql), location_(std::move(location)) {}

std::vector<filelog::OwnSegment> FolderLedger::list() {
  std::vector<filelog::OwnSegment> segments;
  auto rows = sql_.prepare(
      "SELECT first, next, frames, level, name FROM tidemark_segment WHERE peer = ?1 ORDER BY first");
  rows.bind_text(1, location_);
  while (rows.step()) {
    segments.push_back({index(rows.integer(0)), index(rows.integer(1)),
                        static_cast<std::uint32_t>(rows.integer(2)),
                        static_cast<std::uint8_t>(rows.integer(3)), std::string(rows.text(4))});
  }
  return segments;
}

void FolderLedger::add(const filelog::OwnSegment& segment) {
  const FullSync durable(sql_);
  auto put = sql_.prepare(
      "INSERT OR REPLACE INTO tidemark_segment(peer, first, next, frames, level, name) "
      "VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
  put.bind_text(1, location_).bind(2, number(segment.first)).bind(3, number(segment.next));
  put.bind(4, segment.frames).bind(5, segment.level).bind_text(6, segment.name).run();
}

void FolderLedger::remove(std::string_view name) {
  auto remove = sql_.prepare("DELETE FROM tidemark_segment WHERE peer = ?1 AND name = ?2");
  remove.bind_text(1, location_).bind_text(2, name).run();
}

void save_peer(replica::Connection& sql, const PeerReport& report, const GroupId& group,
               std::int64_t now_ms) {
  auto put = sql.prepare(
      "INSERT INTO tidemark_peer(location, group_id, state, code, reason, hint, to_send, to_get, "
      "good_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT(location) DO UPDATE SET "
      "group_id = ?2, state = ?3, code = ?4, reason = ?5, hint = ?6, to_send = ?7, to_get = ?8, "
      "good_ms = CASE WHEN ?9 = 0 THEN good_ms ELSE ?9 END");
  put.bind_text(1, report.location).bind_blob(2, group.bytes).bind_text(3, report.state);
  put.bind(4, report.code ? static_cast<std::int64_t>(*report.code) : 0);
  put.bind_text(5, report.reason).bind_text(6, report.hint);
  put.bind(7, static_cast<std::int64_t>(report.to_send));
  put.bind(8, static_cast<std::int64_t>(report.to_get));
  put.bind(9, report.state == "current" ? now_ms : 0).run();
}

void save_files(replica::Connection& sql, const std::string& location, const FileCensus& files) {
  std::string text;
  for (const auto& [name, count] : files) {
    text += (text.empty() ? "" : ", ") + name + " " + std::to_string(count);
  }
  auto update = sql.prepare("UPDATE tidemark_peer SET files = ?2 WHERE location = ?1");
  update.bind_text(1, location).bind_text(2, text).run();
}

FileCensus load_files(replica::Connection& sql) {
  FileCensus files;
  auto rows = sql.prepare("SELECT files FROM tidemark_peer");
  while (rows.step()) {
    std::istringstream text{std::string(rows.text(0))};
    std::string name;
    std::uint64_t count = 0;
    while (text >> name >> count) {
      files[name] += count;
      text.ignore(1, ',');
    }
  }
  return files;
}

std::vector<PeerReport> load_peers(replica::Connection& sql, std::int64_t now_ms) {
  std::vector<PeerReport> peers;
  auto rows = sql.prepare(
      "SELECT location, state, code, reason, hint, to_send, to_get, good_ms FROM tidemark_peer");
  while (rows.step()) {
    PeerReport peer;
    peer.location = rows.text(0);
    peer.state = rows.text(1);
    if (rows.integer(2) != 0) peer.code = static_cast<ErrorCode>(rows.integer(2));
    peer.reason = rows.text(3);
    peer.hint = rows.text(4);
    peer.to_send = static_cast<std::uint64_t>(rows.integer(5));
    peer.to_get = static_cast<std::uint64_t>(rows.integer(6));
    const bool pending = peer.to_send + peer.to_get != 0 || peer.code;
    const bool was_good = rows.integer(7) != 0;
    if (pending && was_good) peer.lag_seconds = static_cast<double>(now_ms - rows.integer(7)) / 1000;
    peers.push_back(std::move(peer));
  }
  return peers;
}

void save_known(replica::Connection& sql, const PeerCursors& shown) {
  auto update = sql.prepare("UPDATE tidemark_origin SET known = max(known, ?2) WHERE id = ?1");
  for (const auto& [origin, next] : shown) {
    update.bind_blob(1, origin.bytes).bind(2, number(next)).run();
  }
}

}  // namespace tidemark::api
