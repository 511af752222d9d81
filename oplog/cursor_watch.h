// News of cursor progress, for one subscriber: a snapshot first, then merged advances.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

#include "oplog/peer_cursors.h"

namespace tidemark {

/// What a subscriber is told. Events carry state, not entries: folding `cursors` by pointwise
/// maximum gives the position, however many events were merged into one.
struct CursorsEvent {
  enum class Kind : std::uint8_t {
    snapshot,  ///< the whole vector at subscription: always the first event
    advanced,  ///< the origins that moved since the last event, at their new cursors
  };
  Kind kind{};
  PeerCursors cursors;
};

/// A mailbox that merges: memory is bounded by the number of origins, however slow the reader.
/// Thread: any.
class CursorWatch {
 public:
  explicit CursorWatch(PeerCursors snapshot) : news_(std::move(snapshot)) {}

  /// The next event if there is one now.
  std::optional<CursorsEvent> poll();

  /// Waits for the next event. None when `stop` was requested or the watched log is gone and
  /// everything was taken.
  std::optional<CursorsEvent> wait(std::stop_token stop);

  /// For the watched log: merges an advance into what is not taken yet, and wakes the reader.
  void advance(const PeerCursors& delta);
  /// For the watched log: it goes away.
  void close();

 private:
  std::optional<CursorsEvent> take();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  PeerCursors news_;
  bool snapshot_taken_ = false;
  bool closed_ = false;
};

/// The watched side: hands out watches and keeps them up to date. Owned by a log; closes its
/// watches when it goes. Thread: any.
class CursorWatchers {
 public:
  CursorWatchers() = default;
  CursorWatchers(const CursorWatchers&) = delete;
  CursorWatchers& operator=(const CursorWatchers&) = delete;
  ~CursorWatchers();

  /// `now` becomes the watch's snapshot. Requires: no advance between reading `now` and this call
  /// goes unannounced; a store calls it where its own writes announce.
  std::shared_ptr<CursorWatch> watch(const PeerCursors& now);
  /// Tells every live watch; forgets those whose reader has gone.
  void announce(const PeerCursors& delta);

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<CursorWatch>> watches_;
};

}  // namespace tidemark
