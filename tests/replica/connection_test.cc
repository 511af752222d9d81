#include "replica/connection.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/temp_dir.h"

namespace tidemark::replica {
namespace {

using proto::Cell;
using proto::CellType;
using test::TempDir;

// Connections over one file in a directory of their own.
class ConnectionTest : public testing::Test {
 protected:
  Connection open() { return Connection({.path = path(), .busy_ms = 0, .create = true}); }
  std::string path() const { return directory_.file("app.db"); }
  void write_file(const std::string& bytes) { std::ofstream(path()) << bytes; }
  ErrorCode refusal(const ConnectionOptions& options) {
    try {
      const Connection connection(options);
    } catch (const Error& error) {
      return error.code();
    }
    return ErrorCode::invalid_argument;
  }

  TempDir directory_;
};

TEST_F(ConnectionTest, SetsUpWhatMergingNeeds) {
  Connection connection = open();
  EXPECT_EQ(connection.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(connection.integer("PRAGMA synchronous"), 1);
  EXPECT_EQ(connection.integer("PRAGMA foreign_keys"), 0);
  EXPECT_EQ(connection.integer("PRAGMA recursive_triggers"), 0);
  EXPECT_EQ(connection.integer("PRAGMA secure_delete"), 0);
  EXPECT_EQ(connection.integer("PRAGMA cache_size"), -8192);
}

TEST_F(ConnectionTest, NeverRunsTheAppsTriggers) {
  Connection connection = open();
  connection.execute(
      "CREATE TABLE t(a); CREATE TABLE fired(a);"
      "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO fired VALUES(1); END;"
      "INSERT INTO t VALUES(1)");
  EXPECT_EQ(connection.integer("SELECT count(*) FROM fired"), 0);
}

TEST_F(ConnectionTest, TheAppsRoleRunsItsTriggersAndKeepsTheJournalMode) {
  Connection app({.path = path(), .role = Role::app, .create = true});
  app.execute(
      "CREATE TABLE t(a); CREATE TABLE fired(a);"
      "CREATE TRIGGER x AFTER INSERT ON t BEGIN INSERT INTO fired VALUES(1); END;"
      "INSERT INTO t VALUES(1)");
  EXPECT_EQ(app.integer("SELECT count(*) FROM fired"), 1);
  EXPECT_EQ(app.text("PRAGMA journal_mode"), "delete");
}

TEST_F(ConnectionTest, AScratchDatabaseNeedsNoPathAndIsNobodyElses) {
  Connection one({.role = Role::scratch});
  Connection two({.role = Role::scratch});
  one.execute("CREATE TABLE t(a); INSERT INTO t VALUES(1)");
  two.execute("CREATE TABLE t(a)");
  EXPECT_EQ(one.integer("SELECT count(*) FROM t"), 1);
  EXPECT_EQ(two.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectionTest, ConvertsADatabaseThatIsNotInWalMode) {
  {
    Connection connection = open();
    connection.execute("PRAGMA journal_mode = DELETE; CREATE TABLE t(a)");
  }
  Connection again = open();
  EXPECT_EQ(again.text("PRAGMA journal_mode"), "wal");
  EXPECT_EQ(again.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectionTest, RejectsAMissingFileUnlessAskedToCreateIt) {
  EXPECT_EQ(refusal({.path = path()}), ErrorCode::database_missing);
  EXPECT_FALSE(std::filesystem::exists(path()));
  open();
  EXPECT_TRUE(std::filesystem::exists(path()));
}

TEST_F(ConnectionTest, RejectsAFileThatIsNoDatabase) {
  write_file(std::string(4096, 'x'));
  EXPECT_EQ(refusal({.path = path()}), ErrorCode::not_a_database);
}

TEST_F(ConnectionTest, RejectsADirectory) {
  EXPECT_EQ(refusal({.path = directory_.path().string()}), ErrorCode::io_failed);
}

TEST_F(ConnectionTest, RejectsAnEmptyPath) {
  EXPECT_THROW(Connection({.path = ""}), Error);
}

TEST_F(ConnectionTest, TakesEveryPathForAFileName) {
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory_.path());
  { const Connection memory({.path = ":memory:", .create = true}); }
  { const Connection uri({.path = "file:x?mode=memory", .create = true}); }
  std::filesystem::current_path(before);
  EXPECT_TRUE(std::filesystem::exists(directory_.file(":memory:")));
  EXPECT_TRUE(std::filesystem::exists(directory_.file("file:x?mode=memory")));
}

TEST_F(ConnectionTest, ReadOnlyRefusesToWrite) {
  open().execute("CREATE TABLE t(a)");
  Connection reader({.path = path(), .read_only = true});
  EXPECT_EQ(reader.integer("SELECT count(*) FROM t"), 0);
  try {
    reader.execute("INSERT INTO t VALUES(1)");
    FAIL() << "wrote";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io_failed);
  }
}

TEST_F(ConnectionTest, NamesDamageInsideADatabase) {
  {
    Connection connection = open();
    connection.execute("CREATE TABLE t(a); INSERT INTO t VALUES(zeroblob(9000))");
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096);
  file << std::string(4096, '\xFF');
  file.close();
  Connection connection = open();
  try {
    connection.integer("SELECT length(a) FROM t");
    FAIL() << "read a damaged page";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database_corrupt);
  }
}

TEST_F(ConnectionTest, CarriesEveryStorageClassByteForByte) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a)");
  const std::string odd("\xFF\x00\xC3", 3);  // no UTF-8, and a NUL inside
  const std::vector<Cell> cells = {
      Cell::null(),           Cell::of_integer(std::numeric_limits<std::int64_t>::min()),
      Cell::of_real(-0.0),    Cell::of_real(1.0),
      Cell::of_text("Grüße"), Cell::of_text(odd),
      Cell::of_text(""),      Cell::of_blob(as_bytes(odd)),
      Cell::of_blob({})};
  Statement put = connection.prepare("INSERT INTO t VALUES(?1)");
  for (const Cell& cell : cells) put.bind(1, cell).run();
  Statement get = connection.prepare("SELECT a FROM t ORDER BY rowid");
  for (const Cell& cell : cells) {
    ASSERT_TRUE(get.step());
    EXPECT_TRUE(get.cell(0) == cell);
    EXPECT_EQ(get.is_null(0), cell.type == CellType::null);
  }
  EXPECT_FALSE(get.step());
}

TEST_F(ConnectionTest, EmptyTextAndBlobAreNotNull) {
  Connection connection = open();
  Statement types = connection.prepare("SELECT typeof(?1), typeof(?2)");
  types.bind_text(1, {}).bind_blob(2, {});
  ASSERT_TRUE(types.step());
  EXPECT_EQ(types.text(0), "text");
  EXPECT_EQ(types.text(1), "blob");
}

TEST_F(ConnectionTest, ReadsTypedColumns) {
  Connection connection = open();
  Statement row = connection.prepare("SELECT 7, 2.5, 'text', x'01', NULL");
  ASSERT_TRUE(row.step());
  EXPECT_EQ(row.columns(), 5);
  EXPECT_EQ(row.integer(0), 7);
  EXPECT_EQ(row.real(1), 2.5);
  EXPECT_EQ(row.text(2), "text");
  EXPECT_EQ(row.blob(3).size(), 1U);
  EXPECT_TRUE(row.is_null(4));
  EXPECT_TRUE(row.text(4).empty());
}

TEST_F(ConnectionTest, KeepsBindsOverRuns) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a, b)");
  Statement put = connection.prepare("INSERT INTO t VALUES(?1, ?2)");
  put.bind(1, std::int64_t{1}).bind_real(2, 0.5).run();
  put.bind_null(2).run();
  EXPECT_EQ(connection.integer("SELECT count(*) FROM t WHERE a = 1"), 2);
  EXPECT_EQ(connection.integer("SELECT count(*) FROM t WHERE b IS NULL"), 1);
}

TEST_F(ConnectionTest, AConstraintIsAStepAndLeavesTheTransactionOpen) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a UNIQUE)");
  WriteTransaction transaction(connection);
  Statement put = connection.prepare("INSERT INTO t VALUES(?1)");
  EXPECT_EQ(put.bind(1, std::int64_t{1}).try_step(), Step::done);
  EXPECT_EQ(put.bind(1, std::int64_t{1}).try_step(), Step::constraint);
  EXPECT_EQ(put.bind(1, std::int64_t{2}).try_step(), Step::done);
  transaction.commit();
  EXPECT_EQ(connection.integer("SELECT count(*) FROM t"), 2);
}

TEST_F(ConnectionTest, AConstraintIsAFailureWhereItIsNotExpected) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a UNIQUE); INSERT INTO t VALUES(1)");
  Statement put = connection.prepare("INSERT INTO t VALUES(1)");
  EXPECT_THROW(put.run(), Error);
}

TEST_F(ConnectionTest, ARefusedStatementIsNamedInTheError) {
  Connection connection = open();
  try {
    connection.prepare("SELECT nothing FROM nowhere");
    FAIL() << "prepared";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database_failed);
    EXPECT_NE(std::string(error.what()).find("nowhere"), std::string::npos);
  }
}

TEST_F(ConnectionTest, ResetOnExitFreesAStatementThatWasLeftMidway) {
  Connection connection = open();
  Statement two = connection.prepare("SELECT 1 UNION ALL SELECT ?1");
  {
    const ResetOnExit reset(two);
    ASSERT_TRUE(two.step());
  }
  EXPECT_NO_THROW(two.bind(1, std::int64_t{2}));
}

TEST_F(ConnectionTest, ATransactionThatGoesWithoutCommitLeavesNothing) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a)");
  {
    const WriteTransaction transaction(connection);
    connection.execute("INSERT INTO t VALUES(1)");
    EXPECT_TRUE(connection.in_transaction());
  }
  EXPECT_FALSE(connection.in_transaction());
  EXPECT_EQ(connection.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectionTest, ASecondWriterIsBusy) {
  Connection one = open();
  Connection two = open();
  const WriteTransaction transaction(one);
  try {
    const WriteTransaction second(two);
    FAIL() << "two writers";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database_busy);
  }
}

TEST_F(ConnectionTest, WaitsForAnotherWriterAsLongAsAsked) {
  Connection one = open();
  auto transaction = std::make_unique<WriteTransaction>(one);
  std::jthread second([this] {
    Connection two({.path = path(), .busy_ms = 60'000});
    WriteTransaction waiting(two);
    two.execute("CREATE TABLE t(a)");
    waiting.commit();
  });
  transaction->commit();
  second.join();
  EXPECT_EQ(one.integer("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectionTest, DataVersionTellsOfOthersCommitsOnly) {
  Connection one = open();
  Connection two = open();
  one.execute("CREATE TABLE t(a)");
  const auto version = one.data_version();
  one.execute("INSERT INTO t VALUES(1)");
  EXPECT_EQ(one.data_version(), version);
  two.execute("INSERT INTO t VALUES(2)");
  EXPECT_NE(one.data_version(), version);
}

TEST_F(ConnectionTest, SchemaVersionTellsOfEverybodysDdl) {
  Connection one = open();
  Connection two = open();
  const auto version = one.schema_version();
  two.execute("CREATE TABLE t(a)");
  const auto later = one.schema_version();
  EXPECT_NE(later, version);
  one.execute("CREATE TABLE u(a)");
  EXPECT_NE(one.schema_version(), later);
}

TEST_F(ConnectionTest, CountsChangesOfTheLastStatementAndOfAll) {
  Connection connection = open();
  connection.execute("CREATE TABLE t(a)");
  const auto before = connection.total_changes();
  connection.execute("INSERT INTO t VALUES(1), (2)");
  EXPECT_EQ(connection.changes(), 2);
  connection.execute("DELETE FROM t WHERE a = 1");
  EXPECT_EQ(connection.changes(), 1);
  EXPECT_EQ(connection.total_changes(), before + 3);
}

TEST_F(ConnectionTest, SyncsCommitsWhenTold) {
  Connection connection = open();
  connection.set_full_sync(true);
  EXPECT_EQ(connection.integer("PRAGMA synchronous"), 2);
  connection.set_full_sync(false);
  EXPECT_EQ(connection.integer("PRAGMA synchronous"), 1);
}

TEST_F(ConnectionTest, RemembersThePathAsGiven) {
  EXPECT_EQ(open().path(), path());
}

TEST(Quoted, MakesAnIdentifierOfAnyName) {
  EXPECT_EQ(quoted("order"), "\"order\"");
  EXPECT_EQ(quoted("a\"b c"), "\"a\"\"b c\"");
}

}  // namespace
}  // namespace tidemark::replica
