// The bytes of tidemark_row.clock (replica/SCHEMA.md): local to one database, never sent.
#pragma once

#include <cstdint>

#include "engine/merge/origin_refs.h"
#include "engine/merge/row_registers.h"
#include "oplog/bytes.h"

namespace tidemark::engine {

/// A row's registers and where its values are.
struct RowClock {
  RowRegisters registers;
  bool parked{};    ///< live, but not in the table: all values lie in tidemark_cell
  bool shadowed{};  ///< tidemark_cell holds values of this row

  bool visible() const { return registers.live() && !parked; }
  bool operator==(const RowClock&) const = default;
};

/// Encodes clocks relative to a base time, so that recent stamps are short.
class ClockCodec {
 public:
  ClockCodec(std::uint64_t base_h, const OriginRefs& refs) : base_h_(base_h), refs_(&refs) {}

  /// Appends. `check` tells rows apart whose slots collide.
  void encode(std::uint32_t check, const RowClock& clock, Bytes& out) const;

  static std::uint32_t check_of(ByteView bytes);
  /// Throws Error{database_corrupt} on bytes that encode() does not write.
  RowClock decode(ByteView bytes) const;

 private:
  void put(const Stamp& stamp, Bytes& out) const;
  Stamp get(class ClockReader& from) const;

  std::uint64_t base_h_;
  const OriginRefs* refs_;
};

}  // namespace tidemark::engine
