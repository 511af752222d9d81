#include "oplog/rng.h"

#include <sodium.h>

namespace tidemark {

void SystemRng::fill(std::span<std::byte> out) { randombytes_buf(out.data(), out.size()); }

}  // namespace tidemark
