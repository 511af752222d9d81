// The interfaces that everything meets at. Drivers know only these.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "oplog/cursor_watch.h"
#include "oplog/entry.h"
#include "oplog/frame.h"
#include "oplog/peer_cursors.h"

namespace tidemark {

/// What both faces of a log share: where it stands.
/// Thread: one at a time for every class that implements one of these, unless it says otherwise.
class HasCursors {
 public:
  virtual ~HasCursors() = default;

  /// The received plane: per origin the end of the hole-free run that begins at its floor.
  virtual PeerCursors cursors() = 0;
  /// The next index wanted of `origin`; 0 if unseen.
  virtual EntryIndex cursor(const PeerId& origin) = 0;
  /// The lowest index held of `origin`.
  virtual EntryIndex floor(const PeerId& origin) = 0;
  /// Snapshot first, then merged advances; no advance is lost between the two. The watch outlives
  /// nothing: when the log goes, it closes.
  virtual std::shared_ptr<CursorWatch> watch_cursors() = 0;
};

/// The read face of a log.
class LogSource : public virtual HasCursors {
 public:
  /// Entries of `origin` at or after `from`, ascending and without holes (invariant no-holes),
  /// expunged ones included. Empty means drained: nothing at `from` is here now. Holds at least
  /// one entry when any exists, even if it alone exceeds `limits`, so that a caller advances.
  /// Throws Error{behind_floor} below the floor.
  virtual std::vector<IndexedEntry> read_since(const PeerId& origin, EntryIndex from,
                                               const ReadLimits& limits) = 0;

  /// The same in whole frames, verbatim. The first one may begin before `from`, and holds it.
  virtual std::vector<Frame> read_frames(const PeerId& origin, EntryIndex from,
                                         const ReadLimits& limits) = 0;

  /// Per origin the end of the run that is readable from `have` on. A log without holes offers
  /// its cursors; a sync folder may hold runs that its own cursor, counted from the floor, does
  /// not reach.
  virtual PeerCursors offered(const PeerCursors& have) {
    static_cast<void>(have);
    return cursors();
  }
};

/// The write face of a log.
class LogProcessor : public virtual HasCursors {
 public:
  /// Whether entries of `origin` may be applied here at all: a file log takes its own only.
  virtual bool accepts(const PeerId& origin) const = 0;

  /// Applies one entry at `index` (plain groups only: it is wrapped into a frame of its own).
  /// Only index == cursor writes; lower is a duplicate or a fork, higher a gap.
  virtual Applied apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) = 0;

  /// Applies frames of one or more origins in one transaction of the store; one result for each.
  /// A frame that overlaps the cursor with an equal chain is applied for its new part. A gap,
  /// duplicate, fork, or anything else but `applied` writes nothing. Nothing is stored and no
  /// cursor moves before the whole frame has been verified.
  /// Throws only when the store failed: then nothing has changed.
  virtual std::vector<Applied> apply(std::span<const Frame> frames) = 0;
};

/// A full store: serves, relays, merges.
class Replica : public LogSource, public LogProcessor {};

/// What an app says itself: index, tick, salt and chain are the log's business.
struct NewEntry {
  EntryKind kind{};
  std::int64_t captured_ms{};  ///< Unix ms; the hlc is at least this
  Bytes payload;
};

/// Appends to the own origin.
class LocalLog {
 public:
  virtual ~LocalLog() = default;
  virtual PeerId self() const = 0;
  /// Appends one local transaction; the last entry ends it. Returns the index of the first one.
  /// Requires: not empty.
  virtual EntryIndex append(std::span<const NewEntry> transaction) = 0;
};

/// Synchronous reader over a directory of file logs.
class FileLogPuller {
 public:
  virtual ~FileLogPuller() = default;
  /// Origins of which anything readable is here. An unreadable root has none.
  virtual std::vector<PeerId> list_peers() = 0;
  /// A bounded batch, empty when drained.
  virtual std::vector<IndexedEntry> read_entries(const PeerId& origin, EntryIndex from) = 0;
};

/// The single-writer side of a file log: no method can name another origin.
class FileLogSink {
 public:
  virtual ~FileLogSink() = default;
  virtual PeerId self() const = 0;
  /// Writes frames of self(), contiguous from the own extent, as one durable segment.
  /// Another origin's frame is Error{invalid_argument}; a gap writes nothing.
  virtual Applied write(std::span<const Frame> frames) = 0;
};

}  // namespace tidemark
