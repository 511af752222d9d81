#include "engine/capture/table_shape.h"

#include <algorithm>
#include <cctype>

namespace tidemark::engine {
namespace {

using replica::quoted;

bool contains_folded(std::string_view text, std::string_view word) {
  return folded(text).find(word) != std::string::npos;
}

/// Whether a DEFAULT is one literal, whose value is the same everywhere and always.
bool is_literal(std::string_view sql) {
  const std::string text = folded(sql);
  if (text == "null" || text == "true" || text == "false") return true;
  std::string_view rest = text;
  if (rest.size() >= 3 && rest.front() == 'x' && rest[1] == '\'') rest.remove_prefix(1);
  if (rest.front() == '\'') {
    // One string: every quote inside is doubled.
    std::size_t quotes = 0;
    for (std::size_t i = 1; i + 1 < rest.size(); ++i) {
      quotes = rest[i] == '\'' ? quotes + 1 : 0;
      if (quotes == 1 && rest[i + 1] != '\'') return false;
      if (quotes == 2) quotes = 0;
    }
    return rest.size() >= 2 && rest.back() == '\'';
  }
  if (rest.front() == '+' || rest.front() == '-') rest.remove_prefix(1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.empty() || (std::isdigit(static_cast<unsigned char>(rest.front())) == 0 &&
                       rest.front() != '.')) {
    return false;
  }
  return std::ranges::all_of(rest, [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || c == 'x' || c == '+' ||
           c == '-';
  });
}

/// A word as DEFAULT, quoted or not, is its own text; the names of the clock are none.
std::optional<std::string> word_of(std::string_view sql) {
  if (sql.size() >= 2 && sql.front() == '"' && sql.back() == '"') {
    std::string word;
    for (std::size_t i = 1; i + 1 < sql.size(); ++i) {
      word += sql[i];
      if (sql[i] != '"') continue;
      if (i + 2 >= sql.size() || sql[++i] != '"') return std::nullopt;
    }
    return word;
  }
  const auto is_word = [](char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  if (!std::ranges::all_of(sql, is_word) || folded(sql).starts_with("current_")) {
    return std::nullopt;
  }
  return std::string(sql);
}

std::optional<proto::OwnedCell> literal_value(replica::Connection& sql, std::string text) {
  while (text.size() >= 2 && text.front() == '(' && text.back() == ')') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.empty()) return std::nullopt;
  if (!is_literal(text)) {
    const auto word = word_of(text);
    return word ? std::optional(proto::OwnedCell(proto::Cell::of_text(*word))) : std::nullopt;
  }
  auto statement = sql.prepare("SELECT " + text);
  if (!statement.step()) return std::nullopt;
  return proto::OwnedCell(statement.cell(0));
}

bool read_columns(replica::Connection& sql, TableShape& shape) {
  auto info = sql.prepare(
      "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?1)");
  info.bind_text(1, shape.name);
  std::vector<std::pair<std::int64_t, std::size_t>> key;
  while (info.step()) {
    if (info.integer(5) != 0) {  // it stores nothing that a device could not compute
      shape.generated.emplace_back(info.text(0));
      continue;
    }
    ShapeColumn column;
    column.name = info.text(0);
    column.type = info.text(1);
    column.not_null = info.integer(2) != 0;
    column.default_sql = info.is_null(3) ? std::string_view() : info.text(3);
    if (info.integer(4) != 0) key.emplace_back(info.integer(4), shape.columns.size());
    shape.columns.push_back(std::move(column));
  }
  for (ShapeColumn& column : shape.columns) {
    column.constant_default = literal_value(sql, column.default_sql);
  }
  std::ranges::sort(key);
  for (const auto& [order, column] : key) shape.key.push_back({column, "BINARY"});
  return !shape.columns.empty();
}

/// The text of an index's expression terms is only in its CREATE statement.
std::string index_sql(replica::Connection& sql, std::string_view index) {
  auto statement = sql.prepare("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?1");
  statement.bind_text(1, index);
  return statement.step() && !statement.is_null(0) ? std::string(statement.text(0)) : std::string();
}

/// Splits "a, lower(b), (c)" at its top-level commas.
std::vector<std::string> split_terms(std::string_view list) {
  std::vector<std::string> terms(1);
  int depth = 0;
  char quote = 0;
  for (const char c : list) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      terms.emplace_back();
      continue;
    }
    terms.back().push_back(c);
  }
  return terms;
}

struct IndexText {
  std::vector<std::string> terms;
  std::string where;
};

IndexText parse_index(std::string_view create) {
  const auto open = create.find('(');
  if (open == std::string_view::npos) return {};
  int depth = 0;
  std::size_t close = open;
  char quote = 0;
  for (; close < create.size(); ++close) {
    const char c = create[close];
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0) {
      break;
    }
  }
  if (close >= create.size()) return {};
  IndexText text{split_terms(create.substr(open + 1, close - open - 1)), {}};
  const std::string_view tail = create.substr(close + 1);
  if (const auto where = folded(tail).find("where"); where != std::string::npos) {
    text.where = tail.substr(where + 5);
  }
  return text;
}

UniqueIndex read_unique(replica::Connection& sql, std::string_view index, bool partial) {
  UniqueIndex unique;
  const IndexText text = parse_index(index_sql(sql, index));
  auto terms = sql.prepare("SELECT cid, name, coll FROM pragma_index_xinfo(?1) WHERE key = 1");
  terms.bind_text(1, index);
  for (std::size_t i = 0; terms.step(); ++i) {
    UniqueIndex::Term term;
    term.collation = terms.text(2);
    if (terms.integer(0) >= 0) {
      term.sql = quoted(terms.text(1));
    } else {
      term.sql = i < text.terms.size() ? "(" + text.terms[i] + ")" : "NULL";
    }
    unique.terms.push_back(std::move(term));
  }
  if (partial) unique.where = text.where;
  return unique;
}

void read_indexes(replica::Connection& sql, TableShape& shape) {
  auto list = sql.prepare(
      "SELECT name, origin, partial FROM pragma_index_list(?1) WHERE \"unique\" = 1");
  list.bind_text(1, shape.name);
  bool key_index = false;
  while (list.step()) {
    const std::string name(list.text(0));
    UniqueIndex unique = read_unique(sql, name, list.integer(2) != 0);
    if (list.text(1) != "pk") {
      shape.uniques.push_back(std::move(unique));
      continue;
    }
    key_index = true;
    for (std::size_t i = 0; i < shape.key.size() && i < unique.terms.size(); ++i) {
      shape.key[i].collation = unique.terms[i].collation;
    }
  }
  shape.rowid_alias = !shape.key.empty() && !key_index;
}

void read_foreign_keys(replica::Connection& sql, TableShape& shape) {
  auto list = sql.prepare(
      "SELECT id, \"table\", \"from\", \"to\" FROM pragma_foreign_key_list(?1) ORDER BY id, seq");
  list.bind_text(1, shape.name);
  std::int64_t last = -1;
  while (list.step()) {
    if (list.integer(0) != last) shape.foreign_keys.emplace_back();
    last = list.integer(0);
    ForeignKey& key = shape.foreign_keys.back();
    key.parent = list.text(1);
    const std::string from = folded(list.text(2));
    const auto at = std::ranges::find(shape.columns, from,
                                      [](const ShapeColumn& c) { return folded(c.name); });
    key.columns.push_back(static_cast<std::size_t>(at - shape.columns.begin()));
    if (!list.is_null(3)) key.parent_columns.emplace_back(list.text(3));
  }
}

}  // namespace

Affinity affinity_of(std::string_view declared_type) {
  if (contains_folded(declared_type, "int")) return Affinity::integer;
  for (const auto* word : {"char", "clob", "text"}) {
    if (contains_folded(declared_type, word)) return Affinity::text;
  }
  if (declared_type.empty() || contains_folded(declared_type, "blob")) return Affinity::blob;
  for (const auto* word : {"real", "floa", "doub"}) {
    if (contains_folded(declared_type, word)) return Affinity::real;
  }
  return folded(declared_type) == "any" ? Affinity::blob : Affinity::numeric;
}

bool TableShape::is_key(std::size_t column) const {
  return std::ranges::find(key, column, &KeyPart::column) != key.end();
}

std::optional<TableShape> read_shape(replica::Connection& sql, std::string_view table) {
  auto found = sql.prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
      "AND name = ?1 COLLATE NOCASE AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  found.bind_text(1, table);
  if (!found.step()) return std::nullopt;
  TableShape shape;
  shape.name = found.text(0);
  found.reset();
  if (!read_columns(sql, shape)) return std::nullopt;
  read_indexes(sql, shape);
  read_foreign_keys(sql, shape);
  return shape;
}

std::string folded(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::optional<proto::Collation> known_collation(std::string_view name) {
  const std::string text = folded(name);
  if (text == "binary") return proto::Collation::binary;
  if (text == "nocase") return proto::Collation::nocase;
  if (text == "rtrim") return proto::Collation::rtrim;
  return std::nullopt;
}

proto::Cell absent_value(const ShapeColumn& column) {
  if (column.constant_default) return column.constant_default->view();
  if (!column.not_null) return proto::Cell::null();
  switch (affinity_of(column.type)) {
    case Affinity::text: return proto::Cell::of_text("");
    case Affinity::blob: return proto::Cell::of_blob({});
    default: return proto::Cell::of_integer(0);
  }
}

}  // namespace tidemark::engine
