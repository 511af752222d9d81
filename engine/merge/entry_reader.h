// From received frames to row writes: what may be merged, what waits, what is quarantined.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/merge/catalog.h"
#include "engine/merge/row_batch.h"
#include "proto/frame_codec.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// What became of one entry.
enum class EntryFate : std::uint8_t {
  taken,        ///< a row write, or nothing to merge
  quarantined,  ///< contributes nothing, on every device alike
  waiting,      ///< this version can't merge it: its transaction and all behind it wait
};

/// Turns the entries of one origin, in order, into writes of a batch. Schema entries take effect at
/// once. Lives for one LogTransaction.
class EntryReader {
 public:
  EntryReader(replica::LogTransaction& transaction, Catalog& catalog, RowBatch& batch,
              const replica::OriginState& origin)
      : transaction_(transaction), catalog_(catalog), batch_(batch), origin_(origin) {}

  EntryFate take(EntryIndex index, const proto::EntryView& entry);

  /// Whether this version could merge an entry at all, judged without its origin's declarations.
  static bool mergeable(const proto::EntryView& entry);

 private:
  EntryFate take_schema(EntryIndex index, ByteView payload);
  EntryFate take_row(EntryIndex index, const proto::EntryView& entry);
  EntryFate take_yield(EntryIndex index, const proto::EntryView& entry);
  EntryFate take_genesis(ByteView payload);
  EntryFate judge(EntryIndex index, proto::RecordReject reject);
  EntryFate reject(EntryIndex index, std::string_view reason);
  struct Address {
    std::uint32_t table{};
    std::uint64_t lift{};
    bool seed{};
  };
  EntryFate add(EntryIndex index, const proto::EntryView& entry, const Address& address,
                const std::vector<proto::Cell>& key);

  replica::LogTransaction& transaction_;
  Catalog& catalog_;
  RowBatch& batch_;
  replica::OriginState origin_;
  proto::RowChange change_;
  proto::Yield yield_;
  Bytes identity_;
};

}  // namespace tidemark::engine
