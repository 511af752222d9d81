#include "oplog/rng.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

namespace tidemark {
namespace {

TEST(SystemRng, FillsAllOfTheBuffer) {
  // A byte that stays zero in 32 draws is one that is not filled: chance 2^-256 for each.
  SystemRng rng;
  std::array<std::byte, 37> touched{};
  for (int draw = 0; draw < 32; ++draw) {
    std::array<std::byte, 37> bytes{};
    rng.fill(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) touched[i] |= bytes[i];
  }
  EXPECT_EQ(std::ranges::count(touched, std::byte{0}), 0);
}

TEST(SystemRng, NeverRepeatsItself) {
  SystemRng rng;
  std::array<std::byte, 16> a{};
  std::array<std::byte, 16> b{};
  rng.fill(a);
  rng.fill(b);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace tidemark
