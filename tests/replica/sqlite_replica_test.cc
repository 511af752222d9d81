#include "replica/sqlite_replica.h"

#include <array>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "oplog/limits.h"
#include "replica/schema.h"
#include "tests/replica/database.h"
#include "tests/replica/sync_counter.h"

namespace tidemark {
namespace {

using Outcome = Applied::Outcome;
using replica::Connection;
using replica::LogTransaction;
using replica::WriteTransaction;
using test::Database;
using test::OriginWriter;

constexpr ReadLimits kAll{1'000'000, std::size_t{1} << 30};

// Does what the test says; by default nothing.
class ScriptedProjection final : public replica::Projection {
 public:
  void seal(LogTransaction& transaction) override { on_seal(transaction); }
  void project(LogTransaction& transaction) override { on_project(transaction); }
  void rolled_back() noexcept override { ++rollbacks; }

  std::function<void(LogTransaction&)> on_seal = [](LogTransaction&) {};
  std::function<void(LogTransaction&)> on_project = [](LogTransaction&) {};
  int rollbacks = 0;
};

void say(LogTransaction& log, std::string_view text) {
  const auto tick = log.next_tick(log.now_ms());
  log.append_local(tick, EntryKind::application, as_bytes(text));
}

NewEntry new_entry(std::string_view text) {
  NewEntry entry{EntryKind::application, 0, {}};
  append(entry.payload, as_bytes(text));
  return entry;
}

template <typename Work>
ErrorCode refusal(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorCode::invalid_argument;
}

class SqliteReplicaTest : public testing::Test {
 protected:
  static Applied apply(SqliteReplica& replica, const Frame& frame) {
    return replica.apply(std::span(&frame, 1)).front();
  }
  static void say_own(SqliteReplica& replica, std::string_view text) {
    const std::array<NewEntry, 1> one = {new_entry(text)};
    replica.append(one);
  }

  Database database_;
};

TEST_F(SqliteReplicaTest, AFreshDatabaseHoldsItsGenesis) {
  const auto replica = database_.open();
  EXPECT_EQ(replica->device_name(), "desk");
  EXPECT_EQ(replica->cursor(replica->self()), EntryIndex{1});
  EXPECT_EQ(replica->applied_cursors(), replica->cursors());
  EXPECT_EQ(replica->own_log(), OwnLog::sound);
  const auto frames = replica->read_frames(replica->self(), EntryIndex{0}, kAll);
  ASSERT_EQ(frames.size(), 1U);
  const auto opened = proto::open(proto::group_id(replica->group_spec()), frames[0].bytes);
  ASSERT_EQ(opened.reject, proto::FrameReject::none);
  EXPECT_EQ(opened.entries[0].kind, EntryKind::genesis);
  EXPECT_TRUE(replica->group_spec().plain());
  EXPECT_EQ(replica->group_spec().created_ms,
            static_cast<std::uint64_t>(database_.clock.unix_ms()));
}

TEST_F(SqliteReplicaTest, EachDatabaseIsAnotherOriginInAnotherGroup) {
  Database other(2);
  EXPECT_NE(other.open()->self(), database_.open()->self());
  EXPECT_NE(other.open()->group_spec(), database_.open()->group_spec());
}

TEST_F(SqliteReplicaTest, InitialisingTwiceIsRefusedAndChangesNothing) {
  const std::string before = database_.content();
  EXPECT_EQ(refusal([&] { SqliteReplica::initialise(database_.options(), "again"); }),
            ErrorCode::already_initialised);
  EXPECT_EQ(database_.content(), before);
}

TEST_F(SqliteReplicaTest, InitialisingNeedsTheFileUnlessToldToCreateIt) {
  auto options = database_.options();
  options.database.path = database_.directory.file("other.db");
  EXPECT_EQ(refusal([&] { SqliteReplica::initialise(options, "x"); }), ErrorCode::database_missing);
}

TEST_F(SqliteReplicaTest, InitialisingRefusesANameThatIsTooLong) {
  EXPECT_EQ(refusal([&] {
              SqliteReplica::initialise(database_.options(), std::string(kNameBytesMax + 1, 'x'));
            }),
            ErrorCode::limit_exceeded);
}

TEST_F(SqliteReplicaTest, InitialisingKeepsTheAppsTables) {
  auto options = database_.options();
  options.database.path = database_.directory.file("other.db");
  options.database.create = true;
  Connection(options.database).execute("CREATE TABLE notes(a); INSERT INTO notes VALUES(1)");
  SqliteReplica::initialise(options, "x");
  EXPECT_EQ(SqliteReplica::open(options)->connection().integer("SELECT a FROM notes"), 1);
}

TEST_F(SqliteReplicaTest, OpeningRefusesAnAppsDatabaseThatIsNotOurs) {
  auto options = database_.options();
  options.database.path = database_.directory.file("other.db");
  options.database.create = true;
  Connection(options.database).execute("CREATE TABLE notes(a)");
  EXPECT_EQ(refusal([&] { SqliteReplica::open(options); }), ErrorCode::not_a_database);
}

TEST_F(SqliteReplicaTest, OpeningRefusesANewerSchema) {
  Connection(database_.options().database)
      .execute("UPDATE tidemark_meta SET value = 99 WHERE key = 'schema'");
  EXPECT_EQ(refusal([&] { database_.open(); }), ErrorCode::newer_schema);
}

TEST_F(SqliteReplicaTest, OpeningRefusesADamagedOrigin) {
  Connection(database_.options().database)
      .execute("UPDATE tidemark_meta SET value = x'01' WHERE key = 'origin'");
  EXPECT_EQ(refusal([&] { database_.open(); }), ErrorCode::log_broken);
}

TEST_F(SqliteReplicaTest, WritingWithoutTheOwnLogsRowIsRefused) {
  const auto replica = database_.open();
  replica->connection().execute("DELETE FROM tidemark_origin");
  EXPECT_EQ(refusal([&] { say_own(*replica, "x"); }), ErrorCode::log_broken);
}

TEST_F(SqliteReplicaTest, AppendsATransactionAndReadsItBack) {
  const auto replica = database_.open();
  const std::array<NewEntry, 2> two = {new_entry("a"), new_entry("b")};
  EXPECT_EQ(replica->append(two), EntryIndex{1});
  EXPECT_EQ(replica->append(two), EntryIndex{3});
  const auto entries = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  ASSERT_EQ(entries.size(), 4U);
  const auto& last = std::get<Entry>(entries[1].entry);
  EXPECT_EQ(as_text(last.payload), "b");
  EXPECT_TRUE(last.commit);
  EXPECT_FALSE(std::get<Entry>(entries[0].entry).commit);
  EXPECT_EQ(replica->applied_cursors().at(replica->self()), EntryIndex{5});
}

TEST_F(SqliteReplicaTest, AppendingNothingIsRefused) {
  EXPECT_EQ(refusal([&] { database_.open()->append({}); }), ErrorCode::invalid_argument);
}

TEST_F(SqliteReplicaTest, AppendingAnEntryAboveTheCapIsRefused) {
  const std::array<NewEntry, 1> huge = {
      NewEntry{EntryKind::application, 0, Bytes(kPayloadBytesMax + 1)}};
  EXPECT_EQ(refusal([&] { database_.open()->append(huge); }), ErrorCode::limit_exceeded);
}

TEST_F(SqliteReplicaTest, ReopeningGoesOnWithLogAndClock) {
  PeerCursors before;
  {
    const auto replica = database_.open();
    const std::array<NewEntry, 1> late = {NewEntry{EntryKind::application, 1'900'000'000'000, {}}};
    replica->append(late);
    before = replica->cursors();
  }
  const auto replica = database_.open();
  EXPECT_EQ(replica->cursors(), before);
  say_own(*replica, "x");
  const auto entries = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  EXPECT_GT(std::get<Entry>(entries[1].entry).hlc, std::get<Entry>(entries[0].entry).hlc);
}

TEST_F(SqliteReplicaTest, ReceivedStampsMoveTheClock) {
  OriginWriter writer = database_.writer();
  const Hlc ahead{static_cast<std::uint64_t>(database_.clock.unix_ms() + 30'000) << 16};
  writer.set_hlc(ahead);
  const auto replica = database_.open();
  apply(*replica, writer.frame(2));
  say_own(*replica, "x");
  const auto entries = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  EXPECT_GT(std::get<Entry>(entries[0].entry).hlc, ahead);
}

TEST_F(SqliteReplicaTest, AStampFarAheadIsStoredButMovesTheClockOnlyWithinBounds) {
  OriginWriter writer = database_.writer();
  writer.set_hlc(Hlc{kHlcEnd - 10});
  const auto replica = database_.open();
  EXPECT_EQ(apply(*replica, writer.frame(2)).outcome, Outcome::applied);
  say_own(*replica, "x");
  const auto entries = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  EXPECT_LE(unix_ms(std::get<Entry>(entries[0].entry).hlc),
            database_.clock.unix_ms() + kClockSkewMsMax);
  EXPECT_GT(replica->connection().integer("SELECT max(skew_ms) FROM tidemark_origin"), 0);
}

TEST_F(SqliteReplicaTest, SealsBeforeItStoresAndProjectsAfter) {
  OriginWriter writer = database_.writer();
  ScriptedProjection projection;
  std::vector<std::string> calls;
  projection.on_seal = [&](LogTransaction& log) {
    calls.push_back("seal with " + std::to_string(log.origins().size()));
    say(log, "sealed");
  };
  projection.on_project = [&](LogTransaction& log) {
    calls.push_back("project with " + std::to_string(log.origins().size()));
    EXPECT_EQ(log.received(writer.origin(), EntryIndex{0}, kAll).size(), 1U);
    log.set_applied(writer.origin(), log.origins()[1].complete);
    say(log, "yielded");
  };
  const auto replica = database_.open(&projection);
  EXPECT_EQ(apply(*replica, writer.frame(3)).outcome, Outcome::applied);
  EXPECT_EQ(calls, (std::vector<std::string>{"seal with 1", "project with 2"}));
  const auto own = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  ASSERT_EQ(own.size(), 2U);
  EXPECT_TRUE(std::get<Entry>(own[0].entry).commit) << "a transaction of its own";
  EXPECT_TRUE(std::get<Entry>(own[1].entry).commit);
  EXPECT_EQ(replica->applied_cursors(), replica->cursors());
}

// Invariant seal-before-apply.
TEST_F(SqliteReplicaTest, SealedEntriesAreStampedBeforeWhatTheyHaveNotSeen) {
  OriginWriter writer = database_.writer();
  const Hlc ahead{static_cast<std::uint64_t>(database_.clock.unix_ms() + 30'000) << 16};
  writer.set_hlc(ahead);
  ScriptedProjection projection;
  projection.on_seal = [](LogTransaction& log) { say(log, "sealed"); };
  const auto replica = database_.open(&projection);
  apply(*replica, writer.frame(2));
  const auto own = replica->read_since(replica->self(), EntryIndex{1}, kAll);
  EXPECT_LT(std::get<Entry>(own.at(0).entry).hlc, ahead);
}

// Invariant apply-and-cursor-are-one-commit.
TEST_F(SqliteReplicaTest, WhatTheProjectionThrowsRollsEverythingBack) {
  OriginWriter writer = database_.writer();
  ScriptedProjection projection;
  projection.on_seal = [](LogTransaction& log) { say(log, "sealed"); };
  projection.on_project = [](LogTransaction& log) {
    say(log, "yielded");
    throw std::runtime_error("the disk is full");
  };
  const auto replica = database_.open(&projection);
  const auto watch = replica->watch_cursors();
  watch->poll();
  const Frame frame = writer.frame(2);
  const std::string before = database_.content();
  EXPECT_THROW(apply(*replica, frame), std::runtime_error);
  EXPECT_THROW(replica->settle(), std::runtime_error);
  EXPECT_EQ(projection.rollbacks, 2);
  EXPECT_EQ(database_.content(), before);
  EXPECT_EQ(replica->cursor(writer.origin()), EntryIndex{0});
  EXPECT_FALSE(watch->poll()) << "nobody hears of what did not happen";

  projection.on_project = [](LogTransaction&) {};
  EXPECT_EQ(apply(*replica, frame).outcome, Outcome::applied);
  EXPECT_EQ(replica->cursor(replica->self()), EntryIndex{2});
}

TEST_F(SqliteReplicaTest, RefusedFramesSealAndProjectNothing) {
  OriginWriter writer = database_.writer();
  writer.frame(1);
  ScriptedProjection projection;
  projection.on_seal = [](LogTransaction&) { FAIL() << "sealed"; };
  const auto replica = database_.open(&projection);
  EXPECT_EQ(apply(*replica, writer.frame(1)).outcome, Outcome::gap);
}

TEST_F(SqliteReplicaTest, SettlingSealsAndProjectsAndSaysWhetherAnythingChanged) {
  ScriptedProjection projection;
  const auto replica = database_.open(&projection);
  EXPECT_FALSE(replica->settle());
  projection.on_seal = [](LogTransaction& log) { say(log, "sealed"); };
  EXPECT_TRUE(replica->settle());
  projection.on_seal = [](LogTransaction&) {};
  projection.on_project = [](LogTransaction& log) { log.sql().execute("CREATE TABLE t(a)"); };
  EXPECT_TRUE(replica->settle()) << "DDL is a change";
}

TEST_F(SqliteReplicaTest, ARelayHasNoProjection) {
  const auto replica = database_.open();
  EXPECT_FALSE(replica->settle());
  OriginWriter writer = database_.writer();
  apply(*replica, writer.frame(2));
  EXPECT_EQ(replica->applied_cursors().at(writer.origin()), EntryIndex{0});
  ASSERT_EQ(replica->origins().size(), 2U);
  EXPECT_EQ(replica->origins()[1].complete, EntryIndex{2});
}

TEST_F(SqliteReplicaTest, WorkInATransactionIsATransactionOfTheLog) {
  ScriptedProjection projection;
  std::string order;
  projection.on_seal = [&](LogTransaction&) { order += "seal "; };
  projection.on_project = [&](LogTransaction&) { order += "project"; };
  const auto replica = database_.open(&projection);
  replica->transact([&](LogTransaction& log) {
    order += "work ";
    log.sql().execute("CREATE TABLE t(a)");
    say(log, "tracked");
  });
  EXPECT_EQ(order, "work project") << "what is pending stays pending";
  EXPECT_EQ(replica->cursor(replica->self()), EntryIndex{2});
  replica->settle();
  EXPECT_EQ(order, "work projectseal project") << "sealing is off within transact() only";
}

TEST_F(SqliteReplicaTest, SealingGoesOnAfterWorkThatThrew) {
  ScriptedProjection projection;
  int seals = 0;
  projection.on_seal = [&](LogTransaction&) { ++seals; };
  const auto replica = database_.open(&projection);
  EXPECT_THROW(replica->transact([](LogTransaction&) { throw std::runtime_error("no"); }),
               std::runtime_error);
  replica->settle();
  EXPECT_EQ(seals, 1);
}

TEST_F(SqliteReplicaTest, TheProjectionForgetsBeforeTheConnectionCloses) {
  ScriptedProjection projection;
  database_.open(&projection);
  EXPECT_EQ(projection.rollbacks, 1);
}

TEST_F(SqliteReplicaTest, WorkThatThrowsLeavesNothing) {
  const auto replica = database_.open();
  const std::string before = database_.content();
  EXPECT_THROW(replica->transact([&](LogTransaction& log) {
    log.sql().execute("CREATE TABLE t(a)");
    say(log, "tracked");
    throw std::runtime_error("changed my mind");
  }),
               std::runtime_error);
  EXPECT_EQ(database_.content(), before);
}

TEST_F(SqliteReplicaTest, OwnEntriesThatWeLackCloseTheLogForGood) {
  const auto replica = database_.open();
  say_own(*replica, "kept");
  replica->connection().execute("VACUUM INTO '" + database_.directory.file("backup.db") + "'");
  say_own(*replica, "lost");
  const auto frames = replica->read_frames(replica->self(), EntryIndex{2}, kAll);

  auto options = database_.options();
  options.database.path = database_.directory.file("backup.db");
  const auto restored = SqliteReplica::open(options);
  EXPECT_EQ(restored->own_log(), OwnLog::sound);
  const Applied closed{Outcome::closed, EntryIndex{2}, EntryIndex{2}, 0};
  EXPECT_EQ(restored->apply(frames).front(), closed);
  EXPECT_EQ(restored->own_log(), OwnLog::rolled_back);
  EXPECT_EQ(restored->cursor(restored->self()), EntryIndex{2});
  EXPECT_EQ(SqliteReplica::open(options)->own_log(), OwnLog::rolled_back);
  Connection other(options.database);
  const WriteTransaction lock(other);
  EXPECT_EQ(restored->apply(frames).front(), closed) << "nothing is left to write";
}

TEST_F(SqliteReplicaTest, AForkOfTheOwnLogClosesItToo) {
  const auto replica = database_.open();
  replica->connection().execute("VACUUM INTO '" + database_.directory.file("clone.db") + "'");
  say_own(*replica, "here");
  auto options = database_.options();
  options.database.path = database_.directory.file("clone.db");
  const auto clone = SqliteReplica::open(options);
  say_own(*clone, "there");
  const auto frames = replica->read_frames(replica->self(), EntryIndex{1}, kAll);
  EXPECT_EQ(clone->apply(frames).front().outcome, Outcome::fork);
  EXPECT_EQ(clone->own_log(), OwnLog::rolled_back);
}

TEST_F(SqliteReplicaTest, ANewOriginNamesItsPredecessorAndTakesItsOldEntriesBack) {
  PeerId old;
  PeerCursors before;
  Hlc said;
  std::vector<Frame> lost;
  {
    const auto replica = database_.open();
    old = replica->self();
    const std::array<NewEntry, 1> late = {NewEntry{EntryKind::application, 1'900'000'000'000, {}}};
    replica->append(late);
    replica->connection().execute("VACUUM INTO '" + database_.directory.file("backup.db") + "'");
    before = replica->cursors();
    said = std::get<Entry>(replica->read_since(old, EntryIndex{1}, kAll).at(0).entry).hlc;
    say_own(*replica, "lost");
    lost = replica->read_frames(old, EntryIndex{2}, kAll);
  }
  auto options = database_.options();
  options.database.path = database_.directory.file("backup.db");
  SqliteReplica::begin_new_origin(options, "backup");

  const auto restored = SqliteReplica::open(options);
  EXPECT_NE(restored->self(), old);
  EXPECT_EQ(restored->device_name(), "desk");
  EXPECT_EQ(restored->cursor(old), before.at(old));
  const auto entries = restored->read_since(restored->self(), EntryIndex{0}, kAll);
  ASSERT_EQ(entries.size(), 1U);
  const auto& entry = std::get<Entry>(entries[0].entry);
  EXPECT_GT(entry.hlc, said) << "the device's clock goes on";
  proto::Genesis genesis;
  ASSERT_EQ(proto::decode(entry.payload, genesis), proto::RecordReject::none);
  ASSERT_TRUE(genesis.predecessor.has_value());
  EXPECT_EQ(genesis.predecessor->origin, old);
  EXPECT_EQ(genesis.predecessor->next, EntryIndex{2});
  EXPECT_EQ(genesis.reason, "backup");
  EXPECT_EQ(restored->apply(lost).front().outcome, Outcome::applied);
  EXPECT_EQ(restored->own_log(), OwnLog::sound);
}

TEST_F(SqliteReplicaTest, ANewOriginNeedsAnOldOne) {
  Connection(database_.options().database).execute("DELETE FROM tidemark_origin");
  EXPECT_EQ(refusal([&] { SqliteReplica::begin_new_origin(database_.options(), "backup"); }),
            ErrorCode::log_broken);
}

TEST_F(SqliteReplicaTest, OwnEntriesThatComeBackAreDuplicates) {
  const auto replica = database_.open();
  say_own(*replica, "x");
  const auto frames = replica->read_frames(replica->self(), EntryIndex{0}, kAll);
  for (const Applied& result : replica->apply(frames)) {
    EXPECT_EQ(result.outcome, Outcome::duplicate);
  }
  EXPECT_EQ(replica->own_log(), OwnLog::sound);
}

TEST_F(SqliteReplicaTest, AdoptingAGroupKeepsOriginsEntriesAndChains) {
  OriginWriter writer = database_.writer();
  const auto replica = database_.open();
  const Frame before = writer.frame(3);
  apply(*replica, before);
  say_own(*replica, "x");
  const auto own = replica->read_since(replica->self(), EntryIndex{0}, kAll);
  const proto::GroupSpec joined = test::plain_group(7);
  replica->adopt_group(joined);

  EXPECT_EQ(replica->group_spec(), joined);
  EXPECT_EQ(replica->read_since(replica->self(), EntryIndex{0}, kAll), own);
  EXPECT_EQ(replica->read_since(writer.origin(), EntryIndex{0}, kAll), writer.entries());
  for (const PeerId& origin : {replica->self(), writer.origin()}) {
    for (const Frame& frame : replica->read_frames(origin, EntryIndex{0}, kAll)) {
      EXPECT_EQ(proto::open(proto::group_id(joined), frame.bytes).reject, proto::FrameReject::none);
    }
  }
  EXPECT_EQ(apply(*replica, before).outcome, Outcome::foreign) << "it bears the old group";
  OriginWriter again(proto::group_id(joined), 1);
  again.frame(3);
  EXPECT_EQ(apply(*replica, again.frame(2)).outcome, Outcome::applied);
  say_own(*replica, "y");
  EXPECT_EQ(replica->cursor(replica->self()), EntryIndex{3});
}

TEST_F(SqliteReplicaTest, AnotherProcessNoticesTheAdoptedGroup) {
  const auto one = database_.open();
  const auto two = database_.open();
  two->cursors();
  one->adopt_group(test::plain_group(7));
  OriginWriter writer(proto::group_id(test::plain_group(7)), 3);
  EXPECT_EQ(apply(*two, writer.frame(1)).outcome, Outcome::applied);
}

TEST_F(SqliteReplicaTest, AdoptingTheGroupThatItIsInChangesNothing) {
  const auto replica = database_.open();
  const std::string before = database_.content();
  replica->adopt_group(replica->group_spec());
  EXPECT_EQ(database_.content(), before);
}

TEST_F(SqliteReplicaTest, AdoptingAGroupThatSignsOrEncryptsIsRefused) {
  const auto replica = database_.open();
  for (const std::uint8_t policy : {std::uint8_t{1}, std::uint8_t{2}}) {
    proto::GroupSpec strict = test::plain_group(7);
    strict.policy = policy;
    EXPECT_EQ(refusal([&] { replica->adopt_group(strict); }), ErrorCode::invalid_argument);
  }
}

TEST_F(SqliteReplicaTest, AdoptingAGroupWithADamagedFrameLeavesTheOldGroup) {
  const auto replica = database_.open();
  say_own(*replica, "x");
  replica->connection().execute("UPDATE tidemark_frame SET bytes = x'00' WHERE first = 1");
  const std::string before = database_.content();
  EXPECT_EQ(refusal([&] { replica->adopt_group(test::plain_group(7)); }), ErrorCode::log_broken);
  EXPECT_EQ(database_.content(), before);
}

TEST_F(SqliteReplicaTest, DurabilityCostsNothingWhileNothingChanged) {
  const auto replica = database_.open();
  const auto syncs = [&] {
    return replica::meta_integer(replica->connection(), replica::meta_key::durable).value_or(0);
  };
  replica->make_durable();
  const auto first = syncs();
  replica->make_durable();
  EXPECT_EQ(syncs(), first);
  say_own(*replica, "x");
  replica->make_durable();
  EXPECT_EQ(syncs(), first + 1);
  say_own(*database_.open(), "another process");
  replica->make_durable();
  EXPECT_EQ(syncs(), first + 2);
  EXPECT_EQ(replica->connection().integer("PRAGMA synchronous"), 1) << "all else stays NORMAL";
}

TEST_F(SqliteReplicaTest, OnlyWhatIsMadeDurableIsSynced) {
  test::SyncCounter::install();
  auto options = database_.options();
  options.database.vfs = test::SyncCounter::kName;
  const auto replica = SqliteReplica::open(options);
  say_own(*replica, "first in a fresh WAL");
  int& syncs = test::SyncCounter::syncs();
  syncs = 0;
  say_own(*replica, "x");
  EXPECT_EQ(syncs, 0);
  replica->make_durable();
  EXPECT_EQ(syncs, 1);
  replica->make_durable();
  say_own(*replica, "y");
  EXPECT_EQ(syncs, 1);
}

TEST_F(SqliteReplicaTest, TwoProcessesTakeTurnsOnOneLog) {
  const auto one = database_.open();
  const auto two = database_.open();
  for (int i = 0; i < 5; ++i) {
    say_own(*one, "one");
    say_own(*two, "two");
  }
  EXPECT_EQ(one->cursors(), two->cursors());
  EXPECT_EQ(one->cursor(one->self()), EntryIndex{11});
  const auto entries = one->read_since(one->self(), EntryIndex{0}, kAll);
  ASSERT_EQ(entries.size(), 11U);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    EXPECT_GT(std::get<Entry>(entries[i].entry).hlc, std::get<Entry>(entries[i - 1].entry).hlc);
  }
}

TEST_F(SqliteReplicaTest, ThreadsWithReplicasOfTheirOwnStoreEachEntryOnce) {
  auto options = database_.options();
  options.database.busy_ms = 60'000;
  OriginWriter writer = database_.writer();
  std::vector<Frame> frames;
  for (int i = 0; i < 30; ++i) frames.push_back(writer.frame(2));
  std::array<int, 2> stored{};
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < stored.size(); ++t) {
      threads.emplace_back([&, t] {
        test::SeededRng rng(t);
        auto own = options;
        own.rng = &rng;
        const auto replica = SqliteReplica::open(own);
        for (const Frame& frame : frames) {
          if (apply(*replica, frame).outcome == Outcome::applied) ++stored[t];
        }
      });
    }
  }
  EXPECT_EQ(stored[0] + stored[1], 30);
  EXPECT_EQ(database_.open()->read_since(writer.origin(), EntryIndex{0}, kAll), writer.entries());
}

TEST_F(SqliteReplicaTest, AnotherWriterMakesTheDatabaseBusy) {
  const auto replica = database_.open();
  Connection other(database_.options().database);
  const WriteTransaction lock(other);
  EXPECT_EQ(refusal([&] { say_own(*replica, "x"); }), ErrorCode::database_busy);
  EXPECT_EQ(refusal([&] { replica->make_durable(); }), ErrorCode::database_busy);
  EXPECT_EQ(refusal([&] { replica->adopt_group(test::plain_group(9)); }), ErrorCode::database_busy);
}

TEST_F(SqliteReplicaTest, AReaderOpensReadOnlyBesideAWriter) {
  const auto writer = database_.open();
  auto options = database_.options();
  options.database.read_only = true;
  const auto reader = SqliteReplica::open(options);
  say_own(*writer, "x");
  EXPECT_EQ(reader->cursors(), writer->cursors());
}

TEST_F(SqliteReplicaTest, IsOneLogAndOneReplica) {
  const auto replica = database_.open();
  LocalLog& log = *replica;
  Replica& store = *replica;
  EXPECT_EQ(store.cursor(log.self()), EntryIndex{1});
}

}  // namespace
}  // namespace tidemark
