// SQL on one of the app's tables, as merge needs it.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "engine/merge/catalog.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// Prepared statements on a tracked table, by position in its shape. Keys are given in key order,
/// in any spelling that is equal under the key's collations. Runs on our own connection: foreign
/// keys and triggers are off. Lives as long as the LocalTable it was made of.
class TableAccess {
 public:
  TableAccess(replica::Connection& sql, const LocalTable& table);

  /// All values, by position. `constraint` = the schema refuses the row; nothing was written.
  replica::Step insert(std::span<const proto::Cell> values);
  /// The values of `positions`.
  replica::Step update(std::span<const proto::Cell> key, std::span<const std::size_t> positions,
                       std::span<const proto::Cell> values);
  void remove(std::span<const proto::Cell> key);
  bool exists(std::span<const proto::Cell> key);
  /// All values by position into `out`; false if there is no such row.
  bool read(std::span<const proto::Cell> key, std::vector<proto::OwnedCell>& out);

 private:
  std::string where_key(std::size_t first_parameter) const;
  replica::Statement& updater(std::span<const std::size_t> positions);

  replica::Connection& sql_;
  const LocalTable& table_;
  replica::Statement insert_;
  replica::Statement remove_;
  replica::Statement read_;
  std::map<std::vector<std::size_t>, replica::Statement> updates_;
};

}  // namespace tidemark::engine
