// What one bounded step came to, whichever way entries went.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oplog/error_codes.h"
#include "oplog/frame.h"

namespace tidemark {

/// Why an origin gets no further in this run. Others do.
struct OriginTrouble {
  enum class Kind : std::uint8_t {
    refused,     ///< the target answered `applied.outcome`
    unreadable,  ///< the source failed: `code` and `reason`
    withheld,    ///< the source gave nothing of what it had offered
  };
  PeerId origin;
  Kind kind{};
  Applied applied;  ///< refused: the first answer that was no progress
  std::optional<ErrorCode> code;
  std::string reason;
};

struct Step {
  std::uint64_t entries{};              ///< that were new
  std::uint64_t frames{};               ///< that were taken at least in part
  std::uint64_t bytes{};                ///< that were read
  bool drained{};                       ///< all that was asked for was read
  std::vector<OriginTrouble> troubles;  ///< at most one for each origin
  std::optional<PeerId> last_served;    ///< the last origin that was read, for plan_ranges()
};

}  // namespace tidemark
