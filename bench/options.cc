#include "bench/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "bench/workloads.h"

namespace tidemark::bench {
namespace {

bool covers(std::string_view wanted, std::string_view name) {
  return name.starts_with(wanted) && (name.size() == wanted.size() || name[wanted.size()] == '-');
}

std::string check_workload(const std::string& wanted) {
  const bool known =
      std::ranges::any_of(kWorkloads, [&](std::string_view name) { return covers(wanted, name); });
  return known ? std::string() : "there is no workload " + wanted;
}

}  // namespace

bool Options::selects(std::string_view name) const {
  return workloads.empty() || std::ranges::any_of(workloads, [&](const std::string& wanted) {
           return covers(wanted, name);
         });
}

Asked parse(std::vector<std::string> arguments) {
  Asked asked;
  Options& options = asked.options;
  std::size_t txn = 0;
  CLI::App app("Measures tidemark beside plain SQLite; prints one JSON object a line.",
               "tidemark_bench");
  app.add_option("--workload", options.workloads, "W1 ... W5, W2-replica, ...; all by default")
      ->delimiter(',')
      ->check(check_workload);
  app.add_option("--rows", options.rows, "rows of the table")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}))
      ->capture_default_str();
  app.add_option("--txn", txn, "rows in one transaction of the app")
      ->check(CLI::Range(std::size_t{1}, std::size_t{100'000'000}));
  app.add_option("--runs", options.runs, "the figures are medians of so many runs")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1000}))
      ->capture_default_str();
  try {
    std::ranges::reverse(arguments);  // the order that CLI11 takes a vector in
    app.parse(arguments);
  } catch (const CLI::ParseError& e) {
    std::ostringstream out;
    asked.exit_code = app.exit(e, out, out) == 0 ? 0 : 2;
    asked.message = out.str();
  }
  if (txn > 0) options.txn = txn;
  return asked;
}

}  // namespace tidemark::bench
