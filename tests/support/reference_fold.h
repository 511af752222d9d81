// What the tables must be: docs/merge.md's ideal state as a slow and obvious function from a set of
// entries. Shares no code with engine/merge but the decoding of records and the identity of keys.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/merge/digest.h"
#include "oplog/entry.h"
#include "oplog/log.h"
#include "proto/record.h"
#include "replica/connection.h"

namespace tidemark::test {

/// One row of the ideal state. Names are ASCII-folded.
struct ReferenceRow {
  struct Register {
    Stamp stamp;
    std::optional<proto::OwnedCell>
        value;  ///< none: it did not travel, the column shows its default
  };
  std::optional<Stamp> inserted;
  std::optional<Stamp> deleted;
  std::optional<Stamp> yielded;
  std::map<std::string, Register> columns;  ///< all newer than `deleted`

  bool live() const { return inserted && (!deleted || *inserted > *deleted); }
};

/// Table name -> identity -> row.
using ReferenceState = std::map<std::string, std::map<Bytes, ReferenceRow>>;

/// All entries of one origin from index 0 on.
struct OriginHistory {
  PeerId origin;
  std::vector<IndexedEntry> entries;
};

/// Everything that a log holds.
std::vector<OriginHistory> histories(LogSource& log);

/// The fold. Transactions whose last entry is missing count for nothing.
ReferenceState reference_fold(const std::vector<OriginHistory>& origins);

/// The clock digest and the number of live rows of one table, computed from scratch.
std::pair<engine::Digest, std::int64_t> reference_digest(const std::string& table,
                                                         const std::map<Bytes, ReferenceRow>& rows);

/// How tables and shadow of a device differ from the reference, one sentence each; empty if the two
/// together are exactly the ideal state (invariant table-plus-shadow-is-ideal).
std::vector<std::string> differences(const ReferenceState& ideal, replica::Connection& device);

}  // namespace tidemark::test
