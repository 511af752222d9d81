// Everything that merging one table takes, on a scratch database.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/merge/identity.h"
#include "engine/merge/row_merger.h"
#include "tests/engine/log_model.h"

namespace tidemark::test {

/// Chunks that the test put there.
class ChunkTable final : public engine::ChunkSource {
 public:
  std::optional<Bytes> load(const PeerId&, EntryIndex first, std::uint32_t,
                            std::uint64_t total_bytes) override {
    const auto found = values.find(first);
    if (found == values.end() || found->second.size() != total_bytes) return std::nullopt;
    return found->second;
  }
  std::map<EntryIndex, Bytes> values;
};

/// A table "notes" that another origin (peer 2, ref 2) declares, with or without a local one.
struct MergeParts {
  explicit MergeParts(const std::string& local_schema = {},
                      const std::vector<std::string>& declared = {"id", "title", "body"})
      : scratch(local_schema),
        clocks(scratch.sql, engine::ClockCodec(0, refs)),
        shadow(scratch.sql),
        merger(scratch.sql, catalog, clocks, shadow) {
    const auto decl = declare("notes", declared);
    catalog.declare(2, decl, proto::encode(decl));
    if (!local_schema.empty()) use_local();
  }

  /// The database's table as it is now becomes the local side.
  void use_local() {
    merger.forget_tables();
    catalog.set_state(table(), engine::TableState::tracked);
    catalog.set_local(table(), engine::read_shape(scratch.sql, "notes").value());
  }
  engine::CatalogTable& table() { return *catalog.find("notes"); }

  Bytes identity(std::string_view key) const {
    Bytes out;
    engine::append_identity(out, proto::Cell::of_text(key), proto::Collation::binary);
    return out;
  }
  engine::RowClock clock(std::string_view key) {
    return clocks.load(addresser.address(table().no, identity(key))).clock;
  }

  /// Merges records about the row `key`, each with its stamp, in one go.
  struct Said {
    Stamp at;
    proto::RowChange change;
    bool yield = false;
  };
  void merge(std::string_view key, const std::vector<Said>& said, bool in_table = false) {
    std::vector<Bytes> payloads(said.size());
    std::vector<engine::RowWrite> writes;
    for (std::size_t i = 0; i < said.size(); ++i) {
      proto::encode(said[i].change, payloads[i]);
      writes.push_back({catalog.declaration(2, 1), said[i].at, payloads[i], said[i].yield});
    }
    const Bytes row = identity(key);
    merger.merge({table(), row, addresser.address(table().no, row)}, writes, chunks, in_table);
  }
  void settle(std::string_view key) {
    const Bytes row = identity(key);
    merger.settle({table(), row, addresser.address(table().no, row)});
  }

  /// "id|title|body" of all rows in the app's table.
  std::string shown() {
    return scratch.sql.text(
        "SELECT ifnull(group_concat(row, ' '), '') FROM (SELECT concat AS row FROM (SELECT id, "
        "quote(id) || '|' || quote(title) || '|' || quote(body) AS concat FROM notes ORDER BY "
        "id))");
  }

  Scratch scratch;
  engine::OriginRefs refs{{{1, peer(1), {}, {}, {}}, {2, peer(2), {}, {}, {}}}};
  engine::Catalog catalog{scratch.sql};
  engine::RowAddresser addresser{{std::byte{9}}};
  engine::ClockStore clocks;
  engine::Shadow shadow;
  engine::RowMerger merger;
  ChunkTable chunks;
};

using proto::Cell;
using proto::Operation;

inline MergeParts::Said inserted(std::uint64_t h, std::string_view key, const Cell& title,
                                 const Cell& body = Cell::null()) {
  return {stamp(h, 2, h), change(Operation::insert, Cell::of_text(key), {{1, title}, {2, body}})};
}
inline MergeParts::Said updated(std::uint64_t h, std::string_view key, std::uint16_t column,
                                const Cell& value) {
  return {stamp(h, 2, h), change(Operation::update, Cell::of_text(key), {{column, value}})};
}
inline MergeParts::Said removed(std::uint64_t h, std::string_view key) {
  return {stamp(h, 2, h), change(Operation::remove, Cell::of_text(key))};
}

}  // namespace tidemark::test
