#include "api/log_lines.h"

#include <gtest/gtest.h>

#include "tests/api/member.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

class LogLines : public testing::Test {
 protected:
  std::vector<LogLine> lines(const std::string& table = {}, std::size_t limit = 1000) {
    desk_.replica().settle();
    return api::log_lines(desk_.replica(), table, limit);
  }
  LogLine newest(const std::string& sql) {
    desk_.clock.pass(1);
    desk_.app().exec(sql);
    return lines("", 1).front();
  }
  TempDir home_;
  Member desk_{home_.path(), "desk", 1'700'000'000'000};
};

TEST_F(LogLines, BeginWithTheGenesis) {
  const LogLine first = lines().back();
  EXPECT_EQ(first.operation, "genesis");
  EXPECT_EQ(first.index, EntryIndex{0});
  EXPECT_EQ(first.origin, desk_.origin());
  EXPECT_EQ(first.device, "desk");
}

TEST_F(LogLines, NameWhatAnInsertCarries) {
  const LogLine line = newest("INSERT INTO notes VALUES('a', 'x')");
  EXPECT_EQ(line.operation, "insert");
  EXPECT_EQ(line.table, "notes");
  EXPECT_EQ(line.key, "a");
  EXPECT_EQ(line.columns, std::vector<std::string>{"text"});
}

TEST_F(LogLines, NameUpdatesAndDeletes) {
  newest("INSERT INTO notes VALUES('a', 'x')");
  EXPECT_EQ(newest("UPDATE notes SET text = 'y'").operation, "update");
  const LogLine line = newest("DELETE FROM notes");
  EXPECT_EQ(line.operation, "delete");
  EXPECT_TRUE(line.columns.empty());
}

TEST_F(LogLines, NameRowsThatWereThereBefore) {
  desk_.app().exec(
      "CREATE TABLE old(id TEXT, n INTEGER, v, PRIMARY KEY(id, n));"
      "INSERT INTO old VALUES('o', 7, 1)");
  desk_.track("old");
  const auto all = lines("old");
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].operation, "seed");
  EXPECT_EQ(all[0].key, "o, 7");
  EXPECT_EQ(all[1].operation, "schema");
}

TEST_F(LogLines, SpellEveryKindOfKey) {
  desk_.app().exec("CREATE TABLE any(id PRIMARY KEY)");
  desk_.track("any");
  desk_.app().exec("INSERT INTO any VALUES(x'0102'), ('b'), (0.1), (-7)");
  std::vector<std::string> keys;
  for (const LogLine& line : lines("any")) {
    if (line.operation == "insert") keys.push_back(line.key);
  }
  EXPECT_EQ(keys, (std::vector<std::string>{"-7", "0.1", "b", "(2 bytes)"}));
}

TEST_F(LogLines, AreNewestFirstAndNoMoreThanAsked) {
  for (int i = 0; i < 20; ++i) desk_.write("n" + std::to_string(i), "x");
  const auto all = lines("", 5);
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all.front().key, "n19");
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_GT(all[i - 1].hlc, all[i].hlc);
}

TEST_F(LogLines, ReadBackOverManyFrames) {
  for (int i = 0; i < 20; ++i) {
    desk_.write("n" + std::to_string(i), "x");
    desk_.replica().settle();
  }
  EXPECT_EQ(lines("", 15).back().key, "n5");
  EXPECT_EQ(lines().size(), to_number(desk_.replica().cursor(desk_.origin())));
}

TEST_F(LogLines, AreOfOneTableWhenAsked) {
  desk_.write("a", "x");
  EXPECT_EQ(lines("NOTES").size(), 2U) << "the schema and the row, however the table is spelled";
  EXPECT_TRUE(lines("nothing").empty());
}

TEST_F(LogLines, MixTheDevicesByTime) {
  Member laptop(home_.path(), "laptop", 1'700'000'000'000);
  const auto folder = home_.path() / "folder";
  std::filesystem::create_directories(folder);
  desk_.write("a", "x");
  desk_.sync(folder);
  laptop.clock.pass(10'000);
  laptop.write("b", "x");
  laptop.sync(folder);
  desk_.sync(folder);
  const auto all = lines("notes");
  EXPECT_EQ(all.front().key, "b");
  EXPECT_EQ(all.front().device, "laptop");
  EXPECT_EQ(all.front().columns, std::vector<std::string>{"text"});
}

}  // namespace
}  // namespace tidemark::test
