#include "bench/report.h"

#include <gtest/gtest.h>

namespace tidemark::bench {
namespace {

TEST(Report, ALineIsOneJsonObjectWithEveryField) {
  const Line line{.workload = "W2-folder",
                  .rows = 100,
                  .txn = 10,
                  .seconds = 0.5,
                  .bytes_per_row = 54.75,
                  .peak_rss_kb = 2048,
                  .ratio_to_plain = 2.25};
  EXPECT_EQ(to_json(line),
            R"({"workload":"W2-folder","system":"tidemark","rows":100,"txn":10,)"
            R"("seconds":0.500000000,"rows_per_s":200,"bytes_per_row":54.8,"peak_rss_kb":2048,)"
            R"("ratio_to_plain":2.250})");
}

TEST(Report, WhatDoesNotApplyIsNull) {
  const std::string json = to_json({.workload = "W3-idle", .plain = true, .seconds = 1e-5});
  EXPECT_NE(json.find(R"("system":"plain")"), std::string::npos);
  EXPECT_NE(json.find(R"("rows_per_s":null,"bytes_per_row":null)"), std::string::npos);
  EXPECT_NE(json.find(R"("ratio_to_plain":null)"), std::string::npos);
}

}  // namespace
}  // namespace tidemark::bench
