// The tables as the log alone makes them: for verify, and for finding what no trigger saw.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/merge/catalog.h"
#include "engine/table_projection.h"
#include "oplog/frame.h"
#include "oplog/rng.h"
#include "replica/connection.h"
#include "replica/projection.h"

namespace tidemark::engine {

/// What is replayed: entries below the applied cursors of `origins`, read by `read` (LogSource's
/// read_frames), into tables like those of `tables` in the database behind `sql`.
struct ReplaySource {
  std::function<std::vector<Frame>(const PeerId&, EntryIndex, const ReadLimits&)> read;
  replica::Connection& sql;
  PeerId self;
  std::vector<replica::OriginState> origins;
  std::vector<std::string> tables;
};

/// A temporary database, filled by merging the whole log anew. Costs what a first sync costs, in
/// bounded memory; leaves nothing behind.
class Replay {
 public:
  /// Done when it returns; `source` is not needed after. Throws what the databases throw.
  Replay(const ReplaySource& source, Rng& rng);

  replica::Connection& sql() { return sql_; }
  Catalog& catalog() { return catalog_; }

 private:
  replica::Connection sql_;
  TableProjection projection_;
  Catalog catalog_;
};

}  // namespace tidemark::engine
