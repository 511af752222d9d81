#include "engine/capture/schema_notice.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::Catalog;
using engine::CatalogTable;
using engine::notice_schema;
using engine::SchemaNotice;
using engine::TableState;
using engine::TriggerCapture;

/// A tracked table "notes" with its triggers.
class Notice : public testing::Test {
 protected:
  Notice() : scratch_("CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);") {
    CatalogTable& table = catalog_.obtain("notes");
    catalog_.set_state(table, TableState::tracked);
    catalog_.set_local(table, engine::read_shape(scratch_.sql, "notes").value());
    capture_.install(table);
  }
  /// What is noticed after `sql`: "lost", "rebuilt", "altered", "returned" or nothing.
  std::string after(const std::string& sql) {
    scratch_.sql.execute(sql);
    const SchemaNotice notice = notice_schema(scratch_.sql, catalog_, capture_);
    std::string text;
    if (!notice.lost.empty()) text += "lost";
    if (!notice.rebuilt.empty()) text += "rebuilt";
    if (!notice.altered.empty()) text += "altered";
    if (!notice.returned.empty()) text += "returned";
    return text;
  }
  CatalogTable& table() { return *catalog_.find("notes"); }

  Scratch scratch_;
  Catalog catalog_{scratch_.sql};
  TriggerCapture capture_{scratch_.sql, catalog_};
};

TEST_F(Notice, NothingWhenNothingConcernsUs) {
  EXPECT_EQ(after(""), "");
  EXPECT_EQ(after("CREATE TABLE other(x); CREATE INDEX i ON notes(title)"), "");
}

TEST_F(Notice, AnAddedColumn) {
  EXPECT_EQ(after("ALTER TABLE notes ADD COLUMN stars"), "altered");
  EXPECT_EQ(table().local->shape.columns.size(), 4U);
}

TEST_F(Notice, ARenamedColumn) {
  EXPECT_EQ(after("ALTER TABLE notes RENAME COLUMN body TO content"), "rebuilt");
}

TEST_F(Notice, ATableThatWasMadeAnew) {
  EXPECT_EQ(
      after("DROP TABLE notes; CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body)"),
      "rebuilt");
}

TEST_F(Notice, AMissingTrigger) {
  EXPECT_EQ(after("DROP TRIGGER tidemark_1_after_delete"), "rebuilt");
}

TEST_F(Notice, AnAppsTriggerThatWouldRunBeforeOurs) {
  EXPECT_EQ(after("CREATE TRIGGER touch AFTER UPDATE ON notes BEGIN SELECT 1; END"), "rebuilt");
  capture_.install(table());
  EXPECT_EQ(after(""), "");
}

TEST_F(Notice, ADroppedTableAndItsReturn) {
  EXPECT_EQ(after("DROP TABLE notes"), "lost");
  EXPECT_EQ(table().state, TableState::dropped);
  EXPECT_FALSE(table().local);
  EXPECT_EQ(after(""), "");
  EXPECT_EQ(after("CREATE TABLE Notes(id TEXT PRIMARY KEY NOT NULL)"), "returned");
  EXPECT_EQ(table().state, TableState::returning);
  EXPECT_TRUE(table().local);
}

TEST_F(Notice, ARenamedTableIsGone) {
  EXPECT_EQ(after("ALTER TABLE notes RENAME TO memos"), "lost");
}

TEST_F(Notice, AnotherKeyIsAnotherTable) {
  for (const auto* schema :
       {"id TEXT, title PRIMARY KEY NOT NULL", "id TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, title",
        "id TEXT, title, PRIMARY KEY(id, title)", "id TEXT, title"}) {
    const std::string create = "CREATE TABLE notes(" + std::string(schema) + ")";
    EXPECT_EQ(after("DROP TABLE notes;" + create), "lost") << schema;
    EXPECT_EQ(
        after("DROP TABLE notes; CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body)"),
        "returned");
    catalog_.set_state(table(), TableState::tracked);
    capture_.install(table());
  }
}

TEST_F(Notice, TablesThatWereGivenUpAreNotLookedAt) {
  catalog_.set_state(table(), TableState::untracked);
  EXPECT_EQ(after("DROP TABLE notes"), "");
}

}  // namespace
}  // namespace tidemark::test
