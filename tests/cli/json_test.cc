#include "cli/json.h"

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

const PeerId kOrigin{};
const std::string kOriginText = to_text(kOrigin);

Status status() {
  Status status;
  status.device = "laptop";
  status.unsealed = 3;
  status.files = {{"corrupt", 1}};
  status.tables = {{"notes", "tracked"}};
  PeerReport peer;
  peer.location = "/f";
  peer.state = "blocked";
  peer.code = ErrorCode::folder_missing;
  peer.reason = "gone";
  peer.to_send = 5;
  peer.lag_seconds = 1.5;
  status.peers.push_back(peer);
  status.origins[kOrigin] = {"laptop", EntryIndex{7}, EntryIndex{6}, EntryIndex{9}};
  return status;
}

void expect_holds(const std::string& json, const std::string& part) {
  EXPECT_NE(json.find(part), std::string::npos) << part << "\nin\n" << json;
}

TEST(Json, StatusHasItsPromisedKeys) {
  const std::string json = json_of(status());
  for (const char* key :
       {"device", "origin",      "group",  "peers",   "location",    "state",     "to_send",
        "to_get", "lag_seconds", "code",   "reason",  "origins",     "received",  "applied",
        "known",  "unsealed",    "parked", "waiting", "quarantined", "conflicts", "files"}) {
    expect_holds(json, "\"" + std::string(key) + "\":");
  }
}

TEST(Json, StatusHasItsValues) {
  const std::string json = json_of(status());
  expect_holds(json, "\"device\": \"laptop\"");
  expect_holds(json, "\"code\": \"TM-E0300\"");
  expect_holds(json, "\"to_send\": 5");
  expect_holds(json, "\"lag_seconds\": 1.5");
  expect_holds(json, "\"" + kOriginText + "\": {");
  expect_holds(json, "\"applied\": 6");
  expect_holds(json, "\"corrupt\": 1");
  expect_holds(json, "\"rolled_back\": false");
}

TEST(Json, WhatIsNotThereIsNull) {
  Status status;
  status.peers.emplace_back();
  expect_holds(json_of(status), "\"code\": null");
  expect_holds(json_of(status), "\"reason\": null");
}

TEST(Json, DigestIsExactlyAsPromised) {
  DigestReport digest;
  digest.cursors.advance(kOrigin, EntryIndex{4});
  digest.tables["notes"] = {"00ff", 12};
  const std::string group = to_text(GroupId{});
  EXPECT_EQ(json_of(digest),
            "{\n"
            "  \"group\": \"" +
                group +
                "\",\n"
                "  \"origin\": \"" +
                kOriginText +
                "\",\n"
                "  \"cursors\": {\n"
                "    \"" +
                kOriginText +
                "\": 4\n"
                "  },\n"
                "  \"tables\": {\n"
                "    \"notes\": {\n"
                "      \"digest\": \"00ff\",\n"
                "      \"rows\": 12\n"
                "    }\n"
                "  }\n"
                "}\n");
}

TEST(Json, EmptyReportsKeepTheirShape) {
  expect_holds(json_of(DigestReport{}), "\"tables\": {}");
  expect_holds(json_of(Status{}), "\"peers\": []");
  EXPECT_EQ(json_of(std::vector<LogLine>{}), "[]\n");
  expect_holds(json_of(SyncOutcome{}), "\"peers\": []");
}

TEST(Json, TrackSaysWhyNot) {
  TrackReport report;
  TrackReport::Table& table = report.tables.emplace_back();
  table.name = "settings";
  table.code = ErrorCode::table_rowid_key;
  table.reason = "would collide";
  table.hint = "use TEXT";
  const std::string json = json_of(report, true);
  expect_holds(json, "\"dry_run\": true");
  expect_holds(json, "\"tracked\": false");
  expect_holds(json, "\"code\": \"TM-E0102\"");
  expect_holds(json, "\"hint\": \"use TEXT\"");
}

TEST(Json, SyncHasSumAndFolders) {
  SyncReport report;
  report.pulled = 2;
  report.pushed = 3;
  report.repaired = 1;
  report.bytes_read = 10;
  report.bytes_written = 20;
  report.peer.location = "/f";
  report.peer.state = "current";
  const std::string json = json_of(SyncOutcome{.folders = {{report}, {report}}, .elapsed_ms = 5});
  EXPECT_TRUE(json.starts_with("{\n  \"pulled\": 4,\n  \"pushed\": 6,\n  \"ms\": 5,")) << json;
  expect_holds(json, "\"repaired\": 1");
  expect_holds(json, "\"bytes_read\": 10");
  expect_holds(json, "\"bytes_written\": 20");
}

TEST(Json, VerifyIsOkOnlyWithoutProblems) {
  VerifyReport report;
  report.checked[kOrigin] = EntryIndex{9};
  expect_holds(json_of(report), "\"ok\": true");
  expect_holds(json_of(report), "\"" + kOriginText + "\": 9");
  report.problems.emplace_back("frame 3 is damaged");
  expect_holds(json_of(report), "\"ok\": false");
  expect_holds(json_of(report), "frame 3 is damaged");
}

TEST(Json, ALogLineHasTimeAndColumns) {
  LogLine line;
  line.hlc = Hlc{(std::uint64_t{1795215483114} << 16) | 1};
  line.operation = "update";
  line.columns = {"title", "body"};
  const std::string json = json_of(std::vector<LogLine>{line});
  expect_holds(json, "\"hlc\": \"2026-11-20T22:58:03.114+1\"");
  expect_holds(json, "\"title\",");
}

TEST(Json, TextThatIsNoUtf8IsReplaced) {
  expect_holds(json_of_fact("table", "a\xff"), "a\xef\xbf\xbd");
}

TEST(Json, ProgressIsOneLine) {
  EXPECT_EQ(
      json_of(Progress{"pull", 1, 2}, "/f"),
      "{\"type\":\"progress\",\"location\":\"/f\",\"phase\":\"pull\",\"done\":1,\"total\":2}\n");
}

TEST(Json, AnErrorIsOneLine) {
  EXPECT_EQ(json_of_error("TM-E0010", "no", "init"),
            "{\"type\":\"error\",\"code\":\"TM-E0010\",\"message\":\"no\",\"hint\":\"init\"}\n");
}

TEST(Json, InitSaysWhatWasMade) {
  const std::string json = json_of_init("a.db", status());
  expect_holds(json, "\"database\": \"a.db\"");
  expect_holds(json, "\"device\": \"laptop\"");
  expect_holds(json, "\"origin\": \"" + kOriginText + "\"");
}

}  // namespace
}  // namespace tidemark::cli
