// The lines that the benchmark prints.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tidemark::bench {

struct Line {
  std::string workload;
  bool plain{};        ///< plain SQLite's own figure
  std::size_t rows{};  ///< rows or row changes that were worked on; 0 where nothing is
  std::size_t txn{};   ///< rows in one transaction of the app
  double seconds{};    ///< for all of `rows`
  std::optional<double> bytes_per_row{};
  double peak_rss_kb{};  ///< above what the process held before
  std::optional<double> ratio_to_plain{};
};

/// One JSON object, without a line end.
std::string to_json(const Line& line);

}  // namespace tidemark::bench
