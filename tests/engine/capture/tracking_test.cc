#include "engine/capture/tracking.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::assess;
using engine::TableVerdict;

TableVerdict judge(const std::string& schema, std::string_view name = "t",
                   bool natural_key = false) {
  Scratch scratch(schema);
  pretend_collation(scratch.sql);
  return assess(scratch.sql, name, natural_key);
}

TEST(Tracking, AcceptsATableWithAKeyOfItsOwn) {
  const auto verdict =
      judge("CREATE TABLE T(id TEXT PRIMARY KEY, v); INSERT INTO T VALUES('1', 2), (NULL, 3)");
  EXPECT_FALSE(verdict.code);
  EXPECT_EQ(verdict.table, "T");
  EXPECT_EQ(verdict.key, "id TEXT");
  EXPECT_TRUE(verdict.reason.empty());
  EXPECT_EQ(verdict.rows, 2);
  EXPECT_EQ(verdict.null_keys, 1);
}

TEST(Tracking, DescribesACompositeKey) {
  EXPECT_EQ(judge("CREATE TABLE t(a INTEGER, b, PRIMARY KEY(b, a))").key, "b, a INTEGER");
}

TEST(Tracking, RefusesATableThatIsNotThere) {
  const auto verdict = judge("", "nothing");
  EXPECT_EQ(verdict.code, ErrorCode::table_missing);
  EXPECT_EQ(verdict.table, "nothing");
  EXPECT_FALSE(verdict.hint.empty());
}

TEST(Tracking, RefusesATableWithoutAKeyWithTheTableToUse) {
  const auto verdict = judge("CREATE TABLE t(a TEXT NOT NULL DEFAULT 'x', b)");
  EXPECT_EQ(verdict.code, ErrorCode::table_without_key);
  EXPECT_EQ(
      verdict.hint,
      "CREATE TABLE \"t\"(\"id\" TEXT PRIMARY KEY NOT NULL DEFAULT (lower(hex(randomblob(16)))), "
      "\"a\" TEXT NOT NULL DEFAULT ('x'), \"b\")");
}

TEST(Tracking, RefusesAnIntegerKeyUnlessItIsNatural) {
  const std::string schema = "CREATE TABLE t(id INTEGER PRIMARY KEY, v)";
  const auto verdict = judge(schema);
  EXPECT_EQ(verdict.code, ErrorCode::table_rowid_key);
  EXPECT_NE(verdict.hint.find("CREATE TABLE"), std::string::npos);
  EXPECT_NE(verdict.hint.find("--natural-key"), std::string::npos);
  EXPECT_FALSE(judge(schema, "t", true).code);
}

TEST(Tracking, TheTablesOfItsHintsAreValidAndTrackable) {
  for (const auto* schema :
       {"CREATE TABLE t(id INTEGER PRIMARY KEY, \"a b\" NOT NULL DEFAULT (1 + 1))",
        "CREATE TABLE t(x REAL DEFAULT -1)"}) {
    const auto verdict = judge(schema);
    const std::string sql = verdict.hint.substr(0, verdict.hint.find("; or"));
    EXPECT_FALSE(judge(sql).code) << sql;
  }
}

TEST(Tracking, RefusesAForeignCollationInTheKey) {
  EXPECT_EQ(judge("CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY)").code,
            ErrorCode::table_collation);
}

TEST(Tracking, RefusesAForeignCollationInAUniqueIndex) {
  const auto verdict = judge("CREATE TABLE t(id TEXT PRIMARY KEY, v COLLATE NOCASE UNIQUE)");
  EXPECT_EQ(verdict.code, ErrorCode::table_collation);
  EXPECT_NE(verdict.reason.find("mine"), std::string::npos);
}

TEST(Tracking, AcceptsAForeignCollationElsewhere) {
  EXPECT_FALSE(judge("CREATE TABLE t(id TEXT PRIMARY KEY, v COLLATE NOCASE)").code);
}

TEST(Tracking, RefusesAView) {
  EXPECT_EQ(judge("CREATE VIEW t AS SELECT 1").code, ErrorCode::table_unsupported);
}

TEST(Tracking, RefusesAVirtualTable) {
  EXPECT_EQ(judge("CREATE VIRTUAL TABLE t USING fts5(x)").code, ErrorCode::table_unsupported);
}

TEST(Tracking, RefusesTidemarksOwnTables) {
  EXPECT_EQ(judge("", "tidemark_meta").code, ErrorCode::table_unsupported);
  EXPECT_EQ(judge("", "TIDEMARK_ROW").code, ErrorCode::table_unsupported);
}

TEST(Tracking, ListsTheAppsTablesOnly) {
  Scratch scratch(
      "CREATE TABLE b(x INTEGER PRIMARY KEY AUTOINCREMENT); CREATE TABLE a(x); CREATE VIEW v AS "
      "SELECT 1;"
      "CREATE VIRTUAL TABLE f USING fts5(x); CREATE TABLE tidemarks(x)");
  EXPECT_EQ(engine::app_tables(scratch.sql), (std::vector<std::string>{"b", "a", "tidemarks"}));
}

}  // namespace
}  // namespace tidemark::test
