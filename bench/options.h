// What the benchmark was asked to run.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::bench {

struct Options {
  std::vector<std::string> workloads;  ///< empty = all
  std::size_t rows = 100'000;          ///< of the table
  std::optional<std::size_t> txn;      ///< rows in one transaction of the app
  std::size_t runs = 3;                ///< the figures are medians of so many

  /// Whether the line `name` is wanted: by its own name, or by what stands before its dash.
  bool selects(std::string_view name) const;
};

/// The outcome of reading a command line: options, or what to print and the exit code.
struct Asked {
  Options options;
  std::optional<int> exit_code;  ///< none: run
  std::string message;
};

/// `arguments` without the program's name.
Asked parse(std::vector<std::string> arguments);

}  // namespace tidemark::bench
