// From the received plane to the applied one: every complete transaction of every origin.
#pragma once

#include <optional>

#include "engine/merge/entry_reader.h"
#include "engine/merge/row_merger.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// What a walk works on; all outlive it.
struct WalkParts {
  Catalog& catalog;
  ClockStore& clocks;
  const RowAddresser& addresser;
  RowMerger& merger;
};

/// Reads what is complete and not applied, merges it, and moves the applied cursors. Memory is
/// bounded by the batch, whatever the size of a transaction; nothing of a transaction is merged
/// before all of it is known to be mergeable. Lives for one LogTransaction.
class LogWalk : private ChunkSource {
 public:
  LogWalk(replica::LogTransaction& transaction, const WalkParts& parts)
      : transaction_(transaction), parts_(parts) {}

  /// Brings one origin as far as it goes; merges whenever the batch is full.
  void walk(const replica::OriginState& origin);
  /// Merges what is left. Call after the last walk().
  void finish();

 private:
  void merge_batch();
  bool rest_is_mergeable(const replica::OriginState& origin, EntryIndex from);
  std::optional<Bytes> load(const PeerId& origin, EntryIndex first, std::uint32_t count,
                            std::uint64_t total_bytes) override;

  replica::LogTransaction& transaction_;
  WalkParts parts_;
  RowBatch batch_;
};

}  // namespace tidemark::engine
