#include "engine/sink/oplog_sink.h"

#include <gtest/gtest.h>

#include "oplog/limits.h"
#include "tests/engine/merge_parts.h"

namespace tidemark::test {
namespace {

using engine::CapturedRow;
using engine::CapturedShape;
using engine::OplogSink;
using engine::TableState;
using proto::RowChange;

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY, title, body);";
constexpr std::int64_t kNow = 1'700'000'000'000;

/// A sink over table "notes"; the test plays both the triggers and the app.
class Sink : public testing::Test {
 protected:
  explicit Sink(const char* schema = kNotes) : parts_(schema), transaction_(parts_.scratch.sql) {
    parts_.catalog.set_triggers(parts_.table(), CapturedShape::of(*parts_.table().local));
    open();
    sink_->declare(parts_.table());
  }
  void open() {
    sink_ = std::make_unique<OplogSink>(
        transaction_, engine::SinkParts{parts_.catalog, parts_.clocks, parts_.addresser,
                                        parts_.shadow, parts_.merger, parts_.refs});
  }

  using Values = std::vector<Cell>;
  static Values row(std::string_view id, const Cell& title, const Cell& body = Cell::null()) {
    return {Cell::of_text(id), title, body};
  }
  CapturedRow captured(const Values& values) { return {parts_.table(), kNow, values}; }
  /// The app inserted a row, and capture saw it.
  void insert(const Values& values) {
    apply("INSERT OR REPLACE INTO notes VALUES(?1, ?2, ?3)", values);
    sink_->insert(captured(values));
  }
  void update(const Values& values, const std::vector<std::size_t>& changed) {
    apply("UPDATE notes SET title = ?2, body = ?3 WHERE id = ?1", values);
    sink_->update(captured(values), changed);
  }
  void remove(std::string_view id) {
    parts_.scratch.sql.execute("DELETE FROM notes WHERE id = '" + std::string(id) + "'");
    const Values values = row(id, Cell::null());
    sink_->remove(captured(values));
  }
  void apply(const char* sql, const Values& values) {
    auto statement = parts_.scratch.sql.prepare(sql);
    for (std::size_t i = 0; i < values.size(); ++i)
      statement.bind(static_cast<int>(i + 1), values[i]);
    statement.run();
  }
  /// "insert", "update" ... of the row entries, in order.
  std::string operations() const {
    std::string text;
    for (const RowChange& change : transaction_.rows()) {
      text += text.empty() ? "" : " ";
      text += change.operation == Operation::insert   ? "insert"
              : change.operation == Operation::update ? "update"
                                                      : "remove";
    }
    return text;
  }
  std::vector<std::uint16_t> columns_of(std::size_t entry) const {
    std::vector<std::uint16_t> ids;
    const auto rows = transaction_.rows();
    for (const auto& [id, cell] : rows.at(entry).columns) ids.push_back(id);
    return ids;
  }

  MergeParts parts_;
  LogModel transaction_;
  std::unique_ptr<OplogSink> sink_;
};

TEST_F(Sink, DeclaresATableOnce) {
  ASSERT_EQ(transaction_.own.size(), 1U);
  EXPECT_EQ(transaction_.own[0].kind, EntryKind::schema);
  sink_->declare(parts_.table());
  EXPECT_EQ(transaction_.own.size(), 1U);
  parts_.scratch.sql.execute("ALTER TABLE notes ADD COLUMN stars");
  parts_.use_local();
  sink_->declare(parts_.table());
  EXPECT_EQ(transaction_.own.size(), 2U);
}

TEST_F(Sink, AnInsertCarriesAllColumnsAndItsKeyOnce) {
  insert(row("1", Cell::of_text("milk")));
  EXPECT_EQ(operations(), "insert");
  EXPECT_EQ(columns_of(0), (std::vector<std::uint16_t>{1, 2}));
  EXPECT_EQ(transaction_.rows()[0].lift, 0U);
  EXPECT_EQ(parts_.table().live, 1);
  EXPECT_TRUE(parts_.clock("1").visible());
}

TEST_F(Sink, AnUpdateCarriesWhatChanged) {
  insert(row("1", Cell::of_text("milk")));
  update(row("1", Cell::of_text("milk"), Cell::of_integer(2)), {2});
  EXPECT_EQ(operations(), "insert update");
  EXPECT_EQ(columns_of(1), (std::vector<std::uint16_t>{2}));
  update(row("1", Cell::of_text("milk"), Cell::of_integer(2)), {});
  EXPECT_EQ(operations(), "insert update");
}

TEST_F(Sink, EveryEntryIsLiftedAboveAllRegistersOfItsRow) {
  const std::uint64_t far = (std::uint64_t{kNow + 3'600'000} << 16) + 7;
  parts_.merge("1", {{stamp(far, 2, 4), inserted(0, "1", Cell::of_text("ahead")).change}});
  update(row("1", Cell::of_text("mine")), {1});
  const auto rows = transaction_.rows();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(transaction_.own.back().tick.hlc.bits + rows[0].lift, far + 1);
  remove("1");
  EXPECT_GT(parts_.clock("1").registers.deleted->h, far + 1);
}

TEST_F(Sink, TheClockIsNotPushedByALift) {
  parts_.merge("1", {{stamp(kHlcEnd, 2, 4), inserted(0, "1", Cell::of_text("ahead")).change}});
  update(row("1", Cell::of_text("mine")), {1});
  insert(row("2", Cell::of_text("other")));
  EXPECT_LT(transaction_.own.back().tick.hlc.bits, (std::uint64_t{kNow + 1000} << 16));
  EXPECT_EQ(transaction_.rows()[1].lift, 0U);
}

TEST_F(Sink, AReplaceIsAnUpdateOfWhatDiffers) {
  insert(row("1", Cell::of_text("milk"), Cell::of_integer(1)));
  const Values old = row("1", Cell::of_text("milk"), Cell::of_integer(1));
  sink_->old_row(captured(old));
  insert(row("1", Cell::of_text("milk"), Cell::of_integer(2)));
  EXPECT_EQ(operations(), "insert update");
  EXPECT_EQ(columns_of(1), (std::vector<std::uint16_t>{2}));
}

TEST_F(Sink, AReplaceThatAlsoLogsItsDeleteIsTheSame) {
  insert(row("1", Cell::of_text("milk"), Cell::of_integer(1)));
  const Values old = row("1", Cell::of_text("milk"), Cell::of_integer(1));
  sink_->old_row(captured(old));
  sink_->remove(captured(old));
  insert(row("1", Cell::of_text("milk"), Cell::of_integer(1)));
  sink_->finish();
  EXPECT_EQ(operations(), "insert");
}

TEST_F(Sink, ADeleteAfterAnOldRowIsADeleteIfNothingFollows) {
  insert(row("1", Cell::of_text("milk")));
  const Values old = row("1", Cell::of_text("milk"));
  sink_->old_row(captured(old));
  remove("1");
  EXPECT_EQ(operations(), "insert");
  sink_->finish();
  EXPECT_EQ(operations(), "insert remove");
  EXPECT_FALSE(parts_.clock("1").registers.live());
}

TEST_F(Sink, ACandidateIsADeleteOnlyIfItIsGone) {
  insert(row("1", Cell::of_text("milk")));
  insert(row("2", Cell::of_text("tea")));
  parts_.scratch.sql.execute("DELETE FROM notes WHERE id = '1'");
  const Values gone = row("1", Cell::null());
  const Values here = row("2", Cell::null());
  const Values never = row("3", Cell::null());
  for (const auto* values : {&gone, &here, &never, &gone}) sink_->candidate(captured(*values));
  sink_->finish();
  EXPECT_EQ(operations(), "insert insert remove");
  EXPECT_TRUE(parts_.clock("2").visible());
}

TEST_F(Sink, AnInsertOverWhatTheUserDidNotSeeIsDeleteAndInsert) {
  parts_.merge("1", {removed(5, "1"), updated(9, "1", 1, Cell::of_text("waits"))});
  insert(row("1", Cell::of_text("mine")));
  EXPECT_EQ(operations(), "remove insert");
  EXPECT_TRUE(parts_.shadow.rows(parts_.table().no).empty());
}

TEST_F(Sink, AnInsertOverATombstoneIsOnlyAnInsert) {
  parts_.merge("1", {removed(5, "1")});
  insert(row("1", Cell::of_text("mine")));
  EXPECT_EQ(operations(), "insert");
}

TEST_F(Sink, DeletingWhatNobodyKnowsSaysNothing) {
  remove("1");
  sink_->finish();
  EXPECT_EQ(operations(), "");
}

TEST_F(Sink, AnUpdateOfARowThatNoCaptureSawBringsAllOfIt) {
  parts_.scratch.sql.execute("INSERT INTO notes VALUES('1', 'unseen', 1)");
  update(row("1", Cell::of_text("unseen"), Cell::of_integer(2)), {2});
  EXPECT_EQ(operations(), "insert");
  EXPECT_EQ(transaction_.rows()[0].columns[0].second, Cell::of_text("unseen"));
}

TEST_F(Sink, RowsWithNullOrTooLargeKeysStayLocalAndAreCounted) {
  sink_->insert(
      {parts_.table(), kNow, std::vector<Cell>{Cell::null(), Cell::null(), Cell::null()}});
  const std::string large(kKeyBytesMax, 'x');
  sink_->insert({parts_.table(), kNow, row(large, Cell::null())});
  EXPECT_EQ(operations(), "");
  EXPECT_EQ(replica::meta_integer(parts_.scratch.sql, "null_keys"), 1);
  EXPECT_EQ(replica::meta_integer(parts_.scratch.sql, "oversized_keys"), 1);
}

TEST_F(Sink, ASeedIsStampedBelowEverything) {
  parts_.catalog.set_state(parts_.table(), TableState::seeding);
  parts_.scratch.sql.execute("INSERT INTO notes VALUES('1', 'old', 1)");
  sink_->seed(captured(row("1", Cell::of_text("old"), Cell::of_integer(1))));
  ASSERT_EQ(transaction_.rows().size(), 1U);
  EXPECT_TRUE(transaction_.rows()[0].seed);
  EXPECT_EQ(parts_.clock("1").registers.inserted->h, 0U);
  EXPECT_EQ(parts_.shown(), "'1'|'old'|1");
}

TEST_F(Sink, ASeedGivesWayToWhatOthersSaid) {
  parts_.catalog.set_state(parts_.table(), TableState::seeding);
  parts_.scratch.sql.execute("INSERT INTO notes VALUES('1', 'old', 1), ('2', 'gone', 1)");
  parts_.merge("2", {removed(9, "2")});
  parts_.merge("1", {updated(9, "1", 1, Cell::of_text("edited"))});
  sink_->seed(captured(row("1", Cell::of_text("old"), Cell::of_integer(1))));
  sink_->seed(captured(row("2", Cell::of_text("gone"), Cell::of_integer(1))));
  EXPECT_EQ(parts_.shown(), "'1'|'edited'|1");
}

TEST_F(Sink, ARowInsertedMeanwhileIsNotSeeded) {
  parts_.catalog.set_state(parts_.table(), TableState::seeding);
  insert(row("1", Cell::of_text("new")));
  sink_->seed(captured(row("1", Cell::of_text("new"))));
  EXPECT_EQ(operations(), "insert");
}

TEST_F(Sink, TheContextComesFirstAndOnlyWhenCursorsMoved) {
  parts_.scratch.sql.execute(
      "INSERT INTO tidemark_origin(id, chain, applied) VALUES(x'"
      "07000000000000000000000000000000', x'', 12)");
  open();
  insert(row("1", Cell::null()));
  insert(row("2", Cell::null()));
  ASSERT_EQ(transaction_.own.size(), 4U);
  EXPECT_EQ(transaction_.own[1].kind, EntryKind::context);
  proto::ContextDelta delta;
  ASSERT_EQ(proto::decode(transaction_.own[1].payload, delta), proto::RecordReject::none);
  EXPECT_EQ(delta.moved, (std::vector<std::pair<PeerId, EntryIndex>>{{peer(7), EntryIndex{12}}}));
  open();
  insert(row("3", Cell::null()));
  EXPECT_EQ(transaction_.own.size(), 5U);
}

TEST_F(Sink, LargeValuesGoAheadInChunks) {
  const std::string large(kChunkBytesMax + 1000, 'x');
  insert(row("1", Cell::of_text(large), Cell::of_blob(as_bytes(large))));
  ASSERT_EQ(transaction_.own.size(), 6U);
  for (std::size_t i = 1; i <= 4; ++i) EXPECT_EQ(transaction_.own[i].kind, EntryKind::chunk);
  const auto change = transaction_.rows().at(0);
  for (const auto& [id, cell] : change.columns) {
    EXPECT_EQ(cell.type, proto::CellType::chunked);
    EXPECT_EQ(cell.total_bytes, large.size());
    EXPECT_EQ(cell.chunks, 2U);
  }
  EXPECT_EQ(change.columns[0].second.of, proto::CellType::text);
  EXPECT_EQ(change.columns[0].second.back + change.columns[1].second.back, 6U);
  for (const auto& entry : transaction_.own) EXPECT_LE(entry.payload.size(), kPayloadBytesMax);
}

TEST_F(Sink, OnlyAsMuchGoesAheadAsMust) {
  const std::string half(kRecordBytesMax / 2, 'x');
  insert(row("1", Cell::of_text(half), Cell::of_text("small")));
  EXPECT_EQ(transaction_.own.size(), 2U);
}

TEST_F(Sink, ALargeSeedThatMeetsOthersKeepsItsValue) {
  parts_.catalog.set_state(parts_.table(), TableState::seeding);
  const std::string large(kChunkBytesMax * 2, 'x');
  apply("INSERT INTO notes VALUES(?1, ?2, ?3)",
        row("1", Cell::of_text(large), Cell::of_integer(1)));
  parts_.merge("1", {updated(9, "1", 2, Cell::of_text("edited"))});
  sink_->seed(captured(row("1", Cell::of_text(large), Cell::of_integer(1))));
  EXPECT_EQ(parts_.scratch.sql.integer("SELECT length(title) FROM notes"),
            static_cast<std::int64_t>(large.size()));
  EXPECT_EQ(parts_.scratch.sql.text("SELECT body FROM notes"), "edited");
}

TEST_F(Sink, ALargeEditMadeWhileTheTableWasGivenUpKeepsItsValue) {
  parts_.merge("1", {inserted(5, "1", Cell::of_text("milk"))});
  const std::string large(kChunkBytesMax * 2, 'x');
  // As untrack leaves it: the row in table and shadow.
  auto at = parts_.clocks.load(parts_.addresser.address(parts_.table().no, parts_.identity("1")));
  for (engine::ColumnNo column = 0; column < 3; ++column) {
    const Values shown = row("1", Cell::of_text("milk"));
    parts_.shadow.put(parts_.table().no, parts_.identity("1"), column, shown[column]);
  }
  at.clock.parked = at.clock.shadowed = true;
  parts_.clocks.store(parts_.addresser.address(parts_.table().no, parts_.identity("1")), at.clock,
                      at.where);
  PeerCursors base;
  base.advance(peer(2), EntryIndex{100});
  parts_.catalog.set_base(parts_.table(), base);
  parts_.catalog.set_state(parts_.table(), TableState::returning);
  apply("UPDATE notes SET title = ?2 WHERE id = ?1", {Cell::of_text("1"), Cell::of_text(large)});
  sink_->seed(captured(row("1", Cell::of_text(large))));
  EXPECT_EQ(operations(), "update");
  EXPECT_EQ(parts_.scratch.sql.integer("SELECT length(title) FROM notes"),
            static_cast<std::int64_t>(large.size()));
}

}  // namespace
}  // namespace tidemark::test
