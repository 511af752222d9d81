#include <algorithm>
#include <span>
#include <stdexcept>
#include <string>

#include "bench/device.h"
#include "bench/measure.h"
#include "bench/workloads.h"
#include "tests/support/temp_dir.h"

namespace tidemark::bench {
namespace {

constexpr std::size_t kChangedRows = 1'000;
constexpr std::size_t kContestedRows = 10'000;
constexpr int kIdleRounds = 1'000;

/// Two devices that hold all rows.
struct Pair {
  Pair(const Bench& bench, const test::TempDir& folder)
      : left(folder.file("left.db")), right(folder.file("right.db")) {
    left.app().insert(bench.rows, bench.options.txn.value_or(kUsualTxn));
    left.seal();
    right.pull(left);
    left.pull(right);
    left.checkpoint();
    right.checkpoint();
  }

  BenchDevice left;
  BenchDevice right;
};

// The rows that change are those that were inserted first: neighbours in the table, though neither
// in its index nor among the clocks.

/// Changes rows through one prepared UPDATE, in one transaction. `bind` binds its parameters.
template <typename Bind>
void change(App& app, std::string_view sql, std::span<const Row> rows, Bind bind) {
  AppStatement update(app.handle(), sql);
  app.execute("BEGIN");
  for (const Row& row : rows) {
    bind(update, row);
    update.run();
  }
  app.execute("COMMIT");
}

Sample seal(BenchDevice& device) {
  return measure([&] {
    device.seal();
    return 0.0;
  });
}

/// One device changes two columns of some rows: its seal, then what the other device pulls, then
/// pulling when there is nothing.
std::vector<Sample> changed_rows_run(const Bench& bench, std::size_t count) {
  const test::TempDir folder;
  Pair pair(bench, folder);
  change(pair.left.app(), "UPDATE todos SET done = 1 - done, updated_at = ?1 WHERE id = ?2",
         std::span(bench.rows).first(count), [](AppStatement& update, const Row& row) {
           update.bind(1, row.updated_at + 3'600'000).bind(2, row.id);
         });
  const Sample sealed = seal(pair.left);
  const Sample moved = measure([&] { return pair.right.pull(pair.left); });
  Sample idle = measure([&] {
    double bytes = 0;
    for (int i = 0; i < kIdleRounds; ++i) bytes += pair.right.pull(pair.left);
    return bytes;
  });
  idle.seconds /= kIdleRounds;
  require_equal_tables(pair.right.app(), folder.file("left.db"));
  return {sealed, moved, idle};
}

/// Gives `column` a new beginning.
void rewrite(App& app, std::span<const Row> rows, const std::string& column,
             const std::string& beginning) {
  change(app, "UPDATE todos SET " + column + " = ?1 || substr(" + column + ", 4) WHERE id = ?2",
         rows,
         [&](AppStatement& update, const Row& row) { update.bind(1, beginning).bind(2, row.id); });
}

void require_both_kept(App& app, std::int64_t apart) {
  const std::int64_t kept =
      app.integer("SELECT count(*) FROM todos WHERE title LIKE 'left %' AND notes LIKE 'right %'");
  if (kept != apart) throw std::runtime_error("a column of one side was lost");
}

/// Both devices change the same rows: of half of them different columns, of half the same one. The
/// seals of both, then both pulls.
std::vector<Sample> contested_rows_run(const Bench& bench, std::size_t count) {
  const test::TempDir folder;
  Pair pair(bench, folder);
  const auto rows = std::span(bench.rows).first(count);
  const auto apart = rows.first(count / 2);
  rewrite(pair.left.app(), rows, "title", "left ");
  rewrite(pair.right.app(), apart, "notes", "right ");
  rewrite(pair.right.app(), rows.subspan(apart.size()), "title", "right ");
  const Sample sealed = measure([&] {
    pair.left.seal();
    pair.right.seal();
    return 0.0;
  });
  const Sample moved =
      measure([&] { return pair.left.pull(pair.right) + pair.right.pull(pair.left); });
  require_equal_tables(pair.right.app(), folder.file("left.db"));
  require_both_kept(pair.left.app(), static_cast<std::int64_t>(apart.size()));
  return {sealed, moved};
}

/// Prints a line for each selected name from the samples in its place.
template <typename Run>
void run(const Bench& bench, std::size_t rows, const std::vector<std::string>& names, Run once) {
  if (std::ranges::none_of(names, [&](const auto& n) { return bench.options.selects(n); })) return;
  std::vector<std::vector<Sample>> samples(names.size());
  for (std::size_t i = 0; i < bench.options.runs; ++i) {
    const auto found = in_child(once);
    for (std::size_t n = 0; n < names.size(); ++n) samples[n].push_back(found.at(n));
  }
  for (std::size_t n = 0; n < names.size(); ++n) {
    if (!bench.options.selects(names[n])) continue;
    const Sample sample = median(samples[n]);
    Line line{.workload = names[n], .rows = names[n].ends_with("-idle") ? 0 : rows, .txn = rows};
    line.seconds = sample.seconds;
    line.peak_rss_kb = sample.peak_rss_kb;
    if (sample.bytes > 0) line.bytes_per_row = sample.bytes / static_cast<double>(rows);
    bench.print(line);
  }
}

}  // namespace

void small_sync(const Bench& bench) {
  const std::size_t changed = std::min(kChangedRows, bench.rows.size());
  run(bench, changed, {"W3-seal", "W3", "W3-idle"},
      [&] { return changed_rows_run(bench, changed); });
  const std::size_t contested = std::min(kContestedRows, bench.rows.size());
  // Each of these rows is changed twice.
  run(bench, 2 * contested, {"W4-seal", "W4"},
      [&] { return contested_rows_run(bench, contested); });
}

}  // namespace tidemark::bench
