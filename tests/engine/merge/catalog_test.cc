#include "engine/merge/catalog.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::CapturedShape;
using engine::Catalog;
using engine::CatalogTable;
using engine::ColumnNo;
using engine::kNoColumn;
using engine::TableState;

class CatalogOn : public testing::Test {
 protected:
  CatalogTable& track(const std::string& schema) {
    scratch_.sql.execute(schema);
    CatalogTable& table = catalog_.obtain("Notes");
    catalog_.set_state(table, TableState::tracked);
    catalog_.set_local(table, engine::read_shape(scratch_.sql, "notes").value());
    return table;
  }
  const engine::Declaration& declare_as(std::int64_t origin, const proto::TableDecl& decl) {
    catalog_.declare(origin, decl, proto::encode(decl));
    return *catalog_.declaration(origin, decl.table);
  }

  Scratch scratch_;
  Catalog catalog_{scratch_.sql};
};

TEST_F(CatalogOn, NamesAreFolded) {
  CatalogTable& table = catalog_.obtain("Notes");
  EXPECT_EQ(&catalog_.obtain("NOTES"), &table);
  EXPECT_EQ(catalog_.find("notes"), &table);
  EXPECT_EQ(table.spelling, "Notes");
  EXPECT_EQ(catalog_.column(table, "Title"), 0);
  EXPECT_EQ(catalog_.column(table, "TITLE"), 0);
  EXPECT_EQ(catalog_.column(table, "body"), 1);
  EXPECT_EQ(catalog_.find("other"), nullptr);
}

TEST_F(CatalogOn, EverythingComesBackAfterAReload) {
  CatalogTable& table = track("CREATE TABLE notes(id TEXT COLLATE NOCASE PRIMARY KEY, Title);");
  catalog_.set_triggers(table, CapturedShape::of(*table.local));
  catalog_.set_declared(table, Bytes(3, std::byte{5}));
  PeerCursors base;
  base.advance(peer(7), EntryIndex{12});
  catalog_.set_base(table, base);
  table.digest = {~std::uint64_t{0}, 3};
  table.live = 42;
  table.dirty = true;
  catalog_.save();
  declare_as(2, declare("notes", {"id", "stars"}));

  Catalog again(scratch_.sql);
  again.reload(true);
  const CatalogTable& back = *again.find("notes");
  EXPECT_EQ(back.no, table.no);
  EXPECT_EQ(back.state, TableState::tracked);
  EXPECT_EQ(back.columns, (std::vector<std::string>{"id", "title", "stars"}));
  EXPECT_EQ(back.names.columns(), 3U);
  EXPECT_EQ(back.triggers, table.triggers);
  EXPECT_EQ(back.declared, table.declared);
  EXPECT_EQ(back.base, base);
  EXPECT_EQ(back.digest, table.digest);
  EXPECT_EQ(back.live, 42);
  ASSERT_TRUE(back.local);
  EXPECT_EQ(back.local->column_nos, (std::vector<ColumnNo>{0, 1}));
  const auto* decl = again.declaration(2, 1);
  ASSERT_NE(decl, nullptr);
  EXPECT_EQ(decl->table, &back);
  EXPECT_EQ(decl->columns, (std::vector<ColumnNo>{0, 2}));
}

TEST_F(CatalogOn, WithoutShapesNothingIsUsableAndNothingIsAllocated) {
  track("CREATE TABLE notes(id TEXT PRIMARY KEY, title);");
  scratch_.sql.execute("ALTER TABLE notes ADD COLUMN fresh");
  Catalog again(scratch_.sql);
  again.reload(false);
  EXPECT_FALSE(again.find("notes")->local);
  EXPECT_EQ(again.find("notes")->columns.size(), 2U);
}

TEST_F(CatalogOn, OnlyCapturedTablesAreUsable) {
  CatalogTable& table = track("CREATE TABLE notes(id TEXT PRIMARY KEY);");
  for (const auto state : {TableState::seeding, TableState::returning}) {
    catalog_.set_state(table, state);
    EXPECT_TRUE(table.captured() && table.unseeded());
  }
  for (const auto state : {TableState::dropped, TableState::untracked, TableState::unknown}) {
    catalog_.set_state(table, state);
    EXPECT_FALSE(table.captured());
    EXPECT_FALSE(table.local);
  }
}

TEST_F(CatalogOn, PositionsFollowTheTable) {
  CatalogTable& table = catalog_.obtain("notes");
  catalog_.column(table, "stars");
  track("CREATE TABLE notes(title, id TEXT PRIMARY KEY, stars);");
  EXPECT_EQ(table.local->column_nos, (std::vector<ColumnNo>{1, 2, 0}));
  EXPECT_EQ(table.local->carried, (std::vector<ColumnNo>{0, 1, 2}));
  EXPECT_EQ(table.local->position(0), 2U);
  EXPECT_EQ(table.local->position(77), 3U);
  EXPECT_EQ(table.local->key_columns, (std::vector<std::size_t>{1}));
}

TEST_F(CatalogOn, ADeclarationMapsTheOriginsIds) {
  track("CREATE TABLE notes(id TEXT PRIMARY KEY, title);");
  auto decl = declare("NOTES", {"id", "title"});
  decl.columns[1].id = 5;
  const auto& found = declare_as(2, decl);
  EXPECT_EQ(found.columns,
            (std::vector<ColumnNo>{0, kNoColumn, kNoColumn, kNoColumn, kNoColumn, 1}));
  EXPECT_EQ(found.key, (std::vector<ColumnNo>{0}));
  EXPECT_TRUE(found.placeable);
  EXPECT_EQ(catalog_.declaration(2, 9), nullptr);
  EXPECT_EQ(catalog_.declaration(3, 1), nullptr);
}

TEST_F(CatalogOn, ALaterDeclarationReplacesButLeavesTheEarlierUsable) {
  const auto& first = declare_as(2, declare("notes", {"id", "title"}));
  const auto& second = declare_as(2, declare("notes", {"id", "title", "stars"}));
  EXPECT_NE(&first, &second);
  EXPECT_EQ(first.columns.size(), 2U);
  EXPECT_EQ(second.columns.size(), 3U);
}

TEST_F(CatalogOn, RowsAreOnlyPlaceableUnderTheLocalKey) {
  track("CREATE TABLE notes(id TEXT COLLATE NOCASE PRIMARY KEY, title);");
  auto decl = declare("notes", {"id", "title"});
  EXPECT_FALSE(declare_as(2, decl).placeable);
  decl.key[0].collation = proto::Collation::nocase;
  EXPECT_TRUE(declare_as(2, decl).placeable);
  decl.key[0].column = 1;
  EXPECT_FALSE(declare_as(2, decl).placeable);
  catalog_.clear_local(*catalog_.find("notes"));
  EXPECT_FALSE(catalog_.declaration(2, 1)->placeable);
}

TEST_F(CatalogOn, TheOwnDeclarationSaysWhatTheTableIs) {
  CatalogTable& table = track(
      "CREATE TABLE notes(v INTEGER DEFAULT 3, b TEXT COLLATE NOCASE, a, PRIMARY KEY(b, a), "
      "FOREIGN KEY(v) REFERENCES other(id));");
  const auto decl = catalog_.own_declaration(table);
  EXPECT_EQ(decl.table, table.no);
  EXPECT_EQ(decl.name, "notes");
  EXPECT_FALSE(decl.natural_key);
  EXPECT_EQ(decl.key, (std::vector<proto::KeyColumnDecl>{{1, proto::Collation::nocase},
                                                         {2, proto::Collation::binary}}));
  ASSERT_EQ(decl.columns.size(), 3U);
  EXPECT_EQ(decl.columns[0].type, "INTEGER");
  EXPECT_EQ(decl.columns[0].constant_default->view(), proto::Cell::of_integer(3));
  ASSERT_EQ(decl.foreign_keys.size(), 1U);
  EXPECT_EQ(decl.foreign_keys[0].parent, "other");
  EXPECT_FALSE(decl.foreign_keys[0].enforced);
}

TEST_F(CatalogOn, AnIntegerKeyIsDeclaredNatural) {
  EXPECT_TRUE(
      catalog_.own_declaration(track("CREATE TABLE notes(id INTEGER PRIMARY KEY);")).natural_key);
}

TEST(CapturedShape, ComesBackFromItsText) {
  const CapturedShape shape{{0, 7, 3}, {2, 0}, {proto::Collation::rtrim, proto::Collation::binary}};
  EXPECT_EQ(shape.text(), "0,7,3;2:2,0:0");
  EXPECT_EQ(CapturedShape::parse(shape.text()), shape);
  EXPECT_EQ(CapturedShape::parse(""), CapturedShape{});
}

}  // namespace
}  // namespace tidemark::test
