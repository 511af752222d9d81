// A sealed run of entries: the unit that is stored, published, sent and verified.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "oplog/bytes.h"
#include "oplog/entry.h"
#include "oplog/ids.h"

namespace tidemark {

/// Sealed bytes and the envelope read from them. Made only by proto/; a store never trusts the
/// envelope of foreign bytes before proto has verified them. A value: holds no view.
struct Frame {
  PeerId origin;
  EntryIndex first{};
  std::uint32_t count{};
  Bytes bytes;

  EntryIndex next() const { return advanced(first, count); }
  bool operator==(const Frame&) const = default;
};

/// Position and identity of a log's end: what a store must know to accept the next frame.
struct LogTail {
  EntryIndex next{};
  Hash chain{};
  EntryIndex floor{};
  bool operator==(const LogTail&) const = default;
};

struct ReadLimits {
  std::size_t entries_max = 4096;
  std::size_t bytes_max = std::size_t{4} << 20;
};

/// The outcome of offering one frame or entry to a log.
struct Applied {
  enum class Outcome : std::uint8_t {
    applied,    ///< stored, at least in part
    duplicate,  ///< all of it is here already, with an equal chain
    gap,        ///< begins beyond the cursor; nothing written
    fork,       ///< another chain at an index that is here; nothing written
    invalid,    ///< damaged or malformed; nothing written
    foreign,    ///< of another group; nothing written
    waiting,    ///< written by a newer version; nothing written
    closed,     ///< of our own origin, beyond what we wrote: this log has been rolled back
  };
  Outcome outcome{};
  EntryIndex expected{};    ///< the cursor before the call
  EntryIndex actual{};      ///< the index that was offered
  std::uint32_t entries{};  ///< how many were new
  bool operator==(const Applied&) const = default;
};

/// "applied", "duplicate", ...: for logs and status.
const char* to_text(Applied::Outcome outcome);

}  // namespace tidemark
