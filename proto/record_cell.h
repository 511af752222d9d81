// One value inside a record (RECORD.md, "Values").
#pragma once

#include "oplog/bytes.h"
#include "proto/leb.h"
#include "proto/record.h"

namespace tidemark::proto {

/// Writes tag and content at `to`, which has room for encoded_size(cell); returns the place behind.
std::byte* put_cell(std::byte* to, const Cell& cell);

/// Reads one value; the reader fails on every form that put_cell would not write.
Cell read_cell(ByteReader& reader);

/// Whether a key may hold a value of this type.
bool is_key_type(CellType type);

/// Whether a column's constant default may be of this type.
bool is_constant_type(CellType type);

}  // namespace tidemark::proto
