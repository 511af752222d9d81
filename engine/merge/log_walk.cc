#include "engine/merge/log_walk.h"

#include <algorithm>

#include "oplog/error.h"
#include "oplog/limits.h"

namespace tidemark::engine {
namespace {

constexpr ReadLimits kReadAhead{.entries_max = 4096, .bytes_max = std::size_t{1} << 20};

/// Calls visit(frame, index, entry) for the entries in [from, to), until it returns false.
/// `done(frame)` is called after each frame.
template <typename Visit, typename Done>
void for_each_entry(replica::LogTransaction& transaction, const PeerId& origin, EntryIndex from,
                    EntryIndex to, Visit visit, Done done) {
  while (from < to) {
    const auto frames = transaction.received(origin, from, kReadAhead);
    if (frames.empty()) return;
    for (const Frame& stored : frames) {
      proto::OpenedFrame frame = proto::decode_trusted(stored.bytes);
      if (frame.reject != proto::FrameReject::none) {
        throw Error(ErrorCode::log_broken, "a stored frame does not decode",
                    "restore the database from a backup, or start a new device from the folder");
      }
      for (std::size_t i = 0; i < frame.entries.size(); ++i) {
        const EntryIndex index = frame.index_of(i);
        if (index < from) continue;
        if (index >= to || !visit(index, frame.entries[i])) {
          done(std::move(frame));
          return;
        }
      }
      from = std::max(from, stored.next());
      done(std::move(frame));
    }
  }
}

}  // namespace

/// A transaction that outgrows the batch is merged in parts: first make sure that none of them will
/// have to wait.
bool LogWalk::rest_is_mergeable(const replica::OriginState& origin, EntryIndex from) {
  bool mergeable = true;
  for_each_entry(
      transaction_, origin.id, from, origin.complete,
      [&](EntryIndex, const proto::EntryView& entry) {
        mergeable = mergeable && EntryReader::mergeable(entry);
        return mergeable && !entry.commit;
      },
      [](proto::OpenedFrame&&) {});
  return mergeable;
}

void LogWalk::walk(const replica::OriginState& origin) {
  EntryReader reader(transaction_, parts_.catalog, batch_, origin);
  EntryIndex boundary = origin.applied;        // behind the last transaction taken whole
  std::size_t at_boundary = batch_.size();     // writes of transactions taken whole
  bool known_mergeable = false;                // of the transaction at hand
  const auto visit = [&](EntryIndex index, const proto::EntryView& entry) {
    if (batch_.full()) {
      if (index != boundary && !known_mergeable) {
        known_mergeable = rest_is_mergeable(origin, index);
        if (!known_mergeable) return false;
      }
      merge_batch();
      at_boundary = 0;
    }
    if (reader.take(index, entry) == EntryFate::waiting) return false;
    if (entry.commit) {
      boundary = advanced(index, 1);
      at_boundary = batch_.size();
      known_mergeable = false;
    }
    return true;
  };
  for_each_entry(transaction_, origin.id, origin.applied, origin.complete, visit,
                 [&](proto::OpenedFrame&& frame) { batch_.hold(std::move(frame.body)); });
  if (!known_mergeable) batch_.truncate(at_boundary);
  if (boundary > origin.applied) transaction_.set_applied(origin.id, boundary);
}

void LogWalk::merge_batch() {
  batch_.merge(parts_.merger, parts_.clocks, parts_.addresser, *this);
}

void LogWalk::finish() { merge_batch(); }

std::optional<Bytes> LogWalk::load(const PeerId& origin, EntryIndex first, std::uint32_t count,
                                   std::uint64_t total_bytes) {
  if (total_bytes > kValueBytesMax || total_bytes > std::uint64_t{count} * kChunkBytesMax) {
    return std::nullopt;
  }
  Bytes value;
  value.reserve(total_bytes);
  std::uint32_t seen = 0;
  bool sound = true;
  for_each_entry(
      transaction_, origin, first, advanced(first, count),
      [&](EntryIndex, const proto::EntryView& entry) {
        ByteView piece;
        sound = entry.kind == EntryKind::chunk &&
                proto::decode_chunk(entry.payload, piece) == proto::RecordReject::none &&
                value.size() + piece.size() <= total_bytes;
        if (sound) append(value, piece);
        ++seen;
        return sound;
      },
      [](proto::OpenedFrame&&) {});
  if (!sound || seen != count || value.size() != total_bytes) return std::nullopt;
  return value;
}

}  // namespace tidemark::engine
