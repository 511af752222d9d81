#include "engine/merge/value_digest.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/engine/merge_parts.h"

namespace tidemark::test {
namespace {

using engine::Digest;
using engine::value_digest;

constexpr const char* kNotes = "CREATE TABLE notes(id TEXT PRIMARY KEY, title, body);";

Digest of(MergeParts& parts) {
  return value_digest(parts.scratch.sql, parts.table());
}

TEST(ValueDigest, SeesEveryValueAndItsType) {
  std::set<Digest> seen;
  for (const auto* rows :
       {"('1', 1, NULL)", "('1', 1.0, NULL)", "('1', '1', NULL)", "('1', x'31', NULL)",
        "('1', NULL, 1)", "('2', 1, NULL)", "('1', 1, NULL), ('2', 1, NULL)"}) {
    MergeParts parts(kNotes);
    parts.scratch.sql.execute("INSERT INTO notes VALUES" + std::string(rows));
    EXPECT_TRUE(seen.insert(of(parts)).second) << rows;
  }
}

TEST(ValueDigest, DoesNotDependOnOrderOrColumnNumbers) {
  MergeParts one(kNotes);
  one.scratch.sql.execute("INSERT INTO notes VALUES('1', 'a', 'b'), ('2', 'c', 'd')");
  MergeParts other("CREATE TABLE notes(body, id TEXT PRIMARY KEY, title);",
                   {"id", "body", "title"});
  other.scratch.sql.execute("INSERT INTO notes VALUES('d', '2', 'c'), ('b', '1', 'a')");
  EXPECT_EQ(of(one), of(other));
}

TEST(ValueDigest, AValueCountsAlikeInTableAndShadow) {
  MergeParts shown(kNotes);
  shown.merge("1", {inserted(5, "1", Cell::of_text("milk"), Cell::of_integer(7))});
  MergeParts kept;
  kept.merge("1", {inserted(5, "1", Cell::of_text("milk"), Cell::of_integer(7))});
  EXPECT_EQ(of(shown), of(kept));
}

TEST(ValueDigest, AColumnThatWasNeverWrittenCountsAlikeShownAndParked) {
  const std::string schema =
      "CREATE TABLE notes(id TEXT PRIMARY KEY, title UNIQUE, body, three DEFAULT 3);";
  MergeParts one(schema);
  MergeParts other(schema);
  const auto a = inserted(5, "a", Cell::of_text("same"));
  const auto b = inserted(6, "b", Cell::of_text("same"));
  one.merge("a", {a});
  one.merge("b", {b});
  other.merge("b", {b});
  other.merge("a", {a});
  ASSERT_NE(one.shown(), other.shown());
  EXPECT_EQ(of(one), of(other));
}

TEST(ValueDigest, LeavesOutRowsThatStayLocal) {
  MergeParts parts(kNotes);
  parts.scratch.sql.execute("INSERT INTO notes VALUES(NULL, 'a', 'b')");
  EXPECT_EQ(of(parts), Digest{});
}

TEST(ValueDigest, TellsEachRowsShare) {
  MergeParts parts("CREATE TABLE notes(id TEXT PRIMARY KEY, title);");
  parts.merge("1", {inserted(5, "1", Cell::of_text("milk"), Cell::of_integer(7))});
  parts.merge("2", {inserted(6, "2", Cell::of_text("tea"), Cell::of_integer(8))});
  Digest sum;
  std::set<Bytes> rows;
  const Digest total =
      value_digest(parts.scratch.sql, parts.table(), [&](ByteView identity, const Digest& d) {
        sum.add(d);
        rows.emplace(identity.begin(), identity.end());
      });
  EXPECT_EQ(sum, total);
  EXPECT_EQ(rows, (std::set<Bytes>{parts.identity("1"), parts.identity("2")}));
}

}  // namespace
}  // namespace tidemark::test
