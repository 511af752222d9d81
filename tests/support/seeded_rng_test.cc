#include "tests/support/seeded_rng.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

namespace tidemark::test {
namespace {

TEST(SeededRng, OneSeedMakesTheSameBytesOnEveryMachine) {
  SeededRng rng(1);
  std::array<std::byte, 8> bytes{};
  rng.fill(bytes);
  EXPECT_EQ(to_hex(bytes), "2222730559e97813");
}

TEST(SeededRng, AnotherSeedMakesOthers) {
  EXPECT_NE(SeededRng(1).below(1'000'000'007), SeededRng(2).below(1'000'000'007));
}

TEST(SeededRng, BelowStaysBelowAndReachesEveryNumber) {
  SeededRng rng(3);
  std::array<int, 5> seen{};
  for (int i = 0; i < 200; ++i) ++seen.at(rng.below(5));
  for (const int count : seen) EXPECT_GT(count, 0);
}

class Seeds : public ::testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("TIDEMARK_SEED");
    ::unsetenv("TIDEMARK_SEEDS");
  }
  void TearDown() override { SetUp(); }
};

TEST_F(Seeds, AreAsManyAsUsual) {
  EXPECT_EQ(seeds(3), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST_F(Seeds, TheEnvironmentMakesThemMore) {
  ::setenv("TIDEMARK_SEEDS", "5", 1);
  EXPECT_EQ(seeds(3).size(), 5U);
}

TEST_F(Seeds, TheEnvironmentNamesTheOneToRunAgain) {
  ::setenv("TIDEMARK_SEEDS", "5", 1);
  ::setenv("TIDEMARK_SEED", "77", 1);
  EXPECT_EQ(seeds(3), std::vector<std::uint64_t>{77});
}

}  // namespace
}  // namespace tidemark::test
