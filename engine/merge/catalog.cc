#include "engine/merge/catalog.h"

#include <algorithm>
#include <charconv>

#include "oplog/check.h"

namespace tidemark::engine {
namespace {

/// Reads numbers up to a character that is none; skips that.
std::vector<unsigned> numbers(std::string_view& text, char separator) {
  std::vector<unsigned> out;
  while (!text.empty()) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) break;
    out.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.empty() || text.front() != separator) break;
    text.remove_prefix(1);
  }
  return out;
}

bool is_number(Affinity affinity) {
  return affinity == Affinity::integer || affinity == Affinity::numeric ||
         affinity == Affinity::real;
}

std::vector<ColumnNo> declared_key(const proto::TableDecl& decl,
                                   const std::vector<ColumnNo>& columns) {
  std::vector<ColumnNo> key;
  for (const auto& part : decl.key) {
    key.push_back(part.column < columns.size() ? columns[part.column] : kNoColumn);
  }
  return key;
}

}  // namespace

std::size_t LocalTable::position(ColumnNo column) const {
  return static_cast<std::size_t>(std::ranges::find(column_nos, column) - column_nos.begin());
}

CapturedShape CapturedShape::of(const LocalTable& table) {
  return {table.column_nos, table.key_columns, table.key_collations};
}

std::string CapturedShape::text() const {
  std::string text;
  for (const ColumnNo no : columns) text += (text.empty() ? "" : ",") + std::to_string(no);
  for (std::size_t i = 0; i < key.size(); ++i) {
    text += (i == 0 ? ";" : ",") + std::to_string(key[i]) + ":" +
            std::to_string(static_cast<unsigned>(collations[i]));
  }
  return text;
}

CapturedShape CapturedShape::parse(std::string_view text) {
  CapturedShape shape;
  for (const unsigned no : numbers(text, ',')) shape.columns.push_back(static_cast<ColumnNo>(no));
  while (!text.empty()) {
    text.remove_prefix(1);  // ';' or ','
    const auto pair = numbers(text, ':');
    if (pair.size() != 2) break;
    shape.key.push_back(pair[0]);
    shape.collations.push_back(static_cast<proto::Collation>(pair[1]));
  }
  return shape;
}

void Catalog::reload(bool with_shapes) {
  tables_.clear();
  by_name_.clear();
  declarations_.clear();
  current_.clear();
  load_tables();
  load_columns();
  for (CatalogTable& table : tables_) {
    if (!with_shapes || !table.captured()) continue;
    if (const auto shape = read_shape(sql_, table.name)) set_local(table, *shape);
  }
  load_declarations();
  refresh_placeable();
}

void Catalog::load_tables() {
  auto rows = sql_.prepare(
      "SELECT no, name, spelling, state, decl, digest_lo, digest_hi, live, shape, base "
      "FROM tidemark_table "
      "ORDER BY no");
  while (rows.step()) {
    CatalogTable& table = tables_.emplace_back(rows.text(1));
    table.no = static_cast<std::uint32_t>(rows.integer(0));
    table.spelling = rows.text(2);
    table.state = static_cast<TableState>(rows.integer(3));
    const ByteView declared = rows.blob(4);
    table.declared.assign(declared.begin(), declared.end());
    table.digest = {static_cast<std::uint64_t>(rows.integer(5)),
                    static_cast<std::uint64_t>(rows.integer(6))};
    table.live = rows.integer(7);
    table.triggers = CapturedShape::parse(rows.text(8));
    proto::ContextDelta base;
    if (!rows.is_null(9) && proto::decode(rows.blob(9), base) == proto::RecordReject::none) {
      for (const auto& [origin, next] : base.moved) table.base.advance(origin, next);
    }
    by_name_[table.name] = &table;
  }
}

void Catalog::load_columns() {
  auto columns = sql_.prepare("SELECT tbl, no, name FROM tidemark_column ORDER BY tbl, no");
  while (columns.step()) {
    CatalogTable* table = by_number(static_cast<std::uint32_t>(columns.integer(0)));
    TIDEMARK_CHECK(table != nullptr &&
                   table->columns.size() == static_cast<std::size_t>(columns.integer(1)));
    table->columns.emplace_back(columns.text(2));
    table->names.add_column(columns.text(2));
  }
}

void Catalog::load_declarations() {
  auto rows = sql_.prepare("SELECT origin, id, payload FROM tidemark_decl");
  while (rows.step()) {
    proto::TableDecl decl;
    const auto reject = proto::decode(rows.blob(2), decl);
    TIDEMARK_CHECK(reject == proto::RecordReject::none);
    current_[{rows.integer(0), static_cast<std::uint32_t>(rows.integer(1))}] =
        &declarations_.emplace_back(interpret(decl));
  }
}

CatalogTable* Catalog::find(std::string_view name) {
  const auto found = by_name_.find(folded(name));
  return found == by_name_.end() ? nullptr : found->second;
}

CatalogTable* Catalog::by_number(std::uint32_t no) {
  const auto at = std::ranges::lower_bound(tables_, no, {}, &CatalogTable::no);
  return at == tables_.end() || at->no != no ? nullptr : &*at;
}

std::vector<CatalogTable*> Catalog::tables() {
  std::vector<CatalogTable*> all;
  for (CatalogTable& table : tables_) all.push_back(&table);
  return all;
}

CatalogTable& Catalog::obtain(std::string_view name) {
  if (CatalogTable* known = find(name)) return *known;
  CatalogTable& table = tables_.emplace_back(folded(name));
  table.no = tables_.size() == 1 ? 1 : tables_[tables_.size() - 2].no + 1;
  table.spelling = name;
  by_name_[table.name] = &table;
  auto insert = sql_.prepare(
      "INSERT INTO tidemark_table(no, name, spelling, state, decl, shape, digest_lo, digest_hi, "
      "live) VALUES(?1, ?2, ?3, 0, x'', '', 0, 0, 0)");
  insert.bind(1, table.no).bind_text(2, table.name).bind_text(3, name).run();
  return table;
}

ColumnNo Catalog::column(CatalogTable& table, std::string_view name) {
  const std::string key = folded(name);
  const auto found = std::ranges::find(table.columns, key);
  if (found != table.columns.end()) return static_cast<ColumnNo>(found - table.columns.begin());
  const ColumnNo no = table.columns_total();
  table.columns.push_back(key);
  table.names.add_column(key);
  auto insert =
      sql_.prepare("INSERT INTO tidemark_column(tbl, no, name, spelling) VALUES(?1, ?2, ?3, ?4)");
  insert.bind(1, table.no).bind(2, no).bind_text(3, key).bind_text(4, name).run();
  return no;
}

LocalTable Catalog::make_local(CatalogTable& table, const TableShape& shape) {
  LocalTable local;
  local.shape = shape;
  for (const ShapeColumn& c : shape.columns) local.column_nos.push_back(column(table, c.name));
  local.carried = local.column_nos;
  std::ranges::sort(local.carried);
  for (const KeyPart& part : shape.key) {
    local.key_columns.push_back(part.column);
    local.key_collations.push_back(
        known_collation(part.collation).value_or(proto::Collation::binary));
  }
  return local;
}

void Catalog::set_local(CatalogTable& table, const TableShape& shape) {
  table.local = make_local(table, shape);
  refresh_placeable();
}

bool Declaration::same_key(const LocalTable& local) const {
  std::vector<ColumnNo> local_key;
  for (const std::size_t position : local.key_columns) {
    local_key.push_back(local.column_nos[position]);
  }
  if (local_key != key || local.key_collations != collations) return false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const Affinity here = affinity_of(local.shape.columns[local.key_columns[i]].type);
    // '1' and '1.0' are two texts and one number.
    const bool text_meets_number =
        (is_number(here) && affinities[i] == Affinity::text) ||
        (is_number(affinities[i]) && here == Affinity::text);
    if (text_meets_number) return false;
  }
  return true;
}

bool Catalog::agrees_on_key(const CatalogTable& table, const LocalTable& local) const {
  return std::ranges::all_of(current_, [&](const auto& entry) {
    const Declaration& declaration = *entry.second;
    return declaration.table != &table || declaration.same_key(local);
  });
}

void Catalog::set_state(CatalogTable& table, TableState state) {
  table.state = state;
  auto update = sql_.prepare("UPDATE tidemark_table SET state = ?2 WHERE no = ?1");
  update.bind(1, table.no).bind(2, static_cast<std::int64_t>(state)).run();
  if (!table.captured()) clear_local(table);
}

void Catalog::clear_local(CatalogTable& table) {
  table.local.reset();
  refresh_placeable();
}

void Catalog::set_triggers(CatalogTable& table, const CapturedShape& shape) {
  table.triggers = shape;
  const std::string text = shape.text();
  auto update = sql_.prepare("UPDATE tidemark_table SET shape = ?2 WHERE no = ?1");
  update.bind(1, table.no).bind_text(2, text).run();
}

void Catalog::set_declared(CatalogTable& table, const Bytes& payload) {
  table.declared = payload;
  auto update = sql_.prepare("UPDATE tidemark_table SET decl = ?2 WHERE no = ?1");
  update.bind(1, table.no).bind_blob(2, payload).run();
}

void Catalog::set_base(CatalogTable& table, const PeerCursors& applied) {
  table.base = applied;
  const Bytes payload = proto::encode(proto::ContextDelta{{applied.begin(), applied.end()}});
  auto update = sql_.prepare("UPDATE tidemark_table SET base = ?2 WHERE no = ?1");
  update.bind(1, table.no).bind_blob(2, payload).run();
}

Declaration Catalog::interpret(const proto::TableDecl& decl) {
  Declaration out;
  out.table = &obtain(decl.name);
  for (const auto& c : decl.columns) {
    if (out.columns.size() <= c.id) out.columns.resize(std::size_t{c.id} + 1, kNoColumn);
    out.columns[c.id] = column(*out.table, c.name);
  }
  out.key = declared_key(decl, out.columns);
  for (const auto& part : decl.key) {
    out.collations.push_back(part.collation);
    const auto column = std::ranges::find(decl.columns, part.column, &proto::ColumnDecl::id);
    out.affinities.push_back(column == decl.columns.end() ? Affinity::blob
                                                          : affinity_of(column->type));
  }
  return out;
}

void Catalog::refresh_placeable() {
  for (Declaration& decl : declarations_) {
    if (!decl.table->local) {
      decl.placeable = false;
      continue;
    }
    decl.placeable = decl.same_key(*decl.table->local);
  }
}

void Catalog::declare(std::int64_t origin_ref, const proto::TableDecl& decl, ByteView payload) {
  Declaration& declaration = declarations_.emplace_back(interpret(decl));
  current_[{origin_ref, decl.table}] = &declaration;
  refresh_placeable();
  auto put = sql_.prepare(
      "INSERT OR REPLACE INTO tidemark_decl(origin, id, tbl, payload) VALUES(?1, ?2, ?3, ?4)");
  put.bind(1, origin_ref).bind(2, decl.table).bind(3, declaration.table->no).bind_blob(4, payload);
  put.run();
}

const Declaration* Catalog::declaration(std::int64_t origin_ref, std::uint32_t table_id) const {
  const auto found = current_.find({origin_ref, table_id});
  return found == current_.end() ? nullptr : found->second;
}

proto::TableDecl Catalog::own_declaration(const CatalogTable& table) const {
  TIDEMARK_CHECK(table.local.has_value());
  const LocalTable& local = *table.local;
  proto::TableDecl decl;
  decl.table = table.no;
  decl.name = local.shape.name;
  decl.natural_key = local.shape.rowid_alias;
  for (std::size_t i = 0; i < local.key_columns.size(); ++i) {
    decl.key.push_back({local.column_nos[local.key_columns[i]], local.key_collations[i]});
  }
  for (std::size_t i = 0; i < local.column_nos.size(); ++i) {
    const ShapeColumn& c = local.shape.columns[i];
    proto::ColumnDecl column;
    column.id = local.column_nos[i];
    column.name = c.name;
    column.type = c.type;
    column.constant_default = c.constant_default;
    decl.columns.push_back(std::move(column));
  }
  std::ranges::sort(decl.columns, {}, &proto::ColumnDecl::id);
  for (const ForeignKey& key : local.shape.foreign_keys) {
    proto::ForeignKeyDecl fk{{}, key.parent, key.parent_columns, false};
    for (const std::size_t c : key.columns) fk.columns.push_back(local.column_nos[c]);
    decl.foreign_keys.push_back(std::move(fk));
  }
  return decl;
}

void Catalog::save() {
  auto update = sql_.prepare(
      "UPDATE tidemark_table SET digest_lo = ?2, digest_hi = ?3, live = ?4 WHERE no = ?1");
  for (CatalogTable& table : tables_) {
    if (!table.dirty) continue;
    update.bind(1, table.no)
        .bind(2, static_cast<std::int64_t>(table.digest.lo))
        .bind(3, static_cast<std::int64_t>(table.digest.hi))
        .bind(4, table.live)
        .run();
    table.dirty = false;
  }
}

}  // namespace tidemark::engine
