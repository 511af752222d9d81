#include "cli/complaint.h"

#include <sstream>

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

std::string complaint(const Error& error, bool json) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, {}, {}, false, {}, {}};
  complain(error, json, console);
  EXPECT_EQ(out.str(), "");
  return err.str();
}

TEST(Complaint, IsASentenceWithItsCodeAndAHint) {
  EXPECT_EQ(complaint(Error(ErrorCode::folder_missing, "f does not exist", "mount it"), false),
            "tidemark: f does not exist (TM-E0300)\n  try: mount it\n");
}

TEST(Complaint, WithoutAHintIsOneLine) {
  EXPECT_EQ(complaint(Error(ErrorCode::io_failed, "no"), false), "tidemark: no (TM-E0002)\n");
}

TEST(Complaint, AsJsonIsOneObjectOnOneLine) {
  EXPECT_EQ(complaint(Error(ErrorCode::folder_missing, "f \"is\" gone", "mount it"), true),
            "{\"type\":\"error\",\"code\":\"TM-E0300\",\"message\":\"f \\\"is\\\" gone\","
            "\"hint\":\"mount it\"}\n");
}

}  // namespace
}  // namespace tidemark::cli
