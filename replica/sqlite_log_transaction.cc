#include "replica/sqlite_log_transaction.h"

#include <string>

#include "oplog/check.h"
#include "replica/log_broken.h"

namespace tidemark::replica {
namespace {

OriginTail own_tail(FrameTransaction& frames, const PeerId& self) {
  const auto tail = frames.tail(self);
  if (!tail) throw log_broken("the own log");
  return *tail;
}

}  // namespace

SqliteLogTransaction::SqliteLogTransaction(const LogContext& context, FrameTransaction& frames)
    : context_(context),
      frames_(frames),
      hlc_clock_(own_tail(frames, context.self).last_hlc),
      saved_(hlc_clock_.last()) {}

const Salt& SqliteLogTransaction::seed() {
  if (!seed_) context_.rng.fill(seed_.emplace());
  return *seed_;
}

proto::FrameBuilder& SqliteLogTransaction::builder() {
  if (!builder_) {
    proto::FrameBuilder::Options options;
    options.group = frames_.group();
    options.origin = context_.self;
    builder_.emplace(options, own_tail(frames_, context_.self).log);
  }
  return *builder_;
}

LogTransaction::Tick SqliteLogTransaction::next_tick(std::int64_t captured_ms) {
  return {builder().next(), hlc_clock_.tick(captured_ms)};
}

void SqliteLogTransaction::append_local(const Tick& tick, EntryKind kind, ByteView payload) {
  TIDEMARK_CHECK(tick.hlc == hlc_clock_.last());
  const EntryIndex index = builder().add(tick.hlc, kind, false, payload);
  TIDEMARK_CHECK(index == tick.index);
  while (const auto frame = builder().full_frame(seed())) put_own(*frame, false);
}

void SqliteLogTransaction::finish() {
  if (!builder_) return;
  if (builder_->next() > builder_->tail().next) builder_->commit_last();
  if (const auto frame = builder_->finish(seed())) put_own(*frame, true);
  builder_.reset();
}

// Own entries were in the tables before they were in the log: they count as applied.
void SqliteLogTransaction::put_own(const Frame& frame, bool complete) {
  OriginTail after = own_tail(frames_, context_.self);
  after.log.next = frame.next();
  after.log.chain = builder_->tail().chain;
  if (complete) after.complete = after.log.next;
  after.last_hlc = saved_ = hlc_clock_.last();
  frames_.put(frame, after);
  set_applied(context_.self, after.log.next);
  seed_.reset();
}

void SqliteLogTransaction::set_applied(const PeerId& origin, EntryIndex next) {
  context_.store.set_applied(origin, next);
}

std::vector<Frame> SqliteLogTransaction::received(const PeerId& origin, EntryIndex from,
                                                  const ReadLimits& limits) {
  return frames_.read(origin, from, limits);
}

void SqliteLogTransaction::quarantine(const PeerId& origin, EntryIndex index, ErrorCode code,
                                      std::string_view reason) {
  frames_.record({origin, index, code, std::string(reason), {}}, now_ms());
}

void SqliteLogTransaction::observe(const PeerId& origin, Hlc seen) {
  context_.store.set_skew(origin, hlc_clock_.observe(seen, now_ms()));
}

void SqliteLogTransaction::save_clock() {
  TIDEMARK_CHECK(!builder_);
  if (hlc_clock_.last() == saved_) return;
  context_.store.set_clock(context_.self, hlc_clock_.last());
}

}  // namespace tidemark::replica
