#include "engine/verify.h"

#include <gtest/gtest.h>

#include "proto/group_spec.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

using engine::Problem;
using testing::Test;

class Verify : public Test {
 protected:
  Verify() {
    device_.track("notes");
    device_.app().exec("INSERT INTO notes VALUES('1', 'milk', 1), ('2', 'tea', 2)");
    device_.seal();
    device_.app().exec("UPDATE notes SET body = 3 WHERE id = '2'");
    device_.seal();
  }
  /// Behind the back of every trigger.
  void tamper(const std::string& sql) { device_.replica().connection().execute(sql); }
  std::string only_problem() {
    const auto problems = device_.problems();
    EXPECT_EQ(problems.size(), 1U);
    return problems.empty() ? std::string() : problems[0];
  }

  TempDir directory_{TempDir::Place::memory};
  TestDevice device_{directory_.file("app.db"),
                     "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, body);", 1};
};

TEST_F(Verify, FindsNothingWhenAllIsWell) {
  EXPECT_EQ(device_.problems(), std::vector<std::string>());
}

TEST_F(Verify, FindsAValueThatNoTriggerSaw) {
  tamper("UPDATE notes SET title = 'rot' WHERE id = '2'");
  EXPECT_EQ(only_problem(), "table notes: row '2' has other values");
}

TEST_F(Verify, FindsATypeThatNoTriggerSaw) {
  tamper("UPDATE notes SET body = 1.0 WHERE id = '1'");
  EXPECT_EQ(only_problem(), "table notes: row '1' has other values");
}

TEST_F(Verify, FindsADeletedRow) {
  tamper("DELETE FROM notes WHERE id = '1'");
  EXPECT_EQ(only_problem(), "table notes: row '1' is missing");
}

TEST_F(Verify, FindsARowThatNobodyWrote) {
  tamper("INSERT INTO notes VALUES('3', 'ghost', NULL)");
  EXPECT_EQ(only_problem(), "table notes: row '3' is in no log");
}

TEST_F(Verify, FindsAChangedClockDigest) {
  tamper("UPDATE tidemark_table SET digest_lo = digest_lo + 1");
  device_.reopen();
  EXPECT_EQ(only_problem(), "table notes: its clocks are not those of the log");
}

TEST_F(Verify, FindsAChangedRowCount) {
  tamper("UPDATE tidemark_table SET live = 5");
  device_.reopen();
  EXPECT_EQ(only_problem(), "table notes: it should have 2 rows, not 5");
}

TEST_F(Verify, FindsALostRowClock) {
  tamper("DELETE FROM tidemark_row WHERE slot = (SELECT min(slot) FROM tidemark_row)");
  EXPECT_EQ(only_problem(), "row clocks are lost or damaged");
}

TEST_F(Verify, FindsADamagedRowClock) {
  tamper("UPDATE tidemark_row SET clock = CAST(substr(clock, 1, length(clock) - 1) AS BLOB)");
  EXPECT_EQ(only_problem(), "row clocks are lost or damaged");
}

TEST_F(Verify, FindsAChangedRowClock) {
  tamper("UPDATE tidemark_row SET clock = (SELECT max(clock) FROM tidemark_row)");
  EXPECT_EQ(only_problem(), "row clocks are lost or damaged");
}

TEST_F(Verify, FindsAShadowValueThatNobodyWrote) {
  tamper("INSERT INTO tidemark_cell(tbl, identity, col, value) SELECT 1, x'20310000', 0, 'x'");
  EXPECT_NE(device_.problems(), std::vector<std::string>());
}

class VerifyChains : public Verify {
 protected:
  std::vector<Problem> check() {
    return engine::verify_chains(device_.replica(),
                                 proto::group_id(device_.replica().group_spec()));
  }
};

TEST_F(VerifyChains, FindNothingWhenAllIsWell) {
  EXPECT_TRUE(check().empty());
}

TEST_F(VerifyChains, FindADamagedFrame) {
  tamper(
      "UPDATE tidemark_frame SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS "
      "BLOB)");
  const auto problems = check();
  ASSERT_FALSE(problems.empty());
  EXPECT_EQ(problems[0].code, ErrorCode::log_broken);
}

TEST_F(VerifyChains, FindAMissingFrame) {
  tamper("DELETE FROM tidemark_frame WHERE first = (SELECT max(first) FROM tidemark_frame)");
  const auto problems = check();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].code, ErrorCode::log_broken);
}

}  // namespace
}  // namespace tidemark::test
