// How figures and tables look in a terminal. Pure functions of text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tidemark::cli {

enum class Style : std::uint8_t { plain, good, warning, bad, faint };

/// Colours, where they are wanted: a terminal, and no NO_COLOR in the environment.
struct Paint {
  bool colour{};
  std::string operator()(Style style, std::string_view text) const;
};

/// Foreign text for a terminal: control characters, which could be commands to it, and bytes that
/// are no UTF-8 become '?'.
std::string printable(std::string_view text);

/// Of well-formed UTF-8, how many code points.
std::size_t width(std::string_view text);

/// 12204 as "12,204".
std::string grouped(std::uint64_t number);
std::string grouped(std::int64_t number);
/// 1258291 as "1.2 MiB".
std::string in_bytes(std::uint64_t bytes);
/// 259200 as "3 d"; the largest unit that fits, rounded down.
std::string in_time(double seconds);
/// "2 entries", "1 entry".
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);

struct Cell {
  std::string text;
  Style style = Style::plain;
};

/// Rows of cells, aligned in columns two spaces apart. Lines end without trailing spaces.
class Columns {
 public:
  /// `right` names the columns that are aligned to the right.
  explicit Columns(std::vector<std::size_t> right = {}, std::string indent = {})
      : right_(std::move(right)), indent_(std::move(indent)) {}

  void add(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string text(Paint paint) const;

 private:
  std::vector<std::size_t> right_;
  std::string indent_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace tidemark::cli
