// Chance that can be repeated, and the seeds that a run is to try.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "oplog/rng.h"

namespace tidemark::test {

/// The same bytes for the same seed, on every machine. Thread: one at a time.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed) : source_(seed) {}

  void fill(std::span<std::byte> out) override;
  /// A number below `end`. Requires: end > 0.
  std::uint64_t below(std::uint64_t end);
  /// True in `percent` of 100 cases.
  bool chance(unsigned percent) { return below(100) < percent; }

 private:
  std::mt19937_64 source_;
};

/// The seeds of a randomised test: 1..`usual`. TIDEMARK_SEEDS=N in the environment makes it 1..N,
/// TIDEMARK_SEED=S only S, to run a failure again. A test prints its seed when it fails.
std::vector<std::uint64_t> seeds(std::uint64_t usual);

}  // namespace tidemark::test
