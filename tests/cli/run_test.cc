#include "cli/run.h"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/cli/run_words.h"

namespace tidemark::cli {
namespace {

using test::Ran;
using test::run_words;

TEST(Run, HelpIsAnAnswer) {
  const Ran ran = run_words({"--help"});
  EXPECT_EQ(ran.code, ExitCode::ok);
  EXPECT_NE(ran.out.find("usage: tidemark VERB DB"), std::string::npos);
  EXPECT_EQ(ran.err, "");
}

TEST(Run, AWrongLineIsAUsageError) {
  const Ran ran = run_words({"statsu", "a.db"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_EQ(ran.out, "");
  EXPECT_EQ(ran.err,
            "tidemark: unknown command 'statsu'; did you mean 'status'? (TM-E0001)\n"
            "  try: tidemark status\n");
}

TEST(Run, AWrongLineWithJsonIsAJsonError) {
  const Ran ran = run_words({"status", "--json"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_TRUE(ran.err.starts_with("{\"type\":\"error\",\"code\":\"TM-E0001\"")) << ran.err;
}

TEST(Run, AFailureHasTheExitCodeOfItsKind) {
  const Ran ran = run_words({"status", "/nowhere/a.db"});
  EXPECT_EQ(ran.code, ExitCode::not_tidemark);
  EXPECT_EQ(ran.out, "");
  EXPECT_NE(ran.err.find("(TM-E0017)"), std::string::npos) << ran.err;
}

TEST(Run, AnAnswerThatCanNotBeWrittenIsAnError) {
  std::ostringstream out;
  std::ostringstream err;
  out.setstate(std::ios::badbit);
  Console console{out, err, {}, {}, false, {}, {}};
  EXPECT_EQ(run({"version"}, console), ExitCode::error);
  EXPECT_NE(err.str().find("TM-E0002"), std::string::npos);
}

}  // namespace
}  // namespace tidemark::cli
