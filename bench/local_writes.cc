#include <string>

#include "bench/device.h"
#include "bench/measure.h"
#include "bench/workloads.h"
#include "tests/support/temp_dir.h"

namespace tidemark::bench {
namespace {

Sample insert_timed(App& app, const Bench& bench, std::size_t txn) {
  return measure([&] {
    app.insert(bench.rows, txn);
    return 0.0;
  });
}

std::vector<Sample> plain_run(const Bench& bench, std::size_t txn) {
  const test::TempDir folder;
  App app(folder.file("plain.db"));
  return {insert_timed(app, bench, txn)};
}

/// The writes, then the seal of them.
std::vector<Sample> tidemark_run(const Bench& bench, std::size_t txn) {
  const test::TempDir folder;
  BenchDevice device(folder.file("device.db"));
  const Sample writes = insert_timed(device.app(), bench, txn);
  const Sample seal = measure([&] {
    device.seal();
    return 0.0;
  });
  return {writes, seal};
}

void run(const Bench& bench, std::size_t txn) {
  std::vector<Sample> plain;
  std::vector<Sample> writes;
  std::vector<Sample> seals;
  // In turn, so that a slow minute of the machine meets both.
  for (std::size_t i = 0; i < bench.options.runs; ++i) {
    plain.push_back(in_child([&] { return plain_run(bench, txn); }).at(0));
    const auto ours = in_child([&] { return tidemark_run(bench, txn); });
    writes.push_back(ours.at(0));
    seals.push_back(ours.at(1));
  }
  const Sample base = median(plain);
  const Sample tracked = median(writes);
  const Sample seal = median(seals);
  Line line{.workload = "W1", .plain = true, .rows = bench.rows.size(), .txn = txn};
  const auto print = [&](const Sample& sample, std::optional<double> ratio) {
    line.seconds = sample.seconds;
    line.peak_rss_kb = sample.peak_rss_kb;
    line.ratio_to_plain = ratio;
    bench.print(line);
    line.plain = false;
  };
  if (bench.options.selects("W1")) {
    print(base, 1.0);
    print(tracked, tracked.seconds / base.seconds);
  }
  line.plain = false;
  line.workload = "W1-seal";
  if (bench.options.selects(line.workload)) print(seal, std::nullopt);
}

}  // namespace

void local_writes(const Bench& bench) {
  if (!bench.options.selects("W1") && !bench.options.selects("W1-seal")) return;
  if (bench.options.txn) return run(bench, *bench.options.txn);
  for (const std::size_t txn : {std::size_t{1}, std::size_t{100}, std::size_t{10'000}}) {
    run(bench, txn);
  }
}

}  // namespace tidemark::bench
