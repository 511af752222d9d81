#include "engine/merge/origin_refs.h"

#include "oplog/check.h"
#include "oplog/error.h"

namespace tidemark::engine {

OriginRefs::OriginRefs(const std::vector<replica::OriginState>& origins) {
  for (const auto& origin : origins) {
    const auto ref = static_cast<std::size_t>(origin.ref);
    if (ids_.size() <= ref) {
      ids_.resize(ref + 1);
      present_.resize(ref + 1);
    }
    ids_[ref] = origin.id;
    present_[ref] = true;
    refs_[origin.id] = origin.ref;
  }
}

std::int64_t OriginRefs::ref(const PeerId& origin) const {
  if (last_ref_ >= 0 && last_id_ == origin) return last_ref_;
  const auto found = refs_.find(origin);
  TIDEMARK_CHECK(found != refs_.end());
  last_id_ = origin;
  last_ref_ = found->second;
  return last_ref_;
}

const PeerId& OriginRefs::id(std::int64_t ref) const {
  const auto at = static_cast<std::size_t>(ref);
  if (ref < 0 || at >= ids_.size() || !present_[at]) {
    throw Error(ErrorCode::database_corrupt, "a clock names an origin that is not known",
                "restore the database from a backup");
  }
  return ids_[at];
}

}  // namespace tidemark::engine
