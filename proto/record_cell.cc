#include "proto/record_cell.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "oplog/check.h"
#include "oplog/limits.h"

namespace tidemark::proto {
namespace {

std::uint64_t bits_of(double real) {
  return std::bit_cast<std::uint64_t>(real);
}

bool has_bytes(CellType type) {
  return type == CellType::text || type == CellType::blob;
}

// A chunk holds 1 to kChunkBytesMax bytes, and all of them lie before the row.
bool plausible_chunks(const Cell& cell) {
  const std::uint64_t chunks = cell.chunks;
  return chunks > 0 && cell.back >= chunks && cell.total_bytes >= chunks &&
         cell.total_bytes <= kValueBytesMax && cell.total_bytes <= chunks * kChunkBytesMax;
}

bool is_legal(const Cell& cell) {
  switch (cell.type) {
    case CellType::real:
      return !std::isnan(cell.real);
    case CellType::chunked:
      return has_bytes(cell.of) && plausible_chunks(cell);
    case CellType::omitted:
      return has_bytes(cell.of);
    default:
      return true;
  }
}

}  // namespace

Cell Cell::of_integer(std::int64_t value) {
  Cell cell;
  cell.type = CellType::integer;
  cell.integer = value;
  return cell;
}

Cell Cell::of_real(double value) {
  Cell cell;
  cell.type = CellType::real;
  cell.real = value;
  return cell;
}

Cell Cell::of_text(std::string_view text) {
  Cell cell;
  cell.type = CellType::text;
  cell.bytes = as_bytes(text);
  return cell;
}

Cell Cell::of_blob(ByteView bytes) {
  Cell cell;
  cell.type = CellType::blob;
  cell.bytes = bytes;
  return cell;
}

bool operator==(const Cell& a, const Cell& b) {
  if (a.type != b.type) return false;
  switch (a.type) {
    case CellType::null:
      return true;
    case CellType::integer:
    case CellType::increment:
      return a.integer == b.integer;
    case CellType::real:
      return bits_of(a.real) == bits_of(b.real);
    case CellType::text:
    case CellType::blob:
      return std::ranges::equal(a.bytes, b.bytes);
    case CellType::chunked:
      return a.of == b.of && a.total_bytes == b.total_bytes && a.chunks == b.chunks &&
             a.back == b.back;
    case CellType::omitted:
      return a.of == b.of && a.total_bytes == b.total_bytes;
  }
  return false;
}

OwnedCell::OwnedCell(const Cell& cell) : cell_(cell), bytes_(cell.bytes.begin(), cell.bytes.end()) {
  cell_.bytes = {};
}

Cell OwnedCell::view() const {
  Cell cell = cell_;
  cell.bytes = bytes_;
  return cell;
}

std::size_t encoded_size(const Cell& cell) {
  switch (cell.type) {
    case CellType::null:
      return 1;
    case CellType::integer:
    case CellType::increment:
      return 1 + leb_size(zigzag(cell.integer));
    case CellType::real:
      return 1 + sizeof cell.real;
    case CellType::text:
    case CellType::blob:
      return 1 + leb_size(cell.bytes.size()) + cell.bytes.size();
    case CellType::chunked:
      return 2 + leb_size(cell.total_bytes) + leb_size(cell.chunks) + leb_size(cell.back);
    case CellType::omitted:
      return 2 + leb_size(cell.total_bytes);
  }
  TIDEMARK_CHECK(!"a cell has one of the types above");
}

std::byte* put_cell(std::byte* to, const Cell& cell) {
  TIDEMARK_CHECK(is_legal(cell));
  *to++ = static_cast<std::byte>(cell.type);
  switch (cell.type) {
    case CellType::null:
      return to;
    case CellType::integer:
    case CellType::increment:
      return put_leb(to, zigzag(cell.integer));
    case CellType::real:
      return put_number(to, cell.real);
    case CellType::text:
    case CellType::blob:
      return put_bytes(put_leb(to, cell.bytes.size()), cell.bytes);
    case CellType::chunked:
    case CellType::omitted:
      break;
  }
  *to++ = static_cast<std::byte>(cell.of);
  to = put_leb(to, cell.total_bytes);
  if (cell.type == CellType::omitted) return to;
  return put_leb(put_leb(to, cell.chunks), cell.back);
}

Cell read_cell(ByteReader& reader) {
  Cell cell;
  cell.type = static_cast<CellType>(reader.u8(static_cast<std::uint8_t>(CellType::increment)));
  switch (cell.type) {
    case CellType::null:
      return cell;
    case CellType::integer:
    case CellType::increment:
      cell.integer = reader.signed_leb();
      return cell;
    case CellType::real:
      cell.real = reader.number<double>();
      break;
    case CellType::text:
    case CellType::blob:
      cell.bytes = reader.sized(kPayloadBytesMax);
      return cell;
    case CellType::chunked:
    case CellType::omitted:
      cell.of = static_cast<CellType>(reader.u8(static_cast<std::uint8_t>(CellType::blob)));
      cell.total_bytes = reader.leb();
      break;
  }
  if (cell.type == CellType::chunked) {
    cell.chunks = static_cast<std::uint32_t>(reader.leb(~std::uint32_t{0}));
    cell.back = static_cast<std::uint32_t>(reader.leb(~std::uint32_t{0}));
  }
  if (!is_legal(cell)) reader.fail();
  return cell;
}

bool is_key_type(CellType type) {
  return is_constant_type(type) ? type != CellType::null : type == CellType::omitted;
}

bool is_constant_type(CellType type) {
  return type <= CellType::blob;
}

}  // namespace tidemark::proto
