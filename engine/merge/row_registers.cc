#include "engine/merge/row_registers.h"

#include <algorithm>

namespace tidemark::engine {
namespace {

auto position_of(auto& exceptions, ColumnNo column) {
  return std::ranges::lower_bound(exceptions, column, {}, &RowRegisters::Exception::column);
}

}  // namespace

bool RowRegisters::has_own_stamps() const {
  return std::ranges::any_of(exceptions, [](const Exception& e) { return e.stamp.has_value(); });
}

bool RowRegisters::implied(ColumnNo column) const {
  if (!inserted || column >= known) return false;
  const auto at = position_of(exceptions, column);
  return at == exceptions.end() || at->column != column;
}

std::optional<Stamp> RowRegisters::column_stamp(ColumnNo column) const {
  const auto at = position_of(exceptions, column);
  if (at != exceptions.end() && at->column == column) return at->stamp;
  return inserted && column < known ? inserted : std::nullopt;
}

std::uint64_t RowRegisters::highest() const {
  std::uint64_t h = 0;
  for (const auto* stamp : {&inserted, &deleted, &yielded}) {
    if (*stamp) h = std::max(h, (*stamp)->h);
  }
  for (const Exception& e : exceptions) {
    if (e.stamp) h = std::max(h, e.stamp->h);
  }
  return h;
}

void RowRegisters::set_exception(ColumnNo column, const std::optional<Stamp>& stamp) {
  const auto at = position_of(exceptions, column);
  if (at != exceptions.end() && at->column == column) {
    at->stamp = stamp;
  } else {
    exceptions.insert(at, Exception{column, stamp});
  }
}

void RowRegisters::raise(ColumnNo column, const Stamp& stamp) {
  const auto now = column_stamp(column);
  if (!now || *now < stamp) set_exception(column, stamp);
}

void RowRegisters::fold_insert(const Stamp& stamp, std::span<const ColumnNo> columns,
                               ColumnNo columns_total) {
  if (is_void(stamp) || (inserted && *inserted == stamp)) return;
  if (inserted && stamp < *inserted) {
    fold_update(stamp, columns);
    return;
  }
  // The newest insert: its columns become implied unless something newer is known of them; what it
  // did not carry keeps the register it had.
  std::vector<Exception> kept;
  auto carried = columns.begin();
  for (ColumnNo column = 0; column < columns_total; ++column) {
    const bool carries = carried != columns.end() && *carried == column;
    if (carries) ++carried;
    if (carries && (exceptions.empty() || implied(column))) continue;
    const auto now = column_stamp(column);
    if (!carries || (now && *now > stamp)) kept.push_back({column, now});
  }
  inserted = stamp;
  known = columns_total;
  exceptions = std::move(kept);
}

void RowRegisters::fold_update(const Stamp& stamp, std::span<const ColumnNo> columns) {
  if (is_void(stamp)) return;
  for (const ColumnNo column : columns) raise(column, stamp);
}

void RowRegisters::fold_delete(const Stamp& stamp) {
  if (deleted && stamp <= *deleted) return;
  deleted = stamp;
  if (yielded && *yielded <= stamp) yielded.reset();
  if (inserted && *inserted <= stamp) {
    inserted.reset();
    known = 0;
  }
  for (Exception& e : exceptions) {
    if (e.stamp && *e.stamp <= stamp) e.stamp.reset();
  }
  // Without an insert nothing is implied, so "none" needs no words.
  std::erase_if(exceptions, [this](const Exception& e) { return !e.stamp && e.column >= known; });
}

void RowRegisters::fold_yield(const Stamp& stamp) {
  if (is_void(stamp)) return;
  if (!yielded || *yielded < stamp) yielded = stamp;
}

}  // namespace tidemark::engine
