#include "cli/log_time.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace tidemark::cli {

std::string to_text(Hlc hlc) {
  constexpr std::int64_t kYear10000Ms = 253402300800000;
  const std::int64_t ms = unix_ms(hlc);
  const std::string counter = "+" + std::to_string(hlc.bits & 0xFFFF);
  if (ms >= kYear10000Ms) return std::to_string(ms) + counter;
  using namespace std::chrono;
  const sys_time<milliseconds> time{milliseconds{ms}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<milliseconds> clock{time - day};
  std::array<char, 64> text{};
  std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return text.data() + counter;
}

}  // namespace tidemark::cli
