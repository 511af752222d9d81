#include "engine/capture/table_shape.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::absent_value;
using engine::Affinity;
using engine::affinity_of;
using engine::read_shape;
using engine::TableShape;
using proto::Cell;
using proto::OwnedCell;

TableShape shape_of(const std::string& schema, std::string_view name = "t") {
  Scratch scratch(schema);
  auto shape = read_shape(scratch.sql, name);
  if (!shape) throw std::runtime_error("no shape");
  return *shape;
}

std::vector<std::string> collations(const TableShape& shape) {
  std::vector<std::string> all;
  for (const auto& part : shape.key) {
    all.push_back(shape.columns[part.column].name + " " + part.collation);
  }
  return all;
}

TEST(TableShape, ReadsColumnsInOrder) {
  const auto shape =
      shape_of("CREATE TABLE T(id TEXT PRIMARY KEY NOT NULL, \"a b\" INTEGER DEFAULT 3, c)");
  EXPECT_EQ(shape.name, "T");
  ASSERT_EQ(shape.columns.size(), 3U);
  EXPECT_EQ(shape.columns[0].name, "id");
  EXPECT_TRUE(shape.columns[0].not_null);
  EXPECT_EQ(shape.columns[1].name, "a b");
  EXPECT_EQ(shape.columns[1].type, "INTEGER");
  EXPECT_EQ(shape.columns[1].default_sql, "3");
  EXPECT_TRUE(shape.is_key(0));
  EXPECT_FALSE(shape.is_key(1));
  EXPECT_FALSE(shape.rowid_alias);
}

TEST(TableShape, ReadsTheKeysOrderAndCollations) {
  EXPECT_EQ(collations(shape_of(
                "CREATE TABLE t(a TEXT COLLATE NOCASE, b COLLATE RTRIM, c, PRIMARY KEY(c, b, a))")),
            (std::vector<std::string>{"c BINARY", "b RTRIM", "a NOCASE"}));
  EXPECT_EQ(collations(shape_of(
                "CREATE TABLE t(a TEXT COLLATE NOCASE, b, PRIMARY KEY(b, a COLLATE BINARY)) "
                "WITHOUT ROWID")),
            (std::vector<std::string>{"b BINARY", "a BINARY"}));
}

TEST(TableShape, ReadsCollationsThatAreNotHere) {
  Scratch scratch("CREATE TABLE t(a TEXT COLLATE NOCASE PRIMARY KEY)");
  pretend_collation(scratch.sql);
  EXPECT_EQ(collations(*read_shape(scratch.sql, "t")), (std::vector<std::string>{"a mine"}));
}

TEST(TableShape, KnowsARowidAlias) {
  EXPECT_TRUE(shape_of("CREATE TABLE t(id INTEGER PRIMARY KEY, v)").rowid_alias);
  EXPECT_TRUE(shape_of("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, v)").rowid_alias);
  EXPECT_FALSE(shape_of("CREATE TABLE t(id INT PRIMARY KEY, v)").rowid_alias);
  EXPECT_FALSE(shape_of("CREATE TABLE t(id INTEGER PRIMARY KEY, v) WITHOUT ROWID").rowid_alias);
  EXPECT_FALSE(shape_of("CREATE TABLE t(id INTEGER, v)").rowid_alias);
}

TEST(TableShape, HasNoKeyWithoutAPrimaryKey) {
  EXPECT_TRUE(shape_of("CREATE TABLE t(a UNIQUE NOT NULL)").key.empty());
}

TEST(TableShape, LeavesOutGeneratedColumns) {
  const auto shape =
      shape_of("CREATE TABLE t(id TEXT PRIMARY KEY, a, g AS (a + 1), s AS (a) STORED, b)");
  ASSERT_EQ(shape.columns.size(), 3U);
  EXPECT_EQ(shape.columns[2].name, "b");
  EXPECT_EQ(shape.generated, (std::vector<std::string>{"g", "s"}));
}

TEST(TableShape, ReadsStrictTables) {
  const auto shape = shape_of("CREATE TABLE t(id TEXT PRIMARY KEY, a ANY, b INTEGER) STRICT");
  EXPECT_EQ(shape.columns[1].type, "ANY");
  EXPECT_EQ(affinity_of(shape.columns[1].type), Affinity::blob);
}

TEST(TableShape, ReadsUniqueIndexes) {
  const auto shape = shape_of(
      "CREATE TABLE t(id TEXT PRIMARY KEY, a UNIQUE, b COLLATE NOCASE, UNIQUE(b, a));"
      "CREATE INDEX plain ON t(a)");
  ASSERT_EQ(shape.uniques.size(), 2U);
  const auto& pair = shape.uniques[0].terms.size() == 2 ? shape.uniques[0] : shape.uniques[1];
  EXPECT_EQ(pair.terms[0].sql, "\"b\"");
  EXPECT_EQ(pair.terms[0].collation, "NOCASE");
  EXPECT_EQ(pair.terms[1].sql, "\"a\"");
  EXPECT_TRUE(pair.where.empty());
}

TEST(TableShape, ReadsPartialIndexes) {
  const auto shape = shape_of(
      "CREATE TABLE t(id TEXT PRIMARY KEY, a, gone);"
      "CREATE UNIQUE INDEX x ON t(a) WHERE gone IS NULL AND a <> ')('");
  ASSERT_EQ(shape.uniques.size(), 1U);
  EXPECT_EQ(shape.uniques[0].where, " gone IS NULL AND a <> ')('");
}

TEST(TableShape, ReadsExpressionIndexes) {
  const auto shape = shape_of(
      "CREATE TABLE t(id TEXT PRIMARY KEY, a, b);"
      "CREATE UNIQUE INDEX x ON t(lower(a), b, replace(a, ',', ')'))");
  ASSERT_EQ(shape.uniques.size(), 1U);
  ASSERT_EQ(shape.uniques[0].terms.size(), 3U);
  EXPECT_EQ(shape.uniques[0].terms[0].sql, "(lower(a))");
  EXPECT_EQ(shape.uniques[0].terms[1].sql, "\"b\"");
  EXPECT_EQ(shape.uniques[0].terms[2].sql, "( replace(a, ',', ')'))");
}

TEST(TableShape, ReadsForeignKeys) {
  const auto shape = shape_of(
      "CREATE TABLE t(id TEXT PRIMARY KEY, a, b REFERENCES p, "
      "FOREIGN KEY(b, A) REFERENCES q(x, y))");
  ASSERT_EQ(shape.foreign_keys.size(), 2U);
  const auto& wide =
      shape.foreign_keys[0].parent == "q" ? shape.foreign_keys[0] : shape.foreign_keys[1];
  const auto& plain =
      shape.foreign_keys[0].parent == "p" ? shape.foreign_keys[0] : shape.foreign_keys[1];
  EXPECT_EQ(wide.columns, (std::vector<std::size_t>{2, 1}));
  EXPECT_EQ(wide.parent_columns, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(plain.columns, (std::vector<std::size_t>{2}));
  EXPECT_TRUE(plain.parent_columns.empty());
}

TEST(TableShape, IsNoneForWhatIsNoOrdinaryTable) {
  Scratch scratch(
      "CREATE TABLE t(a); CREATE VIEW v AS SELECT 1; CREATE INDEX i ON t(a);"
      "CREATE TABLE s(id INTEGER PRIMARY KEY AUTOINCREMENT)");
  EXPECT_FALSE(read_shape(scratch.sql, "v"));
  EXPECT_FALSE(read_shape(scratch.sql, "i"));
  EXPECT_FALSE(read_shape(scratch.sql, "missing"));
  EXPECT_FALSE(read_shape(scratch.sql, "sqlite_sequence"));
  EXPECT_TRUE(read_shape(scratch.sql, "T"));
}

TEST(Affinity, FollowsSqlitesRules) {
  EXPECT_EQ(affinity_of("BIGINT"), Affinity::integer);
  EXPECT_EQ(affinity_of("CHARINT"), Affinity::integer);
  EXPECT_EQ(affinity_of("VARCHAR(20)"), Affinity::text);
  EXPECT_EQ(affinity_of("clob"), Affinity::text);
  EXPECT_EQ(affinity_of(""), Affinity::blob);
  EXPECT_EQ(affinity_of("BLOB"), Affinity::blob);
  EXPECT_EQ(affinity_of("DOUBLE PRECISION"), Affinity::real);
  EXPECT_EQ(affinity_of("FLOAT"), Affinity::real);
  EXPECT_EQ(affinity_of("DECIMAL(10,5)"), Affinity::numeric);
  EXPECT_EQ(affinity_of("DATETIME"), Affinity::numeric);
}

/// What rows that have no value in a column of this definition show.
OwnedCell absent(const std::string& definition) {
  const auto shape = shape_of("CREATE TABLE t(id TEXT PRIMARY KEY, c " + definition + ")");
  return OwnedCell(absent_value(shape.columns[1]));
}

TEST(AbsentValue, IsTheConstantDefault) {
  EXPECT_EQ(absent("DEFAULT 3").view(), Cell::of_integer(3));
  EXPECT_EQ(absent("DEFAULT -2.5").view(), Cell::of_real(-2.5));
  EXPECT_EQ(absent("DEFAULT +7").view(), Cell::of_integer(7));
  EXPECT_EQ(absent("DEFAULT 0x10").view(), Cell::of_integer(16));
  EXPECT_EQ(absent("DEFAULT 1e3").view(), Cell::of_real(1000));
  EXPECT_EQ(absent("DEFAULT 'it''s'").view(), Cell::of_text("it's"));
  EXPECT_EQ(absent("DEFAULT ''").view(), Cell::of_text(""));
  EXPECT_EQ(absent("DEFAULT x'00ff'").view(),
            Cell::of_blob(as_bytes(std::string_view("\0\xff", 2))));
  EXPECT_EQ(absent("DEFAULT ('x')").view(), Cell::of_text("x"));
  EXPECT_EQ(absent("DEFAULT true").view(), Cell::of_integer(1));
  EXPECT_EQ(absent("NOT NULL DEFAULT (('y'))").view(), Cell::of_text("y"));
}

TEST(AbsentValue, IsTheTextOfADefaultThatIsAWord) {
  EXPECT_EQ(absent("DEFAULT \"word\"").view(), Cell::of_text("word"));
  EXPECT_EQ(absent("DEFAULT \"two \"\"words\"").view(), Cell::of_text("two \"words"));
  EXPECT_EQ(absent("DEFAULT word").view(), Cell::of_text("word"));
}

TEST(AbsentValue, IsNullWithoutAConstantDefault) {
  EXPECT_EQ(absent("").view(), Cell::null());
  EXPECT_EQ(absent("DEFAULT CURRENT_TIMESTAMP").view(), Cell::null());
  EXPECT_EQ(absent("DEFAULT (random())").view(), Cell::null());
  EXPECT_EQ(absent("DEFAULT ('a' || 'b')").view(), Cell::null());
  EXPECT_EQ(absent("DEFAULT NULL").view(), Cell::null());
}

TEST(AbsentValue, IsATypedZeroWhereNullIsForbidden) {
  EXPECT_EQ(absent("TEXT NOT NULL").view(), Cell::of_text(""));
  EXPECT_EQ(absent("BLOB NOT NULL").view(), Cell::of_blob({}));
  EXPECT_EQ(absent("INTEGER NOT NULL DEFAULT (random())").view(), Cell::of_integer(0));
  EXPECT_EQ(absent("NUMERIC NOT NULL").view(), Cell::of_integer(0));
}

TEST(KnownCollation, AreTheThreeOfSqlite) {
  EXPECT_EQ(engine::known_collation("binary"), proto::Collation::binary);
  EXPECT_EQ(engine::known_collation("NOCASE"), proto::Collation::nocase);
  EXPECT_EQ(engine::known_collation("Rtrim"), proto::Collation::rtrim);
  EXPECT_FALSE(engine::known_collation("mine"));
}

TEST(Folded, TouchesAsciiOnly) {
  EXPECT_EQ(engine::folded("Ab\xc3\x84Z"), "ab\xc3\x84z");
}

}  // namespace
}  // namespace tidemark::test
