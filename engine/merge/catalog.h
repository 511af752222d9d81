// What this database knows of tables and columns: its own, and those that other origins declare.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/capture/table_shape.h"
#include "engine/merge/digest.h"
#include "engine/merge/row_registers.h"
#include "oplog/peer_cursors.h"
#include "proto/record.h"
#include "replica/connection.h"

namespace tidemark::engine {

/// THE NUMBERS ARE IN tidemark_table.state.
enum class TableState : std::int64_t {
  unknown = 0,    ///< only others have it (or had it before this device tracked it)
  tracked = 1,
  seeding = 2,    ///< tracked, its existing rows not yet in the log
  dropped = 3,    ///< was tracked, the app dropped it
  untracked = 4,  ///< was tracked, the user gave it up
  returning = 5,  ///< tracked again after 3 or 4; its rows not yet compared with the shadow
};

inline constexpr ColumnNo kNoColumn = 0xFFFF;

/// A tracked table as this database has it.
struct LocalTable {
  TableShape shape;
  std::vector<ColumnNo> column_nos;      ///< by position in shape.columns
  std::vector<ColumnNo> carried;         ///< the same, ascending: what an own insert carries
  std::vector<std::size_t> key_columns;  ///< positions, in key order
  std::vector<proto::Collation> key_collations;

  /// Position of a column, or shape.columns.size() if the table has it not.
  std::size_t position(ColumnNo column) const;
};

/// What the installed triggers write: positions are those of the table when they were made.
struct CapturedShape {
  std::vector<ColumnNo> columns;              ///< by position
  std::vector<std::size_t> key;               ///< positions, in key order
  std::vector<proto::Collation> collations;   ///< of the key
  bool operator==(const CapturedShape&) const = default;

  static CapturedShape of(const LocalTable& table);
  /// The text form in tidemark_table.shape: "0,1,2;0:0,1:2" (columns; key position:collation).
  std::string text() const;
  static CapturedShape parse(std::string_view text);
};

struct CatalogTable {
  std::uint32_t no{};
  std::string name;                    ///< ASCII-folded: its identity
  std::string spelling;
  TableState state{};
  std::vector<std::string> columns;    ///< folded names, by ColumnNo
  DigestNames names;
  Digest digest;                       ///< clock digest
  std::int64_t live{};                 ///< live rows, parked ones included
  std::optional<LocalTable> local;     ///< iff captured, and usable
  CapturedShape triggers;              ///< empty while no triggers are installed
  PeerCursors base;                    ///< applied cursors when it was given up or lost
  Bytes declared;                      ///< our last schema entry's payload; empty before the first
  bool dirty{};                        ///< digest or live have changed since the last save

  explicit CatalogTable(std::string_view folded_name) : name(folded_name), names(folded_name) {}
  /// Its rows as they were before tracking are not in the log yet.
  bool unseeded() const { return state == TableState::seeding || state == TableState::returning; }
  bool captured() const { return state == TableState::tracked || unseeded(); }
  ColumnNo columns_total() const { return static_cast<ColumnNo>(columns.size()); }
};

/// How to read the row records of one origin that name one of its table ids.
struct Declaration {
  CatalogTable* table{};
  std::vector<ColumnNo> columns;              ///< by the origin's column id; kNoColumn = none
  std::vector<ColumnNo> key;                  ///< in key order
  std::vector<proto::Collation> collations;   ///< of the key
  std::vector<Affinity> affinities;           ///< of the key
  bool placeable{};                           ///< its key is that of the local table, if there is one

  /// Whether rows written under this declaration and rows of `local` have the same identities.
  bool same_key(const LocalTable& local) const;
};

/// In-memory face of tidemark_table, tidemark_column and tidemark_decl. Belongs to one connection;
/// reload() after anybody else may have written. Thread: one at a time.
class Catalog {
 public:
  explicit Catalog(replica::Connection& sql) : sql_(sql) {}

  /// Reads everything anew; the local side of tables only where `with_shapes` (the schema is the
  /// one that the last seal saw, so nothing needs to be allocated). Pointers and references handed
  /// out before become invalid.
  void reload(bool with_shapes);

  /// None if no table of this name is known.
  CatalogTable* find(std::string_view name);
  /// Finds or creates.
  CatalogTable& obtain(std::string_view name);
  CatalogTable* by_number(std::uint32_t no);
  std::vector<CatalogTable*> tables();

  /// The column's number, allocated if it is new.
  ColumnNo column(CatalogTable& table, std::string_view name);

  /// The local side that `shape` makes of a table. Allocates its columns.
  LocalTable make_local(CatalogTable& table, const TableShape& shape);
  /// Installs `shape` as the local side of a table: allocates its columns.
  void set_local(CatalogTable& table, const TableShape& shape);
  void set_state(CatalogTable& table, TableState state);
  void set_declared(CatalogTable& table, const Bytes& payload);
  void set_triggers(CatalogTable& table, const CapturedShape& shape);
  void set_base(CatalogTable& table, const PeerCursors& applied);
  /// The table can't be used here for now (it is gone, or its key is another).
  void clear_local(CatalogTable& table);

  /// What a schema entry of `origin_ref` says, from here on. Earlier declarations stay valid
  /// objects: rows that came before refer to them.
  void declare(std::int64_t origin_ref, const proto::TableDecl& decl, ByteView payload);
  /// Whether every declaration of the table, by whomever, has the key of `local`.
  bool agrees_on_key(const CatalogTable& table, const LocalTable& local) const;
  /// None if that origin never declared that id.
  const Declaration* declaration(std::int64_t origin_ref, std::uint32_t table_id) const;

  /// Our own schema entry for the table as it is now.
  proto::TableDecl own_declaration(const CatalogTable& table) const;

  /// Writes changed digests and counts.
  void save();

 private:
  void load_tables();
  void load_columns();
  void load_declarations();
  Declaration interpret(const proto::TableDecl& decl);
  void refresh_placeable();

  replica::Connection& sql_;
  std::deque<CatalogTable> tables_;
  std::unordered_map<std::string, CatalogTable*> by_name_;
  std::deque<Declaration> declarations_;
  std::map<std::pair<std::int64_t, std::uint32_t>, Declaration*> current_;
};

}  // namespace tidemark::engine
