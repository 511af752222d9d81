#include "oplog/error.h"

#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

struct Row {
  ErrorCode code;
  unsigned number;
  std::string name;
};

const std::vector<Row> kAll = {
#define TIDEMARK_ROW(name, number, text) Row{ErrorCode::name, number, #name},
    TIDEMARK_ERROR_CODES(TIDEMARK_ROW)
#undef TIDEMARK_ROW
};

TEST(ErrorCode, TextIsThePrefixAndFourDigits) {
  EXPECT_EQ(to_text(ErrorCode::invalid_argument), "TM-E0001");
  EXPECT_EQ(to_text(ErrorCode::table_without_key), "TM-E0101");
  EXPECT_EQ(to_text(ErrorCode{9999}), "TM-E9999");
}

TEST(ErrorCode, NoTwoCodesShareANumberOrAName) {
  std::set<unsigned> numbers;
  std::set<std::string> names;
  for (const Row& row : kAll) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
}

TEST(ErrorCode, EveryCodeHasADescriptionOfItsOwn) {
  std::set<std::string_view> seen = {describe(ErrorCode{9999})};
  for (const Row& row : kAll) EXPECT_TRUE(seen.insert(describe(row.code)).second) << row.name;
}

TEST(ErrorCode, ANumberOutsideTheTableIsDescribedAsUnknown) {
  EXPECT_EQ(describe(ErrorCode{9999}), "unknown error");
}

TEST(Error, CarriesCodeMessageAndHint) {
  const Error error(ErrorCode::folder_missing, "no folder at x", "mount it");
  EXPECT_EQ(error.code(), ErrorCode::folder_missing);
  EXPECT_STREQ(error.what(), "no folder at x");
  EXPECT_EQ(error.hint(), "mount it");
}

TEST(Error, OnlyWhatPassesByItselfIsRetryable) {
  for (const Row& row : kAll) {
    const bool passes =
        row.code == ErrorCode::database_busy || row.code == ErrorCode::publish_locked;
    EXPECT_EQ(Error(row.code, "x").retryable(), passes) << row.name;
  }
}

}  // namespace
}  // namespace tidemark
