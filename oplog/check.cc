#include "oplog/check.h"

#include <cstdio>
#include <cstdlib>

namespace tidemark {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "%s:%d: tidemark invariant broken: %s\n", file, line, condition);
  std::abort();
}

}  // namespace tidemark
