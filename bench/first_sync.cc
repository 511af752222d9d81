#include <string>

#include "bench/device.h"
#include "bench/measure.h"
#include "bench/workloads.h"
#include "tests/support/temp_dir.h"

namespace tidemark::bench {
namespace {

std::vector<Sample> plain_run(const Bench& bench) {
  const test::TempDir folder;
  App app(folder.file("plain.db"));
  return {measure([&] {
    app.insert(bench.rows, bench.rows.size());
    return 0.0;
  })};
}

/// Not in the process that is measured: what it leaves in memory would be counted.
void prepare_source(const Bench& bench, const std::string& path, std::size_t txn) {
  in_child([&]() -> std::vector<Sample> {
    BenchDevice source(path);
    source.app().insert(bench.rows, txn);
    source.seal();
    source.checkpoint();
    return {};
  });
}

std::vector<Sample> replica_run(const test::TempDir& folder) {
  BenchDevice source(folder.file("source.db"));
  BenchDevice target(folder.file("target.db"));
  const Sample sample = measure([&] { return target.pull(source); });
  require_equal_tables(target.app(), folder.file("source.db"));
  return {sample};
}

void print(const Bench& bench, std::string name, std::size_t txn, const Sample& plain,
           const Sample& ours) {
  const std::size_t rows = bench.rows.size();
  Line line{.workload = std::move(name), .plain = true, .rows = rows, .txn = rows};
  line.seconds = plain.seconds;
  line.peak_rss_kb = plain.peak_rss_kb;
  line.ratio_to_plain = 1.0;
  bench.print(line);
  line.plain = false;
  line.txn = txn;
  line.seconds = ours.seconds;
  line.bytes_per_row = ours.bytes / static_cast<double>(rows);
  line.peak_rss_kb = ours.peak_rss_kb;
  line.ratio_to_plain = ours.seconds / plain.seconds;
  bench.print(line);
}

}  // namespace

void first_sync(const Bench& bench) {
  if (!bench.options.selects("W2-replica")) return;
  const std::size_t txn = bench.options.txn.value_or(kUsualTxn);
  std::vector<Sample> plain;
  std::vector<Sample> ours;
  for (std::size_t i = 0; i < bench.options.runs; ++i) {
    plain.push_back(in_child([&] { return plain_run(bench); }).at(0));
    const test::TempDir folder;
    prepare_source(bench, folder.file("source.db"), txn);
    ours.push_back(in_child([&] { return replica_run(folder); }).at(0));
  }
  print(bench, "W2-replica", txn, median(plain), median(ours));
}

}  // namespace tidemark::bench
