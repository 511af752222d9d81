#include "oplog/cursor_watch.h"

#include <utility>

namespace tidemark {

std::optional<CursorsEvent> CursorWatch::take() {
  if (!snapshot_taken_) {
    snapshot_taken_ = true;
    return CursorsEvent{CursorsEvent::Kind::snapshot, std::exchange(news_, {})};
  }
  if (news_.empty()) return std::nullopt;
  return CursorsEvent{CursorsEvent::Kind::advanced, std::exchange(news_, {})};
}

std::optional<CursorsEvent> CursorWatch::poll() {
  const std::scoped_lock lock(mutex_);
  return take();
}

std::optional<CursorsEvent> CursorWatch::wait(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return closed_ || !snapshot_taken_ || !news_.empty(); });
  return stop.stop_requested() ? std::nullopt : take();
}

void CursorWatch::advance(const PeerCursors& delta) {
  {
    const std::scoped_lock lock(mutex_);
    news_.merge(delta);
  }
  changed_.notify_all();
}

void CursorWatch::close() {
  {
    const std::scoped_lock lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

CursorWatchers::~CursorWatchers() {
  const std::scoped_lock lock(mutex_);
  for (const auto& weak : watches_) {
    if (const auto watch = weak.lock()) watch->close();
  }
}

std::shared_ptr<CursorWatch> CursorWatchers::watch(const PeerCursors& now) {
  auto watch = std::make_shared<CursorWatch>(now);
  const std::scoped_lock lock(mutex_);
  watches_.push_back(watch);
  return watch;
}

void CursorWatchers::announce(const PeerCursors& delta) {
  if (delta.empty()) return;
  const std::scoped_lock lock(mutex_);
  std::erase_if(watches_, [&](const auto& weak) {
    const auto watch = weak.lock();
    if (watch) watch->advance(delta);
    return watch == nullptr;
  });
}

}  // namespace tidemark
