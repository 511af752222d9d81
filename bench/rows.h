// The rows that all workloads work on: a todo list, the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tidemark::bench {

/// About 185 bytes, of which zstd leaves 49 in blocks of 64 KiB: 20 of these are the key.
struct Row {
  std::string id;     ///< a version 4 UUID as text: keys come in random order
  std::string title;  ///< about 40 characters
  std::int64_t done{};
  std::int64_t updated_at{};  ///< Unix ms
  std::string notes;          ///< about 100 characters
};

/// What one seed makes is fixed: it depends on no library's distributions.
class RowMaker {
 public:
  explicit RowMaker(std::uint64_t seed) : source_(seed) {}

  std::vector<Row> rows(std::size_t count);
  /// Phrases of a todo list, as many as fit into `characters`.
  std::string text(std::size_t characters);

 private:
  std::uint64_t below(std::uint64_t end) { return source_() % end; }
  std::string uuid();

  std::mt19937_64 source_;
};

}  // namespace tidemark::bench
