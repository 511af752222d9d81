// Payloads of entries (RECORD.md): row changes, schema declarations, contexts, genesis. Plain
// values; no SQLite type. Decoding foreign bytes never throws; encoding is canonical: one value,
// one byte string, and a decoder refuses every other form.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oplog/bytes.h"
#include "oplog/entry.h"

namespace tidemark::proto {

inline constexpr std::uint8_t kRecordVersion = 1;

/// THE NUMBERS ARE IN EVERY STORED LOG.
enum class CellType : std::uint8_t {
  null = 0,
  integer = 1,
  real = 2,
  text = 3,
  blob = 4,
  chunked = 5,    ///< the value lies in chunk entries just before
  omitted = 6,    ///< too large to travel: only its type and length are here
  increment = 7,  ///< counter: add this
};

/// One value, byte for byte as SQLite stores it. Borrows text and blobs: a view. The members that
/// share a place belong to different types.
struct Cell {
  CellType type{};
  CellType of{};           ///< chunked, omitted: text or blob
  std::uint32_t chunks{};  ///< chunked: how many entries
  union {
    std::int64_t integer = 0;   ///< integer, increment
    double real;                ///< real; NaN does not occur in SQLite and is refused
    std::uint64_t total_bytes;  ///< chunked, omitted
  };
  ByteView bytes;        ///< text, blob
  std::uint32_t back{};  ///< chunked: distance from the row entry back to the first chunk

  static Cell null() { return {}; }
  static Cell of_integer(std::int64_t value);
  static Cell of_real(double value);
  static Cell of_text(std::string_view text);
  static Cell of_blob(ByteView bytes);
};

/// Same type and same bytes (reals bit for bit).
bool operator==(const Cell& a, const Cell& b);

/// A value that owns its bytes: for what outlives the buffer it was read from.
class OwnedCell {
 public:
  OwnedCell() = default;
  explicit OwnedCell(const Cell& cell);
  /// Borrows from this object.
  Cell view() const;
  bool operator==(const OwnedCell& other) const { return view() == other.view(); }

 private:
  Cell cell_;  ///< its `bytes` are not used: they would dangle after a move
  Bytes bytes_;
};

enum class Operation : std::uint8_t { insert = 1, update = 2, remove = 3 };

/// A row change. Ids of tables and columns are the origin's own (its schema entries declare them).
/// Reuse one object: decoding keeps the capacity of its vectors.
struct RowChange {
  std::uint32_t table{};
  Operation operation{};
  bool seed{};            ///< stamped h = 0
  std::uint64_t lift{};   ///< h - hlc; 0 for seeds
  std::vector<Cell> key;  ///< as written; integer, real, text, blob, or omitted if too long
  std::vector<std::pair<std::uint16_t, Cell>> columns;  ///< ascending by id; empty for remove
};

/// A row whose claim on unique values steps behind (docs/merge.md, "yield").
struct Yield {
  std::uint32_t table{};
  std::uint64_t lift{};
  std::vector<Cell> key;
};

/// What the writer had applied before its transaction: the delta since its last context. Holds as
/// many origins as an entry has room for.
struct ContextDelta {
  std::vector<std::pair<PeerId, EntryIndex>> moved;  ///< ascending by origin
};

enum class ColumnKind : std::uint8_t { plain = 0, counter = 1, set = 2, text = 3 };

struct ColumnDecl {
  std::uint16_t id{};
  std::string name;
  std::string type;  ///< as declared in SQL; at most kNameBytesMax bytes
  ColumnKind kind{};
  std::uint16_t group{};                      ///< 0 = none
  std::optional<OwnedCell> constant_default;  ///< null, integer, real, text or blob
  bool operator==(const ColumnDecl&) const = default;
};

struct ForeignKeyDecl {
  std::vector<std::uint16_t> columns;
  std::string parent;
  std::vector<std::string> parent_columns;  ///< empty = its primary key
  bool enforced{};
  bool operator==(const ForeignKeyDecl&) const = default;
};

enum class Collation : std::uint8_t { binary = 0, nocase = 1, rtrim = 2 };

struct KeyColumnDecl {
  std::uint16_t column{};
  Collation collation{};
  bool operator==(const KeyColumnDecl&) const = default;
};

/// A table as its origin has it. A later declaration of the same id replaces the earlier one.
/// Names are of at most kNameBytesMax bytes; ids in `key` and `foreign_keys` are of `columns`.
struct TableDecl {
  std::uint32_t table{};
  std::string name;
  bool natural_key{};
  std::vector<KeyColumnDecl> key;
  std::vector<ColumnDecl> columns;  ///< ascending by id
  std::vector<ForeignKeyDecl> foreign_keys;
  bool operator==(const TableDecl&) const = default;
};

/// The first entry of every log.
struct Genesis {
  Hash key{};  ///< Ed25519 public key; zero in a plain group
  std::array<std::byte, 16> nonce{};
  std::string device_name;
  struct Predecessor {
    PeerId origin;
    EntryIndex next{};
    Hash chain{};
    bool operator==(const Predecessor&) const = default;
  };
  std::optional<Predecessor> predecessor;
  std::string reason;  ///< why the predecessor was left; empty without one
  bool operator==(const Genesis&) const = default;
};

/// Appends the encoding to `out` (cleared by nobody: reuse buffers). Requires of every encoder:
/// the value is one that its comments allow; lengths above a cap are encoded, but no decoder takes
/// them.
void encode(const RowChange& change, Bytes& out);
Bytes encode(const TableDecl& table);
Bytes encode(const ContextDelta& context);
Bytes encode(const Yield& yield);
Bytes encode(const Genesis& genesis);
/// A chunk entry's payload is its version byte and the piece, of 1 to kChunkBytesMax bytes.
Bytes encode_chunk(ByteView piece);

/// What a decoder can say of foreign bytes. `newer` = the record version is above ours: the
/// origin's applied cursor waits. `malformed`: the entry is quarantined.
enum class RecordReject : std::uint8_t { none, newer, malformed };

/// Decoded cells borrow from `payload`. What `out` holds after a refusal is unspecified.
RecordReject decode(ByteView payload, RowChange& out);
RecordReject decode(ByteView payload, TableDecl& out);
RecordReject decode(ByteView payload, ContextDelta& out);
RecordReject decode(ByteView payload, Yield& out);
RecordReject decode(ByteView payload, Genesis& out);
RecordReject decode_chunk(ByteView payload, ByteView& piece);

/// Bytes that this cell takes in a record: for the caps on keys and records.
std::size_t encoded_size(const Cell& cell);

}  // namespace tidemark::proto
