// The one way to say that our own stored log is not what it must be.
#pragma once

#include <string>

#include "oplog/error.h"

namespace tidemark::replica {

/// `what` names the damaged thing.
inline Error log_broken(const std::string& what) {
  return Error(ErrorCode::log_broken, what + " is damaged",
               "restore this database from a backup and sync again");
}

}  // namespace tidemark::replica
