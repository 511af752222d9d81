#include "bench/report.h"

#include <array>
#include <cstdio>

namespace tidemark::bench {
namespace {

std::string number(double value, const char* format) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

std::string number_or_null(const std::optional<double>& value, const char* format) {
  return value ? number(*value, format) : "null";
}

}  // namespace

std::string to_json(const Line& line) {
  std::optional<double> rate;
  if (line.rows > 0 && line.seconds > 0) rate = static_cast<double>(line.rows) / line.seconds;
  std::string json = "{\"workload\":\"" + line.workload + "\",\"system\":\"";
  json += line.plain ? "plain" : "tidemark";
  json += "\",\"rows\":" + std::to_string(line.rows) + ",\"txn\":" + std::to_string(line.txn);
  json += ",\"seconds\":" + number(line.seconds, "%.9f");
  json += ",\"rows_per_s\":" + number_or_null(rate, "%.0f");
  json += ",\"bytes_per_row\":" + number_or_null(line.bytes_per_row, "%.1f");
  json += ",\"peak_rss_kb\":" + number(line.peak_rss_kb, "%.0f");
  json += ",\"ratio_to_plain\":" + number_or_null(line.ratio_to_plain, "%.3f") + "}";
  return json;
}

}  // namespace tidemark::bench
