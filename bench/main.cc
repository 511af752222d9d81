#include <exception>
#include <iostream>

#include "bench/options.h"
#include "bench/workloads.h"

int main(int argc, char** argv) {
  using namespace tidemark::bench;
  const Asked asked = parse({argv + 1, argv + argc});
  if (asked.exit_code) {
    (*asked.exit_code == 0 ? std::cout : std::cerr) << asked.message;
    return *asked.exit_code;
  }
  try {
    constexpr std::uint64_t kSeed = 1;
    const auto rows = RowMaker(kSeed).rows(asked.options.rows);
    const Bench bench{asked.options, rows,
                      [](const Line& line) { std::cout << to_json(line) << std::endl; }};
    for (const auto workload : {local_writes, first_sync, small_sync, space}) workload(bench);
    return 0;
  } catch (const std::exception& e) {
    std::cerr << "tidemark_bench: " << e.what() << '\n';
    return 1;
  }
}
