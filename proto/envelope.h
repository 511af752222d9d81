// Headers from their fields: the writing half of the envelope, for those who seal.
#pragma once

#include <span>

#include "oplog/bytes.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"

namespace tidemark::proto {

/// Writes a complete header, CRC included. Reserved bytes and key epoch are zero.
void write_header(const Envelope& envelope, std::span<std::byte, kFrameHeaderBytes> header);

/// The payload hash of a header.
Hash hash_payload(ByteView stored);

}  // namespace tidemark::proto
