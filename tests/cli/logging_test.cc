#include "cli/logging.h"

#include <sstream>

#include <gtest/gtest.h>
#include <spdlog/logger.h>

namespace tidemark::cli {
namespace {

std::string said(int verbosity) {
  std::ostringstream err;
  const Logger logger = make_logger(verbosity, err);
  logger->info("information");
  logger->debug("detail");
  return err.str();
}

TEST(Logging, IsSilentByDefault) {
  std::ostringstream err;
  EXPECT_EQ(make_logger(0, err), nullptr);
}

TEST(Logging, VerboseSaysInformationOnly) {
  EXPECT_NE(said(1).find("information"), std::string::npos);
  EXPECT_EQ(said(1).find("detail"), std::string::npos);
}

TEST(Logging, TwiceVerboseSaysEverything) {
  EXPECT_NE(said(2).find("detail"), std::string::npos);
}

}  // namespace
}  // namespace tidemark::cli
