#include "engine/merge/table_scan.h"

#include <gtest/gtest.h>

#include "engine/merge/identity.h"
#include "oplog/limits.h"
#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::Catalog;
using engine::TableScan;
using proto::Cell;

class Scan : public testing::Test {
 protected:
  /// Identities of all rows of table t.
  std::vector<Bytes> scan(const std::string& schema) {
    scratch_.sql.execute(schema);
    auto& table = catalog_.obtain("t");
    catalog_.set_local(table, engine::read_shape(scratch_.sql, "t").value());
    TableScan rows(scratch_.sql, *table.local);
    std::vector<Bytes> identities;
    while (rows.next()) identities.emplace_back(rows.identity().begin(), rows.identity().end());
    return identities;
  }
  static Bytes key(const std::vector<Cell>& cells, proto::Collation collation) {
    Bytes out;
    for (const Cell& cell : cells) engine::append_identity(out, cell, collation);
    return out;
  }

  Scratch scratch_;
  Catalog catalog_{scratch_.sql};
};

TEST_F(Scan, GivesEveryRowWithItsFoldedIdentity) {
  const auto rows = scan(
      "CREATE TABLE t(v, b TEXT COLLATE NOCASE, a TEXT COLLATE NOCASE, PRIMARY KEY(a, b));"
      "INSERT INTO t VALUES(1, 'Y', 'X'), (2, 'z', 'X')");
  EXPECT_EQ(rows, (std::vector<Bytes>{
                      key({Cell::of_text("x"), Cell::of_text("y")}, proto::Collation::binary),
                      key({Cell::of_text("x"), Cell::of_text("z")}, proto::Collation::binary)}));
}

TEST_F(Scan, GivesValuesByPositionAndTheKeyInItsOrder) {
  scratch_.sql.execute("CREATE TABLE t(v, b, a, PRIMARY KEY(a, b)); INSERT INTO t VALUES(1, 2, 3)");
  auto& table = catalog_.obtain("t");
  catalog_.set_local(table, engine::read_shape(scratch_.sql, "t").value());
  TableScan rows(scratch_.sql, *table.local);
  ASSERT_TRUE(rows.next());
  EXPECT_EQ(rows.values()[0], Cell::of_integer(1));
  EXPECT_EQ(rows.values()[2], Cell::of_integer(3));
  EXPECT_EQ(rows.key()[0], Cell::of_integer(3));
  EXPECT_EQ(rows.key()[1], Cell::of_integer(2));
  EXPECT_FALSE(rows.next());
}

TEST_F(Scan, LeavesOutRowsWithNullInTheKey) {
  EXPECT_EQ(scan("CREATE TABLE t(a, b, PRIMARY KEY(a, b)); INSERT INTO t VALUES(NULL, 1), (1, "
                 "NULL), (1, 1)")
                .size(),
            1U);
}

TEST_F(Scan, LeavesOutRowsWhoseKeyIsTooLargeToTravel) {
  EXPECT_EQ(scan("CREATE TABLE t(a PRIMARY KEY); INSERT INTO t VALUES(zeroblob(" +
                 std::to_string(kKeyBytesMax) + ")), (zeroblob(1000))")
                .size(),
            1U);
}

}  // namespace
}  // namespace tidemark::test
