// The decoded body of a frame (FRAME.md, "Body"): salts in runs, four columns, one blob.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "oplog/bytes.h"
#include "oplog/entry.h"
#include "proto/frame_codec.h"

namespace tidemark::proto {

/// Writes a body whose salts are one run made from `seed` (form 0) into `out` (replaced). `blob`
/// holds the payloads in order. Requires: entries not empty, their lengths cover the blob.
void encode_body(std::span<const EntryHead> entries, const Salt& seed, ByteView blob, Bytes& out);

/// The same with a salt for each entry (form 1).
void encode_body(std::span<const EntryHead> entries, std::span<const Salt> salts, ByteView blob,
                 Bytes& out);

/// Reads the body of a frame that holds live entries only, of which its header says `count`.
/// `entries` and `runs` are replaced; payloads borrow from `body`. Checks layout and the facts of
/// each entry alone, and that hlcs rise: FrameReject::none, bad_body or bad_entry.
FrameReject decode_body(ByteView body, std::uint32_t count, std::vector<EntryView>& entries,
                        std::vector<SaltRun>& runs);

}  // namespace tidemark::proto
