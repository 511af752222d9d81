#include "bench/device.h"
#include "bench/measure.h"
#include "bench/workloads.h"
#include "tests/support/temp_dir.h"

namespace tidemark::bench {
namespace {

std::vector<Sample> run(const Bench& bench, std::size_t txn) {
  const test::TempDir folder;
  App plain(folder.file("plain.db"));
  plain.insert(bench.rows, txn);
  BenchDevice device(folder.file("device.db"));
  device.app().insert(bench.rows, txn);
  return {measure([&] {
    device.seal();
    return static_cast<double>(device.app().bytes_in_use() - plain.bytes_in_use());
  })};
}

}  // namespace

void space(const Bench& bench) {
  if (!bench.options.selects("W5")) return;
  const std::size_t txn = bench.options.txn.value_or(kUsualTxn);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < bench.options.runs; ++i) {
    samples.push_back(in_child([&] { return run(bench, txn); }).at(0));
  }
  const Sample sample = median(samples);
  Line line{.workload = "W5", .rows = bench.rows.size(), .txn = txn};
  line.seconds = sample.seconds;
  line.bytes_per_row = sample.bytes / static_cast<double>(bench.rows.size());
  line.peak_rss_kb = sample.peak_rss_kb;
  bench.print(line);
}

}  // namespace tidemark::bench
