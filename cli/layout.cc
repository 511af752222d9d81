#include "cli/layout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tidemark::cli {
namespace {

struct CodePoint {
  char32_t value{};
  std::size_t bytes{};  ///< 0: not UTF-8
};

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(at);
  if (lead < 0x80) return {lead, 1};
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + bytes > text.size()) return {};
  char32_t value = lead & (0xFFU >> (bytes + 1));
  for (std::size_t i = at + 1; i < at + bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = (value << 6) | (byte(i) & 0x3FU);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < kLeast.at(bytes) || value > 0x10FFFF || surrogate) return {};
  return {value, bytes};
}

/// What a terminal obeys instead of showing: C0, DEL, C1, and the marks that turn text around.
bool is_command(char32_t value) {
  return value < 0x20 || (value >= 0x7F && value < 0xA0) || (value >= 0x200E && value <= 0x200F) ||
         (value >= 0x2028 && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
}

std::string_view escape_of(Style style) {
  switch (style) {
    case Style::good:
      return "\x1b[32m";
    case Style::warning:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[31m";
    case Style::faint:
      return "\x1b[2m";
    case Style::plain:
      break;
  }
  return {};
}

}  // namespace

std::string Paint::operator()(Style style, std::string_view text) const {
  const std::string_view escape = escape_of(style);
  if (!colour || escape.empty()) return std::string(text);
  return std::string(escape).append(text).append("\x1b[0m");
}

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (point.bytes == 0 || is_command(point.value)) {
      out += '?';
      at += std::max<std::size_t>(point.bytes, 1);
    } else {
      out += text.substr(at, point.bytes);
      at += point.bytes;
    }
  }
  return out;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string grouped(std::int64_t number) {
  if (number >= 0) return grouped(static_cast<std::uint64_t>(number));
  return "-" + grouped(~static_cast<std::uint64_t>(number) + 1);
}

std::string in_bytes(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return std::to_string(bytes) + " B";
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits.at(unit));
  return text.data();
}

std::string in_time(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  constexpr std::array<Unit, 4> kUnits = {{{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}}};
  if (!(seconds > 0)) return "0 s";
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.seconds) {
      const double units = std::min(std::floor(seconds / unit.seconds), 1e15);
      return grouped(static_cast<std::uint64_t>(units)) + " " + unit.name;
    }
  }
  return "0 s";
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return grouped(number) + " " + std::string(number == 1 ? one : many);
}

std::string Columns::text(Paint paint) const {
  std::vector<std::size_t> widths;
  for (const auto& row : rows_) {
    if (widths.size() < row.size()) widths.resize(row.size());
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], width(row[i].text));
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line = indent_;
    std::string gap;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string fill(widths[i] - width(row[i].text), ' ');
      const bool to_right = std::ranges::find(right_, i) != right_.end();
      if (row[i].text.empty()) {
        gap += fill + "  ";
        continue;
      }
      line += gap + (to_right ? fill : "") + paint(row[i].style, row[i].text);
      gap = (to_right ? "" : fill) + "  ";
    }
    out += line + "\n";
  }
  return out;
}

}  // namespace tidemark::cli
