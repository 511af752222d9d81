// One zstd frame, canonical enough to be judged: content size present, no dictionary, no skippable
// frame, nothing behind it. zstd stays behind this fence.
#pragma once

#include "oplog/bytes.h"

namespace tidemark::proto {

/// Compresses `raw` into `out` (replaced; its capacity is reused). Returns false, with `out`
/// unspecified, if the result would not be smaller. Thread: any; contexts are per thread.
bool compress(ByteView raw, int level, Bytes& out);

/// Decompresses `stored` into `out` (replaced), which must become exactly `raw_length` bytes.
/// Requires: the caller compared raw_length with its cap. False on anything else.
bool decompress(ByteView stored, std::size_t raw_length, Bytes& out);

}  // namespace tidemark::proto
