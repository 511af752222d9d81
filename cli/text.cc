#include "cli/text.h"

#include <algorithm>

#include "cli/log_time.h"

namespace tidemark::cli {
namespace {

Style style_of(const PeerReport& peer) {
  if (peer.state == "current") return Style::good;
  return peer.state == "blocked" ? Style::bad : Style::warning;
}

/// What is in a folder besides the files that are simply read.
std::string unusual(const std::map<std::string, std::uint64_t>& files) {
  std::string text;
  for (const auto& [name, count] : files) {
    if (count == 0 || name == "next" || name == "covered") continue;
    std::string words = printable(name);
    std::ranges::replace(words, '_', ' ');
    text += (text.empty() ? "" : ", ") + grouped(count) + " " + words;
  }
  return text;
}

std::string reason_of(const PeerReport& peer) {
  if (!peer.code) return {};
  return printable(peer.reason) + " (" + tidemark::to_text(*peer.code) + ")";
}

std::string lines_below(const PeerReport& peer, Paint paint) {
  std::string out;
  if (peer.code) out += "  " + paint(style_of(peer), reason_of(peer)) + "\n";
  if (!peer.hint.empty()) out += "  try: " + printable(peer.hint) + "\n";
  return out;
}

std::string folder_notes(const SyncReport& report) {
  std::string out;
  if (report.repaired > 0) {
    out += "  " + counted(report.repaired, "own file", "own files") +
           " written again: lost or damaged in the folder\n";
  }
  const std::string files = unusual(report.files);
  if (!files.empty()) out += "  other files there: " + files + "\n";
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + printable(word);
  return text;
}

std::string device_name(const std::string& name, const PeerId& origin) {
  return name.empty() ? to_text(origin) : printable(name);
}

void add_tracked(Columns& columns, const TrackReport::Table& table) {
  std::string rows =
      counted(static_cast<std::uint64_t>(std::max<std::int64_t>(table.rows, 0)), "row", "rows");
  columns.add({{printable(table.name)},
               {"ok", Style::good},
               {"key " + printable(table.key)},
               {std::move(rows)}});
}

std::string below_table(const TrackReport::Table& table, Paint paint) {
  std::string out;
  if (table.tracked && table.null_keys > 0) {
    out += "    " +
           paint(Style::warning, grouped(table.null_keys) + " of them stay here: NULL in the key") +
           "\n";
  }
  if (!table.tracked) {
    const std::string code = table.code ? " (" + tidemark::to_text(*table.code) + ")" : "";
    out += "    " + printable(table.reason) + code + "\n";
    if (!table.hint.empty()) out += "    try: " + printable(table.hint) + "\n";
  }
  return out;
}

std::string peers_text(const std::vector<PeerReport>& peers, Paint paint) {
  if (peers.empty()) return "no folder has been synced yet\n";
  Columns columns({2, 3, 4});
  columns.add({{"folder", Style::faint},
               {"state", Style::faint},
               {"to send", Style::faint},
               {"to get", Style::faint},
               {"lag", Style::faint},
               {"", Style::faint}});
  for (const PeerReport& peer : peers) {
    columns.add({{printable(peer.location)},
                 {printable(peer.state), style_of(peer)},
                 {grouped(peer.to_send)},
                 {grouped(peer.to_get)},
                 {in_time(peer.lag_seconds)},
                 {reason_of(peer), style_of(peer)}});
  }
  return columns.text(paint);
}

std::string origins_text(const Status& status, Paint paint) {
  Columns columns({1, 2, 3});
  columns.add({{"log of", Style::faint},
               {"received", Style::faint},
               {"applied", Style::faint},
               {"known", Style::faint},
               {"", Style::faint}});
  for (const auto& [origin, at] : status.origins) {
    const bool own = origin == status.origin;
    const bool behind = at.applied < at.known;
    columns.add({{own && at.name.empty() ? printable(status.device) : device_name(at.name, origin)},
                 {grouped(to_number(at.received))},
                 {grouped(to_number(at.applied))},
                 {grouped(to_number(at.known))},
                 {own      ? "this device"
                  : behind ? "behind"
                           : "",
                  own ? Style::faint : Style::warning}});
  }
  return columns.text(paint);
}

std::string open_matters(const Status& status, Paint paint) {
  struct Matter {
    std::uint64_t count;
    const char* words;
  };
  const Matter matters[] = {
      {status.unsealed, "changes not in the log yet; the next sync takes them"},
      {status.parked, "rows parked: this device's schema refuses them"},
      {status.waiting, "rows with values for tables or columns that are unknown here"},
      {status.quarantined, "entries or frames that can not be merged"},
      {status.conflicts, "conflicts open"},
      {status.null_keys, "changes stay on this device: NULL in the key"},
      {status.oversized, "keys or values too large to travel"},
  };
  std::string out;
  for (const Matter& matter : matters) {
    if (matter.count > 0) out += grouped(matter.count) + " " + matter.words + "\n";
  }
  const std::string files = unusual(status.files);
  if (!files.empty()) out += "files in folders: " + files + "\n";
  for (const auto& [name, state] : status.tables) {
    if (state == "tracked") continue;
    out += "table " + printable(name) + ": " + paint(Style::warning, printable(state)) + "\n";
  }
  if (status.rolled_back) {
    out +=
        paint(Style::bad,
              "this database is older than its own published log (TM-E0206): nothing is published");
    out += "\n";
  }
  return out;
}

}  // namespace

std::string text_of(const TrackReport& track, Paint paint) {
  std::string out;
  Columns columns({3}, "  ");
  for (const TrackReport::Table& table : track.tables) {
    if (table.tracked) {
      add_tracked(columns, table);
    } else {
      columns.add({{printable(table.name)}, {"skip", Style::warning}});
    }
  }
  // The notes on a table stand below its line.
  const std::string aligned = columns.text(paint);
  std::size_t from = 0;
  for (const TrackReport::Table& table : track.tables) {
    const std::size_t end = aligned.find('\n', from) + 1;
    out += aligned.substr(from, end - from) + below_table(table, paint);
    from = end;
  }
  return out.empty() ? "there is no table to track\n" : out;
}

std::string text_of(const SyncOutcome& sync, Paint paint) {
  std::string out;
  std::uint64_t current = 0;
  for (const FolderOutcome& folder : sync.folders) {
    const SyncReport& report = folder.report;
    if (report.peer.state == "current") ++current;
    out += printable(report.peer.location) + "  " +
           paint(style_of(report.peer), printable(report.peer.state)) + "  received " +
           grouped(report.pulled) + " (" + in_bytes(report.bytes_read) + "), sent " +
           grouped(report.pushed) + " (" + in_bytes(report.bytes_written) + ")\n";
    // A failure was told as an error.
    if (!folder.failed) out += lines_below(report.peer, paint);
    out += folder_notes(report);
  }
  if (sync.folders.size() > 1) {
    out += "in sync with " + grouped(current) + " of " +
           grouped(static_cast<std::uint64_t>(sync.folders.size())) + " folders\n";
  }
  return out;
}

std::string text_of(const Status& status, const std::string& database, Paint paint) {
  std::string out = printable(database) + ": device " + printable(status.device) + ", " +
                    counted(status.tables.size(), "table", "tables") + "\n";
  out += "\n" + peers_text(status.peers, paint);
  for (const PeerReport& peer : status.peers) {
    if (!peer.hint.empty()) out += "  try: " + printable(peer.hint) + "\n";
  }
  if (!status.origins.empty()) out += "\n" + origins_text(status, paint);
  const std::string open = open_matters(status, paint);
  if (!open.empty()) out += "\n" + open;
  return out;
}

std::string text_of(const DigestReport& digest, Paint paint) {
  if (digest.tables.empty()) return "no table is tracked\n";
  Columns columns({1});
  columns.add({{"table", Style::faint}, {"rows", Style::faint}, {"digest", Style::faint}});
  for (const auto& [name, table] : digest.tables) {
    columns.add({{printable(name)}, {grouped(table.rows)}, {printable(table.digest)}});
  }
  return columns.text(paint);
}

std::string text_of(const VerifyReport& verify, Paint paint) {
  std::string out;
  Columns columns({1}, "  ");
  for (const auto& [origin, next] : verify.checked) {
    columns.add({{"log " + to_text(origin)}, {counted(to_number(next), "entry", "entries")}});
  }
  out += columns.text(paint);
  for (const std::string& problem : verify.problems) {
    out += "  " + paint(Style::bad, printable(problem)) + "\n";
  }
  if (verify.problems.empty()) return out + paint(Style::good, "ok") + ": no problem found\n";
  return out +
         paint(Style::bad, counted(verify.problems.size(), "problem", "problems") + " found") +
         "\n";
}

std::string text_of(const std::vector<LogLine>& log, Paint paint) {
  if (log.empty()) return "no change is logged yet\n";
  Columns columns;
  columns.add({{"time (UTC)", Style::faint},
               {"device", Style::faint},
               {"change", Style::faint},
               {"table", Style::faint},
               {"key", Style::faint},
               {"columns", Style::faint}});
  for (const LogLine& line : log) {
    columns.add({{to_text(line.hlc)},
                 {device_name(line.device, line.origin)},
                 {printable(line.operation)},
                 {printable(line.table)},
                 {printable(line.key)},
                 {joined(line.columns)}});
  }
  return columns.text(paint);
}

std::string text_of_error(const std::string& code, const std::string& message,
                          const std::string& hint, Paint paint) {
  std::string out = paint(Style::bad, "tidemark:") + " " + printable(message) + " (" + code + ")\n";
  if (!hint.empty()) out += "  try: " + printable(hint) + "\n";
  return out;
}

}  // namespace tidemark::cli
