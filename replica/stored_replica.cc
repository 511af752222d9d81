#include "replica/stored_replica.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "oplog/chain.h"
#include "oplog/check.h"
#include "oplog/error.h"
#include "proto/frame_format.h"
#include "replica/log_broken.h"

namespace tidemark::replica {
namespace {

using Outcome = Applied::Outcome;

OriginTail tail_of(FrameReader& log, const PeerId& origin) {
  if (const auto found = log.tail(origin)) return *found;
  OriginTail empty;
  empty.log.chain = chain_start(origin);
  return empty;
}

// A refusal worth a row.
std::optional<Refusal> refusal(const Offer& offer, const Applied& result) {
  if (!offer.is_legible()) return std::nullopt;
  const Frame& frame = offer.frame();
  Refusal note{frame.origin, frame.first, ErrorCode::log_forked, "another chain at this index", {}};
  if (result.outcome == Outcome::invalid) {
    note.code = ErrorCode::frame_damaged;
    note.reason = proto::to_text(offer.reject());
  } else if (result.outcome == Outcome::closed) {
    note.code = ErrorCode::log_rolled_back;
    note.reason = "entries of this device's log that this database lacks";
  } else if (result.outcome != Outcome::fork) {
    return std::nullopt;
  }
  note.header.assign(frame.bytes.begin(), frame.bytes.begin() + proto::kFrameHeaderBytes);
  return note;
}

}  // namespace

StoredReplica::StoredReplica(FrameStore& store, Clock& clock, std::optional<PeerId> own)
    : store_(store), clock_(clock), own_(own) {}

void StoredReplica::remember(StoreState state) {
  PeerCursors now;
  for (const auto& [origin, tail] : state.origins) now.advance(origin, tail.log.next);
  const PeerCursors news = now.beyond(cursors_);
  state_ = std::move(state);
  cursors_ = std::move(now);
  watchers_.announce(news);
}

const StoreState& StoredReplica::state() {
  if (!state_ || state_->version != store_.version()) refresh();
  return *state_;
}

PeerCursors StoredReplica::cursors() {
  state();
  return cursors_;
}

EntryIndex StoredReplica::cursor(const PeerId& origin) {
  state();
  return cursors_.at(origin);
}

EntryIndex StoredReplica::floor(const PeerId& origin) {
  const auto& origins = state().origins;
  const auto found = origins.find(origin);
  return found == origins.end() ? EntryIndex{0} : found->second.log.floor;
}

std::shared_ptr<CursorWatch> StoredReplica::watch_cursors() {
  return watchers_.watch(cursors());
}

void StoredReplica::require_above_floor(const PeerId& origin, EntryIndex from) {
  if (from >= floor(origin)) return;
  throw Error(
      ErrorCode::behind_floor,
      "the log of " + to_text(origin) + " is no longer held at " + std::to_string(to_number(from)),
      "begin with a snapshot");
}

std::vector<Frame> StoredReplica::read_frames(const PeerId& origin, EntryIndex from,
                                              const ReadLimits& limits) {
  require_above_floor(origin, from);
  return store_.read(origin, from, limits);
}

std::vector<IndexedEntry> StoredReplica::read_since(const PeerId& origin, EntryIndex from,
                                                    const ReadLimits& limits) {
  require_above_floor(origin, from);
  std::vector<IndexedEntry> entries;
  std::size_t bytes = 0;
  while (true) {
    const EntryIndex wanted = advanced(from, entries.size());
    // One frame at a time: what it decodes to may be far more than its stored bytes.
    const auto frames = store_.read(origin, wanted, {1, 1});
    if (frames.empty()) return entries;
    const Frame& frame = frames.front();
    const proto::OpenedFrame opened = proto::decode_trusted(frame.bytes);
    if (!tells_of(opened, frame)) throw log_broken("the stored log of " + to_text(origin));
    std::size_t position = to_number(wanted) - to_number(opened.envelope.first);
    for (; position < opened.entries.size(); ++position) {
      bytes += opened.entries[position].payload.size();
      const bool full = entries.size() >= limits.entries_max || bytes > limits.bytes_max;
      if (full && !entries.empty()) return entries;
      entries.push_back(opened.entry(position));
    }
  }
}

bool StoredReplica::accepts(const PeerId& origin) const {
  static_cast<void>(origin);
  return true;
}

void StoredReplica::write(const std::function<void(FrameTransaction&)>& work) {
  // Invariant apply-and-cursor-are-one-commit: frames, cursors, clock and tables.
  try {
    const auto transaction = store_.begin();
    before_store(*transaction);
    work(*transaction);
    after_store(*transaction);
    // Read before the locks go: after the commit it would take them again.
    StoreState after = transaction->state();
    transaction->commit();
    remember(std::move(after));
  } catch (...) {
    state_.reset();
    rolled_back();
    throw;
  }
}

Applied StoredReplica::apply(const PeerId& origin, EntryIndex index, const StoredEntry& entry) {
  const GroupId group = state().group;
  const OriginTail tail = tail_of(store_, origin);
  Applied result{Outcome::gap, tail.log.next, index, 0};
  if (index > tail.log.next) return result;
  const auto before = stored_chain(store_, origin, index);
  if (!before) {
    result.outcome = Outcome::duplicate;  // below the floor: nothing here could contradict it
    return result;
  }
  const LogTail position{index, *before, {}};
  const std::array<IndexedEntry, 1> one = {{{index, entry}}};
  if (const auto frame = proto::wrap(group, origin, position, one)) {
    return apply(std::span<const Frame>(&*frame, 1)).front();
  }
  if (index < tail.log.next) {
    const auto after = stored_chain(store_, origin, advanced(index, 1));
    result.outcome =
        after == chain_next(*before, index, entry) ? Outcome::duplicate : Outcome::fork;
  } else {
    // A marker needs frames that this version can't write; an entry above the caps, none can.
    const bool marker = std::holds_alternative<Expunged>(entry);
    result.outcome = marker ? Outcome::waiting : Outcome::invalid;
  }
  return result;
}

std::vector<Applied> StoredReplica::apply(std::span<const Frame> frames) {
  std::vector<Offer> offers(frames.begin(), frames.end());
  if (offers.empty()) return {};
  std::vector<Applied> results;
  if (!may_store(offers)) results = judge_committed(offers);
  // Someone else may have moved a cursor between the two looks.
  const bool storable = std::ranges::any_of(
      results, [](const Applied& result) { return result.outcome == Outcome::applied; });
  return results.empty() || storable ? store_all(offers) : results;
}

bool StoredReplica::may_store(std::vector<Offer>& offers) {
  const StoreState& now = state();
  PeerCursors reached = cursors_;
  bool any = false;
  for (Offer& offer : offers) {
    const Frame& frame = offer.frame();
    if (offer.reject() != proto::FrameReject::none || offer.envelope().group != now.group) continue;
    if (own_ == frame.origin) continue;
    const EntryIndex cursor = reached.at(frame.origin);
    if (frame.first > cursor || frame.next() <= cursor) continue;
    // Verifying before the lock is taken keeps other writers waiting less.
    if (offer.verify()) any = reached.advance(frame.origin, frame.next());
  }
  return any;
}

std::vector<Applied> StoredReplica::judge_committed(std::vector<Offer>& offers) {
  std::vector<Applied> results;
  const Gate gate{store_, state().group, own_};
  for (Offer& offer : offers) results.push_back(judge(offer, gate));
  const Notes notes = notes_on(store_, offers, results);
  if (notes.refusals.empty() && !notes.close_own) return results;
  // No write(): the log stays as it is, so nothing is sealed or merged.
  const auto transaction = store_.begin();
  record(*transaction, notes);
  transaction->commit();
  refresh();
  return results;
}

std::vector<Applied> StoredReplica::store_all(std::vector<Offer>& offers) {
  std::vector<Applied> results;
  write([&](FrameTransaction& transaction) {
    for (Offer& offer : offers) results.push_back(store_one(transaction, offer));
    record(transaction, notes_on(transaction, offers, results));
  });
  return results;
}

// Invariant verified-before-stored: judge() says `applied` only of a frame that passed every check.
Applied StoredReplica::store_one(FrameTransaction& transaction, Offer& offer) {
  const Applied result = judge(offer, {transaction, transaction.group(), own_});
  if (result.outcome != Outcome::applied) return result;
  const Frame& frame = offer.frame();
  OriginTail after = tail_of(transaction, frame.origin);
  if (after.log.next == EntryIndex{0}) {
    transaction.add_origin(frame.origin, offer.device_name());
  }
  after.log.next = frame.next();
  after.log.chain = offer.envelope().chain_after;
  after.complete = std::max(after.complete, offer.complete().value_or(EntryIndex{0}));
  after.last_hlc = std::max(after.last_hlc, offer.envelope().hlc_max);
  transaction.put(frame, after);
  stored(transaction, frame.origin, offer.envelope().hlc_max);
  return result;
}

StoredReplica::Notes StoredReplica::notes_on(FrameReader& log, const std::vector<Offer>& offers,
                                             const std::vector<Applied>& results) const {
  TIDEMARK_CHECK(offers.size() == results.size());
  Notes notes;
  bool ahead = false;
  for (std::size_t i = 0; i < offers.size(); ++i) {
    auto note = refusal(offers[i], results[i]);
    if (!note) continue;
    ahead = ahead || (own_ == note->origin && note->code != ErrorCode::frame_damaged);
    if (!log.is_recorded(*note)) notes.refusals.push_back(std::move(*note));
  }
  notes.close_own = ahead && !tail_of(log, *own_).closed;
  return notes;
}

void StoredReplica::record(FrameTransaction& transaction, const Notes& notes) {
  if (notes.close_own) transaction.close(*own_);
  for (const Refusal& note : notes.refusals) transaction.record(note, clock_.unix_ms());
}

}  // namespace tidemark::replica
