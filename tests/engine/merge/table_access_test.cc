#include "engine/merge/table_access.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::Catalog;
using engine::TableAccess;
using proto::Cell;
using proto::OwnedCell;
using replica::Step;

class Access : public testing::Test {
 protected:
  TableAccess open(const std::string& schema) {
    scratch_.sql.execute(schema);
    auto& table = catalog_.obtain("t");
    catalog_.set_local(table, engine::read_shape(scratch_.sql, "t").value());
    return TableAccess(scratch_.sql, *table.local);
  }
  std::string all(const std::string& terms) {
    return scratch_.sql.text("SELECT " + terms + " FROM t");
  }

  Scratch scratch_;
  Catalog catalog_{scratch_.sql};
};

const std::vector<Cell> kKey = {Cell::of_text("k")};

TEST_F(Access, WritesAndReadsEveryStorageClass) {
  auto t = open("CREATE TABLE t(k PRIMARY KEY, a, b, c, d)");
  const std::string_view odd("\0\xff", 2);
  const std::vector<Cell> row = {kKey[0], Cell::null(), Cell::of_real(1.0), Cell::of_text(odd),
                                 Cell::of_blob(as_bytes(odd))};
  EXPECT_EQ(t.insert(row), Step::done);
  std::vector<OwnedCell> back;
  ASSERT_TRUE(t.read(kKey, back));
  ASSERT_EQ(back.size(), row.size());
  for (std::size_t i = 0; i < row.size(); ++i) EXPECT_EQ(back[i].view(), row[i]) << i;
}

TEST_F(Access, ARefusedInsertWritesNothing) {
  auto t = open("CREATE TABLE t(k PRIMARY KEY, a CHECK(a > 0), b NOT NULL DEFAULT 1)");
  EXPECT_EQ(t.insert(std::vector<Cell>{kKey[0], Cell::of_integer(0), Cell::of_integer(1)}),
            Step::constraint);
  EXPECT_EQ(t.insert(std::vector<Cell>{kKey[0], Cell::of_integer(1), Cell::null()}),
            Step::constraint);
  EXPECT_FALSE(t.exists(kKey));
}

TEST_F(Access, UpdatesTheNamedPositionsOnly) {
  auto t = open("CREATE TABLE t(k PRIMARY KEY, a UNIQUE, b)");
  t.insert(std::vector<Cell>{kKey[0], Cell::of_integer(1), Cell::of_integer(2)});
  t.insert(std::vector<Cell>{Cell::of_text("other"), Cell::of_integer(9), Cell::null()});
  const std::vector<std::size_t> positions = {2};
  EXPECT_EQ(t.update(kKey, positions, std::vector<Cell>{Cell::of_text("x")}), Step::done);
  EXPECT_EQ(all("group_concat(quote(a) || quote(b)) "), "1'x',9NULL");
  const std::vector<std::size_t> contested = {1};
  EXPECT_EQ(t.update(kKey, contested, std::vector<Cell>{Cell::of_integer(9)}), Step::constraint);
}

TEST_F(Access, ManyKindsOfUpdateWork) {
  std::string schema = "CREATE TABLE t(k PRIMARY KEY";
  for (int i = 0; i < 80; ++i) schema += ", c" + std::to_string(i);
  auto t = open(schema + ")");
  std::vector<Cell> row(81);
  row[0] = kKey[0];
  t.insert(row);
  for (std::size_t i = 1; i <= 80; ++i) {
    const std::vector<std::size_t> positions = {i};
    ASSERT_EQ(t.update(kKey, positions, std::vector<Cell>{Cell::of_integer(5)}), Step::done);
  }
  EXPECT_EQ(all("c0 + c40 + c79"), "15");
}

TEST_F(Access, FindsKeysInAnySpelling) {
  auto t = open(
      "CREATE TABLE t(n TEXT COLLATE NOCASE, r TEXT COLLATE RTRIM, i, v, "
      "PRIMARY KEY(i, n, r)) WITHOUT ROWID");
  t.insert(std::vector<Cell>{Cell::of_text("Bob"), Cell::of_text("x "), Cell::of_real(1.0),
                             Cell::null()});
  const std::vector<Cell> folded = {Cell::of_integer(1), Cell::of_text("bob"), Cell::of_text("x")};
  EXPECT_TRUE(t.exists(folded));
  t.remove(folded);
  EXPECT_FALSE(t.exists(folded));
}

TEST_F(Access, TheKeysOwnCollationDecides) {
  auto t =
      open("CREATE TABLE t(n TEXT COLLATE NOCASE, v, PRIMARY KEY(n COLLATE BINARY)) WITHOUT ROWID");
  t.insert(std::vector<Cell>{Cell::of_text("Bob"), Cell::null()});
  EXPECT_FALSE(t.exists(std::vector<Cell>{Cell::of_text("bob")}));
  EXPECT_TRUE(t.exists(std::vector<Cell>{Cell::of_text("Bob")}));
}

TEST_F(Access, NamesMayBeAnything) {
  scratch_.sql.execute("CREATE TABLE \"a \"\"b\"(\"order\" PRIMARY KEY, \"x\"\"y\")");
  auto& table = catalog_.obtain("a \"b");
  catalog_.set_local(table, engine::read_shape(scratch_.sql, "a \"b").value());
  TableAccess t(scratch_.sql, *table.local);
  EXPECT_EQ(t.insert(std::vector<Cell>{kKey[0], Cell::null()}), Step::done);
  EXPECT_TRUE(t.exists(kKey));
}

}  // namespace
}  // namespace tidemark::test
