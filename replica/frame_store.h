// What a database must be able to do to be a replica: a handful of statements. Each database
// implements these; all rules of the contract (gap, duplicate, fork, overlap, paging,
// verification, watching) stand once, in StoredReplica.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oplog/error_codes.h"
#include "oplog/frame.h"

namespace tidemark::replica {

/// Refused things are recorded up to this many rows of each kind (frames, entries): whoever sends
/// garbage must not fill the disk.
inline constexpr std::int64_t kQuarantineRowsMax = 1000;

/// What a store keeps of an origin besides its frames.
struct OriginTail {
  LogTail log;
  EntryIndex complete{};  ///< behind the last entry that ends a transaction
  Hlc last_hlc;           ///< highest of the log; of the own origin: of its clock
  bool closed{};          ///< others continued this log, which is our own
  bool operator==(const OriginTail&) const = default;
};

/// All that readers ask for often, read at once.
struct StoreState {
  std::int64_t version{};  ///< FrameStore::version() when it was read
  GroupId group;
  std::map<PeerId, OriginTail> origins;
};

/// Something that is not merged, and why.
struct Refusal {
  PeerId origin;
  EntryIndex first{};
  ErrorCode code{};
  std::string reason;
  Bytes header;  ///< of the refused frame; empty for an entry, which stands in a stored frame
};

/// Reads of a store: of what is committed, or of a transaction that is open.
class FrameReader {
 public:
  virtual ~FrameReader() = default;
  virtual GroupId group() = 0;
  virtual StoreState state() = 0;
  /// None if no frame of `origin` is stored.
  virtual std::optional<OriginTail> tail(const PeerId& origin) = 0;
  /// Stored frames that together hold the entries at or after `from`, ascending, without a hole,
  /// verbatim; the first one holds `from`. Widest first where frames overlap. Within `limits`, but
  /// at least one if any entry at `from` is stored.
  virtual std::vector<Frame> read(const PeerId& origin, EntryIndex from,
                                  const ReadLimits& limits) = 0;
  /// Whether this refusal is recorded, or no more of its kind are.
  virtual bool is_recorded(const Refusal& refusal) = 0;
};

/// One write transaction; one writer at a time. Rolls back when it goes without commit(). What it
/// reads is read under the write lock, never from a cache.
class FrameTransaction : public FrameReader {
 public:
  /// Requires: `origin` is unknown. `name` is that of its device.
  virtual void add_origin(const PeerId& origin, std::string_view name) = 0;
  /// Stores a frame, in the place of stored ones that lie inside it, and moves the tail.
  /// Requires: the origin is known.
  virtual void put(const Frame& frame, const OriginTail& after) = 0;
  /// Marks the own origin as continued elsewhere.
  virtual void close(const PeerId& origin) = 0;
  /// Records a refusal unless is_recorded().
  virtual void record(const Refusal& refusal, std::int64_t now_ms) = 0;
  virtual void commit() = 0;
};

class FrameStore : public FrameReader {
 public:
  virtual std::unique_ptr<FrameTransaction> begin() = 0;
  /// Changes when anyone else committed. Cheap: asked before each use of what was read earlier.
  virtual std::int64_t version() = 0;
};

}  // namespace tidemark::replica
