// Status and digest of a device, read without waiting for anybody.
#pragma once

#include <cstdint>

#include "api/device.h"
#include "replica/sqlite_replica.h"

namespace tidemark::api {

/// Only reads.
Status read_status(SqliteReplica& replica, std::int64_t now_ms);

/// The clock digests as stored. Requires: nothing waits to be sealed.
DigestReport read_digest(SqliteReplica& replica);

}  // namespace tidemark::api
