// Values at random, for properties of records. Picks from RapidCheck: only inside a property.
#pragma once

#include <bit>
#include <cmath>
#include <deque>
#include <string>

#include <rapidcheck.h>

#include "oplog/limits.h"
#include "proto/record.h"

namespace tidemark::test {

/// Makes cells; owns the bytes that they borrow.
class RandomCells {
 public:
  proto::Cell of(proto::CellType type) {
    proto::Cell cell;
    cell.type = type;
    switch (type) {
      case proto::CellType::null:
        break;
      case proto::CellType::integer:
      case proto::CellType::increment:
        cell.integer = *rc::gen::arbitrary<std::int64_t>();
        break;
      case proto::CellType::real:
        cell.real = real();
        break;
      case proto::CellType::text:
      case proto::CellType::blob:
        cell.bytes = bytes();
        break;
      case proto::CellType::chunked:
        cell.chunks = *rc::gen::inRange(1U, 3000U);
        cell.back = cell.chunks + *rc::gen::inRange(0U, 5000U);
        cell.total_bytes = cell.chunks * std::uint64_t{*rc::gen::inRange(1U, 200'000U)};
        cell.of = text_or_blob();
        break;
      case proto::CellType::omitted:
        cell.total_bytes = *rc::gen::arbitrary<std::uint64_t>();
        cell.of = text_or_blob();
        break;
    }
    return cell;
  }

  proto::Cell any() { return of(static_cast<proto::CellType>(*rc::gen::inRange(0, 8))); }
  proto::Cell key() {
    using proto::CellType;
    return of(*rc::gen::element(CellType::integer, CellType::real, CellType::text, CellType::blob,
                                CellType::omitted));
  }
  proto::Cell constant() { return of(static_cast<proto::CellType>(*rc::gen::inRange(0, 5))); }

 private:
  ByteView bytes() {
    kept_.push_back(*rc::gen::arbitrary<std::string>());
    return as_bytes(kept_.back());
  }
  static double real() {
    const auto value = std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>());
    return std::isnan(value) ? -0.0 : value;
  }
  static proto::CellType text_or_blob() {
    return *rc::gen::element(proto::CellType::text, proto::CellType::blob);
  }

  std::deque<std::string> kept_;
};

}  // namespace tidemark::test
