// What makes two key spellings one row (docs/merge.md, "Identity").
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "oplog/bytes.h"
#include "proto/record.h"

namespace tidemark::engine {

/// Appends the identity of one key value to `out`: integer-valued reals count as integers, text is
/// folded by the collation. Injective over key tuples, and ordered like SQLite orders keys (but for
/// reals among integers), so that sorted identities walk the table in order.
/// Requires: integer, real, text or blob.
void append_identity(Bytes& out, const proto::Cell& value, proto::Collation collation);

/// The key values (folded) that an identity was made of; null if it is not one.
/// Text and blobs are owned by the result.
std::optional<std::vector<proto::OwnedCell>> parse_identity(ByteView identity);

/// The first eight bytes as a number that orders like the bytes: a cheap first comparison.
std::uint64_t identity_prefix(ByteView identity);

}  // namespace tidemark::engine
