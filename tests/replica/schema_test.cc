#include "replica/schema.h"

#include <array>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/temp_dir.h"

namespace tidemark::replica {
namespace {

using proto::Cell;
using Columns = std::vector<std::string>;

class SchemaTest : public testing::Test {
 protected:
  SchemaTest() : connection_({.path = directory_.file("app.db"), .create = true}) {}

  void migrate_all(std::span<const Migration> steps = migrations()) {
    WriteTransaction transaction(connection_);
    migrate(connection_, steps);
    transaction.commit();
  }
  void plant_version(std::int64_t version) {
    WriteTransaction transaction(connection_);
    set_meta(connection_, meta_key::schema, Cell::of_integer(version));
    transaction.commit();
  }
  ErrorCode refusal() {
    try {
      require_schema(connection_);
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty());
      return error.code();
    }
    return ErrorCode::invalid_argument;
  }

  test::TempDir directory_;
  Connection connection_;
};

// "### tidemark_x" begins a table; the first cell of each row of its table names a column.
std::map<std::string, Columns> documented() {
  std::ifstream file(std::string(TIDEMARK_SOURCE_DIR) + "/replica/SCHEMA.md");
  std::map<std::string, Columns> tables;
  Columns* columns = nullptr;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("### ", 0) == 0) columns = &tables[line.substr(4)];
    if (columns == nullptr || line.rfind("| ", 0) != 0) continue;
    const std::string name = line.substr(2, line.find(' ', 2) - 2);
    if (name != "column" && name != "---") columns->push_back(name);
  }
  return tables;
}

std::map<std::string, Columns> present(Connection& connection) {
  std::map<std::string, Columns> tables;
  Statement rows = connection.prepare(
      "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
      "WHERE m.type = 'table' ORDER BY m.name, c.cid");
  while (rows.step()) tables[std::string(rows.text(0))].emplace_back(rows.text(1));
  return tables;
}

TEST_F(SchemaTest, IsWhatItsDocumentSays) {
  migrate_all();
  const auto tables = documented();
  EXPECT_GT(tables.size(), 10U);
  EXPECT_EQ(present(connection_), tables);
}

TEST_F(SchemaTest, IsVersionZeroInAnAppsDatabase) {
  connection_.execute("CREATE TABLE notes(id TEXT PRIMARY KEY)");
  EXPECT_EQ(schema_version(connection_), 0);
}

TEST_F(SchemaTest, LeavesTheAppsTablesAlone) {
  connection_.execute("CREATE TABLE notes(id TEXT PRIMARY KEY); INSERT INTO notes VALUES('a')");
  migrate_all();
  EXPECT_EQ(connection_.integer("SELECT count(*) FROM notes"), 1);
}

TEST_F(SchemaTest, RejectsADatabaseThatIsNotOurs) {
  EXPECT_EQ(refusal(), ErrorCode::not_a_database);
}

TEST_F(SchemaTest, RejectsANewerSchemaAndLeavesItAsItIs) {
  migrate_all();
  plant_version(99);
  EXPECT_EQ(refusal(), ErrorCode::newer_schema);
  EXPECT_EQ(schema_version(connection_), 99);
}

TEST_F(SchemaTest, MigratingANewerSchemaIsRefusedToo) {
  migrate_all();
  plant_version(99);
  const WriteTransaction transaction(connection_);
  EXPECT_THROW(migrate(connection_), Error);
}

TEST_F(SchemaTest, MigratingTwiceChangesNothing) {
  migrate_all();
  const auto before = connection_.schema_version();
  migrate_all();
  EXPECT_EQ(connection_.schema_version(), before);
}

TEST_F(SchemaTest, AnOlderDatabaseIsBroughtUpToDateWhenOpened) {
  migrate_all();
  plant_version(1);
  const std::array<Migration, 3> steps = {
      {migrations()[0],
       {2, "ALTER TABLE tidemark_peer ADD COLUMN extra DEFAULT 5"},
       {3, "INSERT INTO tidemark_peer(location) VALUES('x')"}}};
  require_schema(connection_, steps);
  EXPECT_EQ(schema_version(connection_), 3);
  EXPECT_EQ(connection_.integer("SELECT extra FROM tidemark_peer"), 5);
}

TEST_F(SchemaTest, AMigrationThatFailsLeavesTheOldVersion) {
  migrate_all();
  const std::array<Migration, 3> steps = {
      {migrations()[0], {2, "ALTER TABLE tidemark_peer ADD COLUMN extra"}, {3, "no SQL"}}};
  EXPECT_THROW(require_schema(connection_, steps), Error);
  EXPECT_EQ(schema_version(connection_), migrations().back().to);
  EXPECT_EQ(present(connection_), documented());
}

TEST_F(SchemaTest, StepsAreNumberedWithoutAHole) {
  std::int64_t expected = 1;
  for (const Migration& step : migrations()) EXPECT_EQ(step.to, expected++);
}

TEST_F(SchemaTest, MetaHoldsAndReplacesValues) {
  migrate_all();
  const WriteTransaction transaction(connection_);
  EXPECT_EQ(meta_integer(connection_, "k"), std::nullopt);
  EXPECT_EQ(meta_blob(connection_, "k"), std::nullopt);
  set_meta(connection_, "k", Cell::of_integer(1));
  set_meta(connection_, "k", Cell::of_integer(2));
  EXPECT_EQ(meta_integer(connection_, "k"), 2);
  set_meta(connection_, "k", Cell::of_blob(as_bytes("ab")));
  ASSERT_TRUE(meta_blob(connection_, "k").has_value());
  EXPECT_EQ(as_text(*meta_blob(connection_, "k")), "ab");
}

}  // namespace
}  // namespace tidemark::replica
