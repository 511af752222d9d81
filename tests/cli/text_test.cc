#include "cli/text.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

void expect_holds(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
}

TrackReport::Table tracked(const std::string& name, const std::string& key, std::int64_t rows) {
  TrackReport::Table table;
  table.name = name;
  table.key = key;
  table.tracked = true;
  table.rows = rows;
  return table;
}

TrackReport::Table refused(const std::string& name) {
  TrackReport::Table table;
  table.name = name;
  table.code = ErrorCode::table_rowid_key;
  table.reason = "the integer key would collide between devices";
  table.hint = "id TEXT PRIMARY KEY";
  return table;
}

TEST(Text, TrackPutsTheNotesBelowTheirTable) {
  TrackReport report;
  report.tables = {tracked("notes", "id TEXT", 14202), refused("settings"),
                   tracked("t", "a, b", 1)};
  report.tables.back().null_keys = 1;
  EXPECT_EQ(text_of(report, {}),
            "  notes     ok    key id TEXT  14,202 rows\n"
            "  settings  skip\n"
            "    the integer key would collide between devices (TM-E0102)\n"
            "    try: id TEXT PRIMARY KEY\n"
            "  t         ok    key a, b           1 row\n"
            "    1 of them stay here: NULL in the key\n");
}

TEST(Text, TrackOfNothingSaysSo) {
  EXPECT_EQ(text_of(TrackReport{}, {}), "there is no table to track\n");
}

SyncReport folder(const std::string& location) {
  SyncReport report;
  report.pulled = 20011;
  report.pushed = 3;
  report.bytes_read = 2048;
  report.bytes_written = 10;
  report.peer.location = location;
  report.peer.state = "current";
  return report;
}

TEST(Text, SyncWithOneFolderIsOneLine) {
  EXPECT_EQ(text_of(SyncOutcome{.folders = {{folder("/f")}}}, {}),
            "/f  current  received 20,011 (2.0 KiB), sent 3 (10 B)\n");
}

TEST(Text, SyncNamesUnusualFilesAndRepairs) {
  SyncReport report = folder("/f");
  report.repaired = 1;
  report.files = {{"next", 4}, {"covered", 9}, {"corrupt", 2}, {"not_ours", 1}, {"fork", 0}};
  EXPECT_EQ(text_of(SyncOutcome{.folders = {{report}}}, {}),
            "/f  current  received 20,011 (2.0 KiB), sent 3 (10 B)\n"
            "  1 own file written again: lost or damaged in the folder\n"
            "  other files there: 2 corrupt, 1 not ours\n");
}

TEST(Text, SyncSaysWhyAFolderIsNotCurrent) {
  SyncReport report = folder("/f");
  report.peer.state = "waiting";
  report.peer.code = ErrorCode::folder_unmarked;
  report.peer.reason = "no group here yet";
  report.peer.hint = "sync another device first";
  const std::string text = text_of(SyncOutcome{.folders = {{report}}}, {});
  expect_holds(text, "  no group here yet (TM-E0303)\n");
  expect_holds(text, "  try: sync another device first\n");
}

TEST(Text, SyncWithSeveralFoldersCountsTheCurrentOnes) {
  SyncOutcome outcome{.folders = {{folder("/f")}, {folder("/g"), true}}};
  outcome.folders[1].report.peer.state = "blocked";
  outcome.folders[1].report.peer.code = ErrorCode::folder_missing;
  const std::string text = text_of(outcome, {});
  expect_holds(text, "in sync with 1 of 2 folders\n");
  EXPECT_EQ(text.find("TM-E"), std::string::npos) << "was told as an error: " << text;
}

Status status() {
  Status status;
  status.device = "laptop";
  status.tables = {{"notes", "tracked"}};
  status.origins[status.origin] = {"laptop", EntryIndex{1200}, EntryIndex{1200}, EntryIndex{1200}};
  return status;
}

TEST(Text, StatusOfALonelyDevice) {
  EXPECT_EQ(text_of(status(), "notes.db", {}),
            "notes.db: device laptop, 1 table\n"
            "\n"
            "no folder has been synced yet\n"
            "\n"
            "log of  received  applied  known\n"
            "laptop     1,200    1,200  1,200  this device\n");
}

TEST(Text, StatusShowsPeersWithReasonAndHint) {
  Status with_peer = status();
  PeerReport peer;
  peer.location = "/f";
  peer.state = "blocked";
  peer.code = ErrorCode::folder_missing;
  peer.reason = "gone";
  peer.hint = "mount it";
  peer.to_send = 12;
  peer.lag_seconds = 240;
  with_peer.peers.push_back(peer);
  const std::string text = text_of(with_peer, "notes.db", {});
  expect_holds(text, "/f      blocked       12       0  4 min  gone (TM-E0300)\n");
  expect_holds(text, "  try: mount it\n");
}

TEST(Text, StatusMarksLogsThatAreBehind) {
  Status behind = status();
  PeerId other;
  other.bytes[0] = std::byte{1};
  behind.origins[other] = {"", EntryIndex{5}, EntryIndex{4}, EntryIndex{9}};
  const std::string text = text_of(behind, "notes.db", {});
  expect_holds(text, to_text(other));
  expect_holds(text, "  behind\n");
}

TEST(Text, StatusNamesEveryOpenMatterAndOnlyThose) {
  EXPECT_EQ(text_of(status(), "notes.db", {}).find("parked"), std::string::npos);
  Status open = status();
  open.unsealed = 1;
  open.parked = 2;
  open.waiting = 3;
  open.quarantined = 4;
  open.conflicts = 5;
  open.null_keys = 6;
  open.oversized = 7;
  open.files = {{"corrupt", 8}};
  open.tables["gone"] = "dropped";
  open.rolled_back = true;
  const std::string text = text_of(open, "notes.db", {});
  for (const char* part : {"1 changes not in the log", "2 rows parked", "3 rows with values",
                           "4 entries or frames", "5 conflicts", "6 changes stay", "7 keys",
                           "8 corrupt", "table gone: dropped", "TM-E0206"}) {
    expect_holds(text, part);
  }
}

TEST(Text, DigestIsATable) {
  DigestReport digest;
  digest.tables["notes"] = {"00ff", 1200};
  EXPECT_EQ(text_of(digest, {}), "table   rows  digest\nnotes  1,200  00ff\n");
  EXPECT_EQ(text_of(DigestReport{}, {}), "no table is tracked\n");
}

TEST(Text, VerifyNamesLogsAndProblems) {
  VerifyReport report;
  report.checked[PeerId{}] = EntryIndex{1};
  EXPECT_EQ(text_of(report, {}),
            "  log " + to_text(PeerId{}) + "  1 entry\nok: no problem found\n");
  report.problems.emplace_back("frame 3 is damaged");
  const std::string text = text_of(report, {});
  expect_holds(text, "  frame 3 is damaged\n1 problem found\n");
  EXPECT_EQ(text.find("ok"), std::string::npos);
}

TEST(Text, LogIsATable) {
  LogLine line;
  line.hlc = Hlc{(std::uint64_t{1795215483114} << 16) | 1};
  line.device = "desk";
  line.operation = "update";
  line.table = "notes";
  line.key = "7Q";
  line.columns = {"title", "body"};
  EXPECT_EQ(text_of(std::vector<LogLine>{line}, {}),
            "time (UTC)                 device  change  table  key  columns\n"
            "2026-11-20T22:58:03.114+1  desk    update  notes  7Q   title, body\n");
  EXPECT_EQ(text_of(std::vector<LogLine>{}, {}), "no change is logged yet\n");
}

TEST(Text, ForeignNamesCanNotCommandTheTerminal) {
  Status evil = status();
  evil.device = "\x1b[2J";
  evil.origins.begin()->second.name = "\x1b[2J";
  EXPECT_EQ(text_of(evil, "notes.db", {}).find('\x1b'), std::string::npos);
  LogLine line;
  line.key = "\x1b]0;x\x07";
  EXPECT_EQ(text_of(std::vector<LogLine>{line}, {}).find('\x1b'), std::string::npos);
}

TEST(Text, AnErrorHasItsCodeAndHint) {
  EXPECT_EQ(text_of_error("TM-E0010", "no database", "tidemark init", {}),
            "tidemark: no database (TM-E0010)\n  try: tidemark init\n");
  EXPECT_EQ(text_of_error("TM-E0010", "no database", "", {}), "tidemark: no database (TM-E0010)\n");
}

}  // namespace
}  // namespace tidemark::cli
