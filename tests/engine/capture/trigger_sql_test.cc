#include "engine/capture/trigger_sql.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

using engine::create_triggers;
using engine::drop_triggers;
using engine::read_shape;
using engine::trigger_names;

/// Table t with triggers, as table 7, on a connection on which they fire.
class Triggers : public testing::Test {
 protected:
  void make(const std::string& schema) {
    {
      replica::WriteTransaction write(sql_);
      replica::migrate(sql_);
      write.commit();
    }
    sql_.execute(schema);
    const auto shape = read_shape(sql_, "t").value();
    for (std::size_t i = 8; i < shape.columns.size(); ++i) {
      sql_.execute("ALTER TABLE tidemark_pending ADD COLUMN v" + std::to_string(i));
    }
    for (const auto& statement : create_triggers(7, shape)) sql_.execute(statement);
  }
  /// "op[mask] v0,v1,v2; ..." of what statements log.
  std::string logged(const std::string& statements) {
    sql_.execute("DELETE FROM tidemark_pending");
    sql_.execute(statements);
    EXPECT_EQ(sql_.integer("SELECT count(*) FROM tidemark_pending WHERE tbl <> 7"), 0);
    return sql_.text(
        "SELECT ifnull(group_concat(line, '; '), '') FROM (SELECT op || ifnull('[' || mask || ']', "
        "'') "
        "|| ' ' || quote(v0) || ',' || quote(v1) || ',' || quote(v2) AS line "
        "FROM tidemark_pending ORDER BY seq)");
  }

  static replica::ConnectionOptions options(const TempDir& directory) {
    replica::ConnectionOptions options;
    options.role = replica::Role::app;
    options.path = directory.file("app.db");
    options.create = true;
    return options;
  }
  TempDir directory_{TempDir::Place::memory};
  replica::Connection sql_{options(directory_)};
};

constexpr const char* kPlain = "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a, b INTEGER)";

TEST_F(Triggers, AnInsertLogsAllValues) {
  make(kPlain);
  EXPECT_EQ(logged("INSERT INTO t VALUES('1', x'00', '7')"), "1 '1',X'00',7");
}

TEST_F(Triggers, AnUpdateLogsMaskKeyAndChangedValues) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7)");
  EXPECT_EQ(logged("UPDATE t SET a = 5, b = 8"), "2[4] '1',NULL,8");
  EXPECT_EQ(logged("UPDATE t SET a = NULL"), "2[2] '1',NULL,NULL");
}

TEST_F(Triggers, OneAndOnePointZeroDifferWhereAColumnCanHoldBoth) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 1, 1)");
  EXPECT_EQ(logged("UPDATE t SET a = 1.0, b = 1.0"), "2[2] '1',1.0,NULL");
}

TEST_F(Triggers, AChangedSpellingOfAFoldedKeyIsAnUpdate) {
  make("CREATE TABLE t(id TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, a COLLATE NOCASE, b)");
  sql_.execute("INSERT INTO t VALUES('bob', 'x', 1)");
  EXPECT_EQ(logged("UPDATE t SET id = 'BOB', a = 'X'"), "2[3] 'BOB','X',NULL");
}

TEST_F(Triggers, AnUpdateThatChangesNothingHasAnEmptyMask) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7)");
  EXPECT_EQ(logged("UPDATE t SET a = a, b = 7"), "2[0] '1',NULL,NULL");
}

TEST_F(Triggers, AChangedKeyIsADeleteAndAnInsert) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7)");
  EXPECT_EQ(logged("UPDATE t SET id = '2'"), "3 '1',NULL,NULL; 1 '2',5,7");
}

TEST_F(Triggers, ADeleteLogsTheKey) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7), ('2', 5, 7)");
  EXPECT_EQ(logged("DELETE FROM t"), "3 '1',NULL,NULL; 3 '2',NULL,NULL");
}

TEST_F(Triggers, AReplaceLogsTheOldRowFirst) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('1', 5, 8)"), "4 '1',5,7; 1 '1',5,8");
}

TEST_F(Triggers, AKeyChangeOntoAnotherRowLogsThatRowFirst) {
  make(kPlain);
  sql_.execute("INSERT INTO t VALUES('1', 5, 7), ('2', 6, 8)");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET id = '2' WHERE id = '1'"),
            "4 '2',6,8; 3 '1',NULL,NULL; 1 '2',5,7");
}

TEST_F(Triggers, ReplaceLogsWhomItMayEvict) {
  make("CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a UNIQUE, b)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7), ('2', 'y', 8)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('3', 'x', 9)"), "5 '1',NULL,NULL; 1 '3','x',9");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET a = 'y' WHERE id = '3'"),
            "5 '2',NULL,NULL; 2[2] '3','y',NULL");
}

TEST_F(Triggers, UpdatesOfUncontestedColumnsLogNothingElse) {
  make("CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a UNIQUE, b)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7)");
  EXPECT_EQ(logged("UPDATE t SET b = 8"), "2[4] '1',NULL,8");
}

TEST_F(Triggers, CandidatesAreFoundUnderTheIndexsCollation) {
  make("CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a COLLATE NOCASE UNIQUE, b)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('3', 'X', 9)"), "5 '1',NULL,NULL; 1 '3','X',9");
}

TEST_F(Triggers, CandidatesOfPartialAndExpressionIndexesAreFound) {
  make(
      "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a, b);"
      "CREATE UNIQUE INDEX x ON t(lower(a)) WHERE b > 0");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7), ('2', 'x', -1)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('3', 'X', 9)"), "5 '1',NULL,NULL; 1 '3','X',9");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET b = 1 WHERE id = '2'"),
            "5 '3',NULL,NULL; 2[4] '2',NULL,1");
}

TEST_F(Triggers, ARowWithNullInItsKeyEvictsToo) {
  make("CREATE TABLE t(id TEXT PRIMARY KEY, a UNIQUE, b)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7), ('2', 'y', 8)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES(NULL, 'x', 9)"),
            "5 '1',NULL,NULL; 1 NULL,'x',9");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET a = 'y' WHERE id IS NULL"), "5 '2',NULL,NULL");
}

TEST_F(Triggers, AUniqueGeneratedColumnEvictsToo) {
  make("CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a, b, g AS (lower(a)) UNIQUE)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7), ('2', 'y', 8)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('3', 'X', 9)"), "5 '1',NULL,NULL; 1 '3','X',9");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET a = 'Y' WHERE id = '3'"),
            "5 '2',NULL,NULL; 2[2] '3','Y',NULL");
}

TEST_F(Triggers, AnIndexedExpressionMayReadAGeneratedColumn) {
  make(
      "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL, a, b, g AS (lower(a)));"
      "CREATE UNIQUE INDEX x ON t(g || b)");
  sql_.execute("INSERT INTO t VALUES('1', 'x', 7)");
  EXPECT_EQ(logged("INSERT OR REPLACE INTO t VALUES('3', 'X', 7)"), "5 '1',NULL,NULL; 1 '3','X',7");
}

TEST_F(Triggers, ARowidAliasChangesUnderAnyOfItsNames) {
  make("CREATE TABLE t(id INTEGER PRIMARY KEY, a, b)");
  sql_.execute("INSERT INTO t(a) VALUES('x'), ('y')");
  EXPECT_EQ(logged("UPDATE t SET rowid = 9 WHERE id = 1"), "3 1,NULL,NULL; 1 9,'x',NULL");
  EXPECT_EQ(logged("UPDATE OR REPLACE t SET _rowid_ = 9 WHERE id = 2"),
            "4 9,'x',NULL; 3 2,NULL,NULL; 1 9,'y',NULL");
}

std::string wide_table(int columns) {
  std::string sql = "CREATE TABLE t(id TEXT PRIMARY KEY NOT NULL";
  for (int i = 1; i < columns; ++i) sql += ", c" + std::to_string(i);
  return sql + ")";
}

TEST_F(Triggers, SixtyTwoColumnsHaveAnIntegerMask) {
  make(wide_table(62));
  sql_.execute("INSERT INTO t(id) VALUES('1')");
  logged("UPDATE t SET c61 = 1, c1 = 2");
  EXPECT_EQ(sql_.text("SELECT typeof(mask) FROM tidemark_pending"), "integer");
  EXPECT_EQ(sql_.integer("SELECT mask FROM tidemark_pending"), (std::int64_t{1} << 61) + 2);
}

TEST_F(Triggers, WiderTablesHaveATextOfDigits) {
  make(wide_table(63));
  sql_.execute("INSERT INTO t(id) VALUES('1')");
  logged("UPDATE t SET c62 = 1, c1 = 2");
  EXPECT_EQ(sql_.text("SELECT mask FROM tidemark_pending"), "01" + std::string(60, '0') + "1");
}

TEST_F(Triggers, NamesMayBeAnything) {
  make("CREATE TABLE t(\"a \"\"b\" TEXT PRIMARY KEY NOT NULL, \"order\" UNIQUE, 'x''y')");
  EXPECT_EQ(logged("INSERT INTO t VALUES('1', 2, 3)"), "1 '1',2,3");
  EXPECT_EQ(logged("UPDATE t SET \"order\" = 3"), "2[2] '1',3,NULL");
}

TEST_F(Triggers, AreDroppedByTheirNames) {
  make(kPlain);
  EXPECT_EQ(sql_.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"),
            static_cast<std::int64_t>(trigger_names(7).size()));
  for (const auto& statement : drop_triggers(7)) sql_.execute(statement);
  for (const auto& statement : drop_triggers(7)) sql_.execute(statement);
  EXPECT_EQ(sql_.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"), 0);
}

}  // namespace
}  // namespace tidemark::test
