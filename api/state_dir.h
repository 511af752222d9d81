// Where a device keeps what must not lie in its database: locks, staged files.
#pragma once

#include <memory>
#include <string>

#include "oplog/ids.h"

namespace tidemark::api {

/// The option, else TIDEMARK_STATE_DIR, else $XDG_STATE_HOME/tidemark, else ~/.local/state/tidemark.
/// Created if missing. Throws Error{state_dir}.
std::string state_directory(const std::string& option);

/// Held by the one process of a device that publishes. Released when it goes, or when the process
/// dies.
class PublishLock {
 public:
  /// Throws Error{publish_locked} if another process holds it, Error{state_dir} if it can't be had.
  PublishLock(const std::string& state_dir, const PeerId& origin);
  ~PublishLock();
  PublishLock(const PublishLock&) = delete;
  PublishLock& operator=(const PublishLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace tidemark::api
