// Chance comes in through a constructor, so that tests and the simulator can own it.
#pragma once

#include <cstddef>
#include <span>

namespace tidemark {

class Rng {
 public:
  virtual ~Rng() = default;
  /// Fills all of `out` with random bytes.
  virtual void fill(std::span<std::byte> out) = 0;
};

/// The operating system's cryptographic source. Thread: any.
class SystemRng final : public Rng {
 public:
  void fill(std::span<std::byte> out) override;
};

}  // namespace tidemark
