// All rows of one of the app's tables, with their identities.
#pragma once

#include <vector>

#include "engine/merge/catalog.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Walks a table in its own order. Rows that stay local (NULL or too large a key) are left out.
/// The table may be written meanwhile, as SQLite allows: rows not yet reached may or may not come.
class TableScan {
 public:
  TableScan(replica::Connection& sql, const LocalTable& table);

  /// Moves to the next row; false at the end.
  bool next();

  /// Of the row at hand; valid until the next call of next().
  ByteView identity() const { return identity_; }
  std::span<const proto::Cell> values() const { return values_; }  ///< by position
  std::span<const proto::Cell> key() const { return key_; }        ///< in key order

 private:
  const LocalTable& table_;
  replica::Statement rows_;
  Bytes identity_;
  std::vector<proto::Cell> values_;
  std::vector<proto::Cell> key_;
};

}  // namespace tidemark::engine
