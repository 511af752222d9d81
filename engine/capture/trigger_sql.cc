#include "engine/capture/trigger_sql.h"

#include <algorithm>

namespace tidemark::engine {
namespace {

using replica::quoted;

const std::vector<std::string> kSuffixes = {"before_insert", "after_insert", "before_update",
                                            "after_update",  "after_rekey",  "after_delete"};

std::string of(std::string_view row, const ShapeColumn& column) {
  return std::string(row) + "." + quoted(column.name);
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

/// "k1 = NEW.k1 AND ..." in terms of two row names (empty = the table's own columns).
std::string same_key(const TableShape& shape, std::string_view a, std::string_view b) {
  std::vector<std::string> terms;
  for (const KeyPart& part : shape.key) {
    const ShapeColumn& column = shape.columns[part.column];
    const std::string left = a.empty() ? quoted(column.name) : of(a, column);
    terms.push_back(left + " = " + of(b, column) + " COLLATE " + part.collation);
  }
  return joined(terms, " AND ");
}

/// Whether a column's bytes differ between OLD and NEW: under no collation, and where one column
/// can hold 1 and 1.0, by type too.
std::string differs(const ShapeColumn& column) {
  const std::string now = of("NEW", column);
  const std::string was = of("OLD", column);
  std::string sql = now + " IS NOT " + was + " COLLATE BINARY";
  if (affinity_of(column.type) == Affinity::blob) {
    sql = "(" + sql + " OR typeof(" + now + ") <> typeof(" + was + "))";
  } else {
    sql = "(" + sql + ")";
  }
  return sql;
}

std::string mask(const TableShape& shape) {
  std::vector<std::string> bits;
  const bool wide = shape.columns.size() > kIntegerMaskColumns;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    const std::string bit = differs(shape.columns[i]);
    bits.push_back(wide || i == 0 ? bit : "(" + bit + " << " + std::to_string(i) + ")");
  }
  return joined(bits, wide ? " || " : " | ");
}

/// "v0, v1, ..." for all columns, or for the key's only.
std::string value_names(const TableShape& shape, bool key_only) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if (!key_only || shape.is_key(i)) names.push_back("v" + std::to_string(i));
  }
  return joined(names, ", ");
}

std::string values(const TableShape& shape, std::string_view row, bool key_only) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < shape.columns.size(); ++i) {
    if (key_only && !shape.is_key(i)) continue;
    names.push_back(row.empty() ? quoted(shape.columns[i].name) : of(row, shape.columns[i]));
  }
  return joined(names, ", ");
}

class TriggerWriter {
 public:
  TriggerWriter(std::uint32_t table_no, const TableShape& shape)
      : no_(std::to_string(table_no)), shape_(shape) {}

  std::string before_insert() const {
    return watch("before_insert", "BEFORE INSERT", same_key(shape_, "", "NEW"), other_key("NEW"));
  }

  std::string after_insert() const {
    return trigger("after_insert", "AFTER INSERT", "", log_row(PendingOp::insert, "NEW", false));
  }

  /// Only a change of the key or of a unique value can meet another row.
  std::string before_update() const {
    const std::string other = other_key("OLD");
    return watch("before_update", "BEFORE UPDATE" + of_contested(),
                 same_key(shape_, "", "NEW") + " AND " + other, other);
  }

  std::string after_update() const {
    std::vector<std::string> names;
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < shape_.columns.size(); ++i) {
      const ShapeColumn& column = shape_.columns[i];
      names.push_back("v" + std::to_string(i));
      parts.push_back(shape_.is_key(i) ? of("NEW", column)
                                       : "CASE WHEN " + differs(column) + " THEN " +
                                             of("NEW", column) + " END");
    }
    const std::string body = "INSERT INTO tidemark_pending(tbl, op, at, mask, " +
                             joined(names, ", ") + ") VALUES(" + no_ + ", 2, julianday('now'), " +
                             mask(shape_) + ", " + joined(parts, ", ") + ");";
    return trigger("after_update", "AFTER UPDATE", same_key(shape_, "OLD", "NEW"), body);
  }

  std::string after_rekey() const {
    return trigger("after_rekey", "AFTER UPDATE" + of_key(),
                   "(" + same_key(shape_, "OLD", "NEW") + ") IS NOT TRUE",
                   log_row(PendingOp::remove, "OLD", true) +
                       log_row(PendingOp::insert, "NEW", false));
  }

  std::string after_delete() const {
    return trigger("after_delete", "AFTER DELETE", "", log_row(PendingOp::remove, "OLD", true));
  }

 private:
  std::string trigger(std::string_view suffix, std::string_view event, std::string_view when,
                      const std::string& body) const {
    return "CREATE TRIGGER " + quoted("tidemark_" + no_ + "_" + std::string(suffix)) + " " +
           std::string(event) + " ON " + quoted(shape_.name) +
           (when.empty() ? std::string() : " WHEN " + std::string(when)) + " BEGIN " + body +
           " END";
  }

  /// Any row but that one; a key with NULL in it is like no other.
  std::string other_key(std::string_view row) const {
    return "(" + same_key(shape_, "", row) + ") IS NOT TRUE";
  }

  bool is_stored(const std::string& term) const {
    return std::ranges::any_of(shape_.columns,
                               [&](const ShapeColumn& c) { return term == quoted(c.name); });
  }

  /// " OF k1, k2": an UPDATE that assigns none of them pays nothing. The rowid has names that OF
  /// does not know.
  std::string of_key() const {
    if (shape_.rowid_alias) return {};
    std::vector<std::string> names;
    for (const KeyPart& part : shape_.key) names.push_back(quoted(shape_.columns[part.column].name));
    return " OF " + joined(names, ", ");
  }

  /// The same with the columns of UNIQUE indexes; expressions and generated columns may read any.
  std::string of_contested() const {
    std::string columns = of_key();
    if (columns.empty()) return {};
    for (const UniqueIndex& unique : shape_.uniques) {
      if (!unique.where.empty()) return {};
      for (const auto& term : unique.terms) {
        if (!is_stored(term.sql)) return {};
        columns += ", " + term.sql;
      }
    }
    return columns;
  }

  std::string head(bool key_only) const {
    return "INSERT INTO tidemark_pending(tbl, op, at, " + value_names(shape_, key_only) + ") ";
  }

  std::string log_row(PendingOp op, std::string_view row, bool key_only) const {
    return head(key_only) + "VALUES(" + no_ + ", " +
           std::to_string(static_cast<std::int64_t>(op)) + ", julianday('now'), " +
           values(shape_, row, key_only) + ");";
  }

  std::string log_found(PendingOp op, bool key_only, const std::string& where) const {
    return head(key_only) + "SELECT " + no_ + ", " +
           std::to_string(static_cast<std::int64_t>(op)) + ", julianday('now'), " +
           values(shape_, "", key_only) + " FROM " + quoted(shape_.name) + " WHERE " + where + ";";
  }

  /// Logs the row that `same` finds, and those that hold one of NEW's unique values and satisfy
  /// `other`. The WHEN asks first: nearly always there is none, and a trigger's body costs more.
  std::string watch(std::string_view suffix, const std::string& event, const std::string& same,
                    const std::string& other) const {
    std::string when = exists(same);
    std::string body = log_found(PendingOp::old_row, false, same);
    for (const UniqueIndex& unique : shape_.uniques) {
      const std::string rivals = holds_value(unique) + " AND " + other;
      when += " OR " + exists(rivals);
      body += log_found(PendingOp::candidate, true, rivals);
    }
    return trigger(suffix, event, when, body);
  }

  std::string exists(const std::string& where) const {
    return "EXISTS(SELECT 1 FROM " + quoted(shape_.name) + " WHERE " + where + ")";
  }

  /// Whether a row has NEW's values under a UNIQUE index.
  std::string holds_value(const UniqueIndex& unique) const {
    std::vector<std::string> terms;
    for (const auto& term : unique.terms) {
      terms.push_back(term.sql + " = " + on_new(term.sql) + " COLLATE " + term.collation);
    }
    if (!unique.where.empty()) terms.push_back("(" + unique.where + ")");
    return joined(terms, " AND ");
  }

  /// A term of an index, evaluated on the NEW row.
  std::string on_new(const std::string& term) const {
    if (term.front() == '"') return "NEW." + term;
    std::vector<std::string> columns;
    for (const ShapeColumn& column : shape_.columns) {
      columns.push_back(of("NEW", column) + " AS " + quoted(column.name));
    }
    for (const std::string& name : shape_.generated) {
      columns.push_back("NEW." + quoted(name) + " AS " + quoted(name));
    }
    return "(SELECT " + term + " FROM (SELECT " + joined(columns, ", ") + "))";
  }

  std::string no_;
  const TableShape& shape_;
};

}  // namespace

std::vector<std::string> trigger_names(std::uint32_t table_no) {
  std::vector<std::string> names;
  for (const auto& suffix : kSuffixes) {
    names.push_back("tidemark_" + std::to_string(table_no) + "_" + suffix);
  }
  return names;
}

std::vector<std::string> create_triggers(std::uint32_t table_no, const TableShape& shape) {
  const TriggerWriter write(table_no, shape);
  return {write.before_insert(), write.after_insert(), write.before_update(),
          write.after_update(),  write.after_rekey(),  write.after_delete()};
}

std::vector<std::string> drop_triggers(std::uint32_t table_no) {
  std::vector<std::string> statements;
  for (const auto& name : trigger_names(table_no)) {
    statements.push_back("DROP TRIGGER IF EXISTS " + quoted(name));
  }
  return statements;
}

}  // namespace tidemark::engine
