// Short local names of origins, as clocks store them.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "oplog/ids.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// The map between tidemark_origin's refs and origin ids, as of one transaction.
class OriginRefs {
 public:
  OriginRefs() = default;
  explicit OriginRefs(const std::vector<replica::OriginState>& origins);

  /// Requires: the origin is known to the log.
  std::int64_t ref(const PeerId& origin) const;
  /// Throws Error{database_corrupt} for a ref that tidemark_origin does not have.
  const PeerId& id(std::int64_t ref) const;

 private:
  std::vector<PeerId> ids_;                 ///< by ref
  std::vector<bool> present_;               ///< by ref
  std::map<PeerId, std::int64_t> refs_;
  mutable PeerId last_id_;                  ///< most clocks of a batch name the same origin
  mutable std::int64_t last_ref_ = -1;
};

}  // namespace tidemark::engine
