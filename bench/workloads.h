// The workloads. Each prints its lines, for what of it is selected; docs/performance.md says what
// they do.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "bench/options.h"
#include "bench/report.h"
#include "bench/rows.h"

namespace tidemark::bench {

/// Every name that a line can have.
inline constexpr std::array<std::string_view, 10> kWorkloads = {
    "W1", "W1-seal", "W2-replica", "W2-folder", "W3", "W3-seal", "W3-idle", "W4", "W4-seal", "W5"};

/// Rows in one transaction of the app where nothing else is asked for.
inline constexpr std::size_t kUsualTxn = 100;

/// What a workload is given: the rows were made before anything is measured.
struct Bench {
  const Options& options;
  const std::vector<Row>& rows;
  std::function<void(const Line&)> print;
};

/// W1: the app inserts all rows. W1-seal: what it captured becomes entries.
void local_writes(const Bench& bench);
/// W2: an empty device receives all rows, straight from another's log or through a folder.
void first_sync(const Bench& bench);
/// W3: 1,000 changed rows travel. W3-idle: a round that brings nothing. W4: both sides change the
/// same 10,000 rows. W3-seal, W4-seal: the changes become entries, which is no part of W3 and W4.
void small_sync(const Bench& bench);
/// W5: bytes of the database beyond those of the plain table.
void space(const Bench& bench);

}  // namespace tidemark::bench
