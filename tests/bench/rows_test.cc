#include "bench/rows.h"

#include <set>

#include <gtest/gtest.h>

namespace tidemark::bench {
namespace {

TEST(RowMaker, OneSeedMakesTheSameRowsOnEveryMachine) {
  const Row row = RowMaker(1).rows(1).front();
  EXPECT_EQ(row.id, "eae89490-00b5-43c9-9a38-f74b3ab18a75");
  EXPECT_EQ(row.title, "paint the bedroom ask for a receipt");
}

TEST(RowMaker, IdsAreVersion4Uuids) {
  std::set<std::string> ids;
  for (const Row& row : RowMaker(2).rows(100)) {
    EXPECT_EQ(row.id.size(), 36U);
    EXPECT_EQ(row.id[14], '4');
    EXPECT_NE(std::string("89ab").find(row.id[19]), std::string::npos);
    ids.insert(row.id);
  }
  EXPECT_EQ(ids.size(), 100U);
}

TEST(RowMaker, RowsAreAsLargeAsTheWorkloadsSay) {
  const auto rows = RowMaker(3).rows(1'000);
  std::size_t titles = 0;
  std::size_t notes = 0;
  for (const Row& row : rows) {
    titles += row.title.size();
    notes += row.notes.size();
  }
  EXPECT_NEAR(static_cast<double>(titles) / 1'000, 40, 3);
  EXPECT_NEAR(static_cast<double>(notes) / 1'000, 100, 3);
}

TEST(RowMaker, TextIsNeverLongerThanAskedFor) {
  RowMaker maker(4);
  for (int i = 0; i < 100; ++i) EXPECT_LE(maker.text(30).size(), 30U);
}

}  // namespace
}  // namespace tidemark::bench
