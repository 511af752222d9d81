#include <algorithm>

#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/record.h"
#include "proto/record_cell.h"
#include "proto/record_version.h"

namespace tidemark::proto {
namespace {

constexpr std::uint64_t kIdMax = 0xFFFF;

// May be empty: SQLite has tables and columns of the name "".
std::string read_name(ByteReader& reader) {
  return std::string(as_text(reader.sized(kNameBytesMax)));
}

std::uint16_t read_id(ByteReader& reader) {
  return static_cast<std::uint16_t>(reader.leb(kIdMax));
}

// A list's length: no item is shorter than a byte, so nothing is allocated beyond the bytes.
std::uint64_t read_count(ByteReader& reader) {
  return reader.leb(std::min<std::uint64_t>(kColumnsMax, reader.remaining()));
}

void put_column(ByteWriter& writer, const ColumnDecl& column) {
  writer.leb(column.id);
  writer.sized(as_bytes(column.name));
  writer.sized(as_bytes(column.type));
  writer.u8(static_cast<std::uint8_t>(column.kind));
  writer.leb(column.group);
  writer.u8(column.constant_default ? 1 : 0);
  if (!column.constant_default) return;
  const Cell value = column.constant_default->view();
  TIDEMARK_CHECK(is_constant_type(value.type));
  put_cell(writer.grow(encoded_size(value)), value);
}

ColumnDecl read_column(ByteReader& reader) {
  ColumnDecl column;
  column.id = read_id(reader);
  column.name = read_name(reader);
  column.type = read_name(reader);
  column.kind = static_cast<ColumnKind>(reader.u8(static_cast<std::uint8_t>(ColumnKind::text)));
  column.group = read_id(reader);
  if (reader.u8(1) == 0) return column;
  const Cell value = read_cell(reader);
  if (!is_constant_type(value.type)) reader.fail();
  column.constant_default = OwnedCell(value);
  return column;
}

void put_foreign_key(ByteWriter& writer, const ForeignKeyDecl& key) {
  writer.leb(key.columns.size());
  for (const std::uint16_t column : key.columns) writer.leb(column);
  writer.sized(as_bytes(key.parent));
  writer.leb(key.parent_columns.size());
  for (const std::string& column : key.parent_columns) writer.sized(as_bytes(column));
  writer.u8(key.enforced ? 1 : 0);
}

ForeignKeyDecl read_foreign_key(ByteReader& reader) {
  ForeignKeyDecl key;
  const std::uint64_t columns = read_count(reader);
  for (std::uint64_t i = 0; i < columns && reader.ok(); ++i) key.columns.push_back(read_id(reader));
  key.parent = read_name(reader);
  const std::uint64_t parents = read_count(reader);
  for (std::uint64_t i = 0; i < parents && reader.ok(); ++i) {
    key.parent_columns.push_back(read_name(reader));
  }
  key.enforced = reader.u8(1) != 0;
  return key;
}

bool declares(const TableDecl& table, std::uint16_t column) {
  return std::ranges::binary_search(table.columns, column, {}, &ColumnDecl::id);
}

bool is_sound(const TableDecl& table) {
  const auto declared = [&](std::uint16_t id) { return declares(table, id); };
  const auto not_rising = [](const ColumnDecl& a, const ColumnDecl& b) { return a.id >= b.id; };
  if (std::ranges::adjacent_find(table.columns, not_rising) != table.columns.end()) return false;
  for (auto key = table.key.begin(); key != table.key.end(); ++key) {
    if (!declared(key->column)) return false;
    if (std::any_of(table.key.begin(), key, [&](const auto& k) { return k.column == key->column; }))
      return false;
  }
  return !table.key.empty() && std::ranges::all_of(table.foreign_keys, [&](const auto& foreign) {
    const std::size_t parents = foreign.parent_columns.size();
    return !foreign.columns.empty() && (parents == 0 || parents == foreign.columns.size()) &&
           std::ranges::all_of(foreign.columns, declared);
  });
}

}  // namespace

Bytes encode(const TableDecl& table) {
  TIDEMARK_CHECK(is_sound(table));
  Bytes out;
  ByteWriter writer(out);
  writer.u8(kRecordVersion);
  writer.leb(table.table);
  writer.sized(as_bytes(table.name));
  writer.u8(table.natural_key ? 1 : 0);
  writer.leb(table.key.size());
  for (const KeyColumnDecl& key : table.key) {
    writer.leb(key.column);
    writer.u8(static_cast<std::uint8_t>(key.collation));
  }
  writer.leb(table.columns.size());
  for (const ColumnDecl& column : table.columns) put_column(writer, column);
  writer.leb(table.foreign_keys.size());
  for (const ForeignKeyDecl& key : table.foreign_keys) put_foreign_key(writer, key);
  return out;
}

RecordReject decode(ByteView payload, TableDecl& out) {
  ByteReader reader(payload);
  if (const auto reject = read_version(reader); reject != RecordReject::none) return reject;
  out = {};
  out.table = static_cast<std::uint32_t>(reader.leb(~std::uint32_t{0}));
  out.name = read_name(reader);
  out.natural_key = reader.u8(1) != 0;
  const std::uint64_t keys = read_count(reader);
  for (std::uint64_t i = 0; i < keys && reader.ok(); ++i) {
    const std::uint16_t column = read_id(reader);
    const std::uint8_t collation = reader.u8(static_cast<std::uint8_t>(Collation::rtrim));
    out.key.push_back({column, static_cast<Collation>(collation)});
  }
  const std::uint64_t columns = read_count(reader);
  for (std::uint64_t i = 0; i < columns && reader.ok(); ++i) {
    out.columns.push_back(read_column(reader));
  }
  const std::uint64_t foreign_keys = read_count(reader);
  for (std::uint64_t i = 0; i < foreign_keys && reader.ok(); ++i) {
    out.foreign_keys.push_back(read_foreign_key(reader));
  }
  return reader.done() && is_sound(out) ? RecordReject::none : RecordReject::malformed;
}

}  // namespace tidemark::proto
