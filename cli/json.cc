#include "cli/json.h"

#include <nlohmann/json.hpp>

#include "cli/log_time.h"

namespace tidemark::cli {
namespace {

// Keys come out in the order they are written here.
using Json = nlohmann::ordered_json;

constexpr int kCompact = -1;
constexpr int kIndented = 2;

/// Never throws for foreign text: what is no UTF-8 is replaced.
std::string dumped(const Json& json, int indent = kIndented) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json code_or_null(const std::optional<ErrorCode>& code) {
  return code ? Json(tidemark::to_text(*code)) : Json(nullptr);
}

Json counts(const std::map<std::string, std::uint64_t>& files) {
  Json json = Json::object();
  for (const auto& [name, count] : files) json[name] = count;
  return json;
}

Json peer_json(const PeerReport& peer) {
  return {{"location", peer.location},
          {"state", peer.state},
          {"to_send", peer.to_send},
          {"to_get", peer.to_get},
          {"lag_seconds", peer.lag_seconds},
          {"code", code_or_null(peer.code)},
          {"reason", text_or_null(peer.reason)},
          {"hint", text_or_null(peer.hint)}};
}

Json folder_json(const SyncReport& folder) {
  Json json = peer_json(folder.peer);
  json["pulled"] = folder.pulled;
  json["pushed"] = folder.pushed;
  json["repaired"] = folder.repaired;
  json["bytes_read"] = folder.bytes_read;
  json["bytes_written"] = folder.bytes_written;
  json["files"] = counts(folder.files);
  return json;
}

}  // namespace

std::string json_of(const Status& status) {
  Json peers = Json::array();
  for (const PeerReport& peer : status.peers) peers.push_back(peer_json(peer));
  Json origins = Json::object();
  for (const auto& [origin, at] : status.origins) {
    origins[to_text(origin)] = {{"received", to_number(at.received)},
                                {"applied", to_number(at.applied)},
                                {"known", to_number(at.known)},
                                {"name", text_or_null(at.name)}};
  }
  Json tables = Json::object();
  for (const auto& [name, state] : status.tables) tables[name] = state;
  return dumped({{"device", status.device},
                 {"origin", to_text(status.origin)},
                 {"group", to_text(status.group)},
                 {"peers", peers},
                 {"origins", origins},
                 {"unsealed", status.unsealed},
                 {"parked", status.parked},
                 {"waiting", status.waiting},
                 {"quarantined", status.quarantined},
                 {"conflicts", status.conflicts},
                 {"files", counts(status.files)},
                 {"tables", tables},
                 {"null_keys", status.null_keys},
                 {"oversized", status.oversized},
                 {"rolled_back", status.rolled_back}});
}

std::string json_of(const DigestReport& digest) {
  Json cursors = Json::object();
  for (const auto& [origin, next] : digest.cursors) cursors[to_text(origin)] = to_number(next);
  Json tables = Json::object();
  for (const auto& [name, table] : digest.tables) {
    tables[name] = {{"digest", table.digest}, {"rows", table.rows}};
  }
  return dumped({{"group", to_text(digest.group)},
                 {"origin", to_text(digest.origin)},
                 {"cursors", cursors},
                 {"tables", tables}});
}

std::string json_of(const TrackReport& track, bool dry_run) {
  Json tables = Json::array();
  for (const TrackReport::Table& table : track.tables) {
    tables.push_back({{"name", table.name},
                      {"key", text_or_null(table.key)},
                      {"tracked", table.tracked},
                      {"code", code_or_null(table.code)},
                      {"reason", text_or_null(table.reason)},
                      {"hint", text_or_null(table.hint)},
                      {"rows", table.rows},
                      {"null_keys", table.null_keys}});
  }
  return dumped({{"dry_run", dry_run}, {"tables", tables}});
}

std::string json_of(const SyncOutcome& sync) {
  Json peers = Json::array();
  for (const FolderOutcome& folder : sync.folders) peers.push_back(folder_json(folder.report));
  return dumped({{"pulled", sync.pulled()},
                 {"pushed", sync.pushed()},
                 {"ms", sync.elapsed_ms},
                 {"peers", peers}});
}

std::string json_of(const VerifyReport& verify) {
  Json checked = Json::object();
  for (const auto& [origin, next] : verify.checked) checked[to_text(origin)] = to_number(next);
  return dumped(
      {{"ok", verify.problems.empty()}, {"problems", verify.problems}, {"checked", checked}});
}

std::string json_of(const std::vector<LogLine>& log) {
  Json lines = Json::array();
  for (const LogLine& line : log) {
    lines.push_back({{"hlc", to_text(line.hlc)},
                     {"origin", to_text(line.origin)},
                     {"device", text_or_null(line.device)},
                     {"index", to_number(line.index)},
                     {"operation", line.operation},
                     {"table", text_or_null(line.table)},
                     {"key", text_or_null(line.key)},
                     {"columns", line.columns}});
  }
  return dumped(lines);
}

std::string json_of(const Progress& progress, std::string_view location) {
  return dumped({{"type", "progress"},
                 {"location", location},
                 {"phase", progress.phase},
                 {"done", progress.done},
                 {"total", progress.total}},
                kCompact);
}

std::string json_of_init(const std::string& database, const Status& status) {
  return dumped({{"database", database},
                 {"device", status.device},
                 {"origin", to_text(status.origin)},
                 {"group", to_text(status.group)}});
}

std::string json_of_fact(std::string_view key, std::string_view value) {
  Json json = Json::object();
  json[std::string(key)] = value;
  return dumped(json);
}

std::string json_of_error(std::string_view code, std::string_view message, std::string_view hint) {
  return dumped({{"type", "error"}, {"code", code}, {"message", message}, {"hint", hint}},
                kCompact);
}

}  // namespace tidemark::cli
