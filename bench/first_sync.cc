#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "api/device.h"
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
void prepare(const std::function<void()>& work) {
  in_child([&]() -> std::vector<Sample> {
    work();
    return {};
  });
}

/// Straight from one database into another.
std::vector<Sample> replica_run(const Bench& bench, std::size_t txn) {
  const test::TempDir folder;
  const std::string from = folder.file("source.db");
  prepare([&] {
    BenchDevice source(from);
    source.app().insert(bench.rows, txn);
    source.seal();
    source.checkpoint();
  });
  return in_child([&]() -> std::vector<Sample> {
    BenchDevice source(from);
    BenchDevice target(folder.file("target.db"));
    const Sample sample = measure([&] { return target.pull(source); });
    require_equal_tables(target.app(), from);
    return {sample};
  });
}

std::unique_ptr<Device> open_device(const std::string& path, const test::TempDir& folder) {
  const DeviceOptions options{.name = "bench", .state_dir = folder.file("state")};
  if (std::filesystem::exists(path)) return Device::open(path, options);
  App app(path);
  Device::init(path, options);
  auto device = Device::open(path, options);
  device->track({"todos"}, {});
  device->seal();  // the table was empty: nothing is left to seed
  return device;
}

/// Through a folder: one device publishes, another one pulls.
std::vector<Sample> folder_run(const Bench& bench, std::size_t txn) {
  const test::TempDir folder;
  const std::string from = folder.file("source.db");
  const std::string shared = folder.file("shared");
  std::filesystem::create_directory(shared);
  prepare([&] {
    const auto source = open_device(from, folder);
    App app(from);
    app.insert(bench.rows, txn);
    source->seal();
    app.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  });
  return in_child([&]() -> std::vector<Sample> {
    const auto source = open_device(from, folder);
    const auto target = open_device(folder.file("target.db"), folder);
    const Sample sample = measure([&] {
      source->sync(shared);
      return static_cast<double>(target->sync(shared).bytes_read);
    });
    App app(folder.file("target.db"));
    require_equal_tables(app, from);
    return {sample};
  });
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
  const std::size_t txn = bench.options.txn.value_or(kUsualTxn);
  const auto run = [&](const std::string& name, auto once) {
    if (!bench.options.selects(name)) return;
    std::vector<Sample> plain;
    std::vector<Sample> ours;
    for (std::size_t i = 0; i < bench.options.runs; ++i) {
      plain.push_back(in_child([&] { return plain_run(bench); }).at(0));
      ours.push_back(once(bench, txn).at(0));
    }
    print(bench, name, txn, median(plain), median(ours));
  };
  run("W2-replica", replica_run);
  run("W2-folder", folder_run);
}

}  // namespace tidemark::bench
