// Time and memory of a piece of work, each run in a process of its own.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

namespace tidemark::bench {

struct Sample {
  double seconds{};
  double bytes{};        ///< of whatever the workload counts
  double peak_rss_kb{};  ///< above what the process held before
};

/// Memory of this process above what it held when the meter was made.
class MemoryMeter {
 public:
  MemoryMeter();
  /// The peak since then, in KiB.
  double peak_kb() const;

 private:
  double base_kb_;
};

/// Runs `work`, which returns the bytes that it counts.
template <typename Work>
Sample measure(Work&& work) {
  const MemoryMeter memory;
  const auto start = std::chrono::steady_clock::now();
  const double bytes = work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {took.count(), bytes, memory.peak_kb()};
}

/// Runs `work` in a forked process and returns its samples. What it allocates or leaves open never
/// meets another run. Throws std::runtime_error if it failed; its reason is on stderr.
/// Requires: this process has no other threads, and no SQLite connection.
std::vector<Sample> in_child(const std::function<std::vector<Sample>()>& work);

/// Each field's median. Requires: not empty.
Sample median(const std::vector<Sample>& samples);

}  // namespace tidemark::bench
