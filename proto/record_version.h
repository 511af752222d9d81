// The byte that every record begins with.
#pragma once

#include "proto/leb.h"
#include "proto/record.h"

namespace tidemark::proto {

/// Reads the version. Zero or nothing is malformed; above ours is newer, whatever follows.
inline RecordReject read_version(ByteReader& reader) {
  const std::uint8_t version = reader.u8();
  if (version == 0) return RecordReject::malformed;
  return version > kRecordVersion ? RecordReject::newer : RecordReject::none;
}

}  // namespace tidemark::proto
