#include "tests/support/seeded_rng.h"

#include <cstdlib>
#include <numeric>

namespace tidemark::test {

void SeededRng::fill(std::span<std::byte> out) {
  for (std::byte& byte : out) byte = static_cast<std::byte>(source_() >> 56);
}

// Not std::uniform_int_distribution: what it makes of a seed is the library's choice.
std::uint64_t SeededRng::below(std::uint64_t end) {
  return source_() % end;
}

std::vector<std::uint64_t> seeds(std::uint64_t usual) {
  if (const char* one = std::getenv("TIDEMARK_SEED")) return {std::strtoull(one, nullptr, 10)};
  const char* count = std::getenv("TIDEMARK_SEEDS");
  std::vector<std::uint64_t> all(count != nullptr ? std::strtoull(count, nullptr, 10) : usual);
  std::iota(all.begin(), all.end(), std::uint64_t{1});
  return all;
}

}  // namespace tidemark::test
