#include "api/peer_tables.h"

#include <gtest/gtest.h>

#include "tests/api/member.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

class PeerTables : public testing::Test {
 protected:
  replica::Connection& sql() { return desk_.replica().connection(); }
  void save(const PeerReport& report, std::int64_t now_ms) {
    replica::WriteTransaction write(sql());
    api::save_peer(sql(), report, desk_.group(), now_ms);
    write.commit();
  }
  PeerReport load(std::int64_t now_ms) {
    const auto peers = api::load_peers(sql(), now_ms);
    EXPECT_EQ(peers.size(), 1U);
    return peers.front();
  }
  static filelog::OwnSegment segment(std::uint64_t first, std::uint64_t next,
                                     const std::string& name) {
    return {EntryIndex{first}, EntryIndex{next}, 2, 1, name};
  }

  TempDir home_;
  Member desk_{home_.path(), "desk", 1'700'000'000'000};
};

using FolderLedgerTest = PeerTables;

TEST_F(FolderLedgerTest, ListsWhatWasAddedByFirstIndex) {
  api::FolderLedger ledger(sql(), "/a");
  ledger.add(segment(5, 9, "later"));
  ledger.add(segment(0, 5, "first"));
  EXPECT_EQ(ledger.list(), (std::vector{segment(0, 5, "first"), segment(5, 9, "later")}));
}

TEST_F(FolderLedgerTest, ListsASegmentOnceHoweverOftenItIsAdded) {
  api::FolderLedger ledger(sql(), "/a");
  ledger.add(segment(0, 5, "first"));
  ledger.add(segment(0, 5, "first"));
  EXPECT_EQ(ledger.list(), std::vector{segment(0, 5, "first")});
}

TEST_F(FolderLedgerTest, IsOfOneFolder) {
  api::FolderLedger here(sql(), "/a");
  api::FolderLedger there(sql(), "/b");
  here.add(segment(0, 5, "first"));
  there.add(segment(0, 7, "first"));
  there.remove("first");
  EXPECT_EQ(here.list().size(), 1U);
  EXPECT_TRUE(there.list().empty());
}

TEST_F(FolderLedgerTest, OutlivesTheProcess) {
  api::FolderLedger(sql(), "/a").add(segment(0, 5, "first"));
  desk_.close();
  desk_.open();
  EXPECT_EQ(api::FolderLedger(sql(), "/a").list().size(), 1U);
}

TEST_F(PeerTables, AReportIsRememberedAsItWas) {
  save({"/a", "blocked", ErrorCode::folder_emptied, "why", "what to do", 3, 4, 0}, 1000);
  const PeerReport peer = load(1000);
  EXPECT_EQ(peer.location, "/a");
  EXPECT_EQ(peer.state, "blocked");
  EXPECT_EQ(peer.code, ErrorCode::folder_emptied);
  EXPECT_EQ(peer.reason, "why");
  EXPECT_EQ(peer.hint, "what to do");
  EXPECT_EQ(peer.to_send, 3U);
  EXPECT_EQ(peer.to_get, 4U);
}

TEST_F(PeerTables, ANewReportTakesThePlaceOfTheOld) {
  save({"/a", "blocked", ErrorCode::folder_emptied, "why", "what to do", 3, 4, 0}, 1000);
  save({"/a", "current", std::nullopt, "", "", 0, 0, 0}, 2000);
  const PeerReport peer = load(2000);
  EXPECT_EQ(peer.state, "current");
  EXPECT_FALSE(peer.code);
  EXPECT_EQ(peer.to_send + peer.to_get, 0U);
}

TEST_F(PeerTables, LagIsTheAgeOfTheLastGoodSync) {
  save({"/a", "current", std::nullopt, "", "", 0, 0, 0}, 10'000);
  save({"/a", "behind", std::nullopt, "", "", 1, 0, 0}, 60'000);
  EXPECT_DOUBLE_EQ(load(70'000).lag_seconds, 60);
}

TEST_F(PeerTables, NothingPendingIsNoLag) {
  save({"/a", "current", std::nullopt, "", "", 0, 0, 0}, 10'000);
  EXPECT_DOUBLE_EQ(load(70'000).lag_seconds, 0);
}

TEST_F(PeerTables, AFolderThatWasNeverCurrentHasNoAgeToTell) {
  save({"/a", "blocked", ErrorCode::folder_missing, "", "", 0, 0, 0}, 10'000);
  EXPECT_DOUBLE_EQ(load(70'000).lag_seconds, 0);
}

TEST_F(PeerTables, FilesAreCountedOverAllFolders) {
  save({"/a", "current", std::nullopt, "", "", 0, 0, 0}, 1000);
  save({"/b", "current", std::nullopt, "", "", 0, 0, 0}, 1000);
  EXPECT_TRUE(api::load_files(sql()).empty());
  api::save_files(sql(), "/a", {{"covered", 12}, {"corrupt", 1}});
  api::save_files(sql(), "/b", {{"covered", 3}});
  EXPECT_EQ(api::load_files(sql()), (api::FileCensus{{"covered", 15}, {"corrupt", 1}}));
  api::save_files(sql(), "/a", {});
  EXPECT_EQ(api::load_files(sql()), (api::FileCensus{{"covered", 3}}));
}

TEST_F(PeerTables, WhatWasShownOnceStaysKnown) {
  PeerCursors shown;
  shown.advance(desk_.origin(), EntryIndex{50});
  api::save_known(sql(), shown);
  PeerCursors less;
  less.advance(desk_.origin(), EntryIndex{20});
  PeerId stranger;
  less.advance(stranger, EntryIndex{5});
  api::save_known(sql(), less);
  EXPECT_EQ(desk_.status().origins.at(desk_.origin()).known, EntryIndex{50});
  EXPECT_FALSE(desk_.status().origins.contains(stranger));
}

}  // namespace
}  // namespace tidemark::test
