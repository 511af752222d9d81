#include "oplog/error.h"

#include <array>
#include <cstdio>

namespace tidemark {

std::string to_text(ErrorCode code) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "TM-E%04u", static_cast<unsigned>(code));
  return text.data();
}

std::string_view describe(ErrorCode code) {
  switch (code) {
#define TIDEMARK_CASE(name, number, text) \
  case ErrorCode::name: return text;
    TIDEMARK_ERROR_CODES(TIDEMARK_CASE)
#undef TIDEMARK_CASE
  }
  return "unknown error";
}

}  // namespace tidemark
