#include "engine/merge/shadow.h"

namespace tidemark::engine {

Shadow::Shadow(replica::Connection& sql)
    : read_(sql.prepare(
          "SELECT col, value FROM tidemark_cell WHERE tbl = ?1 AND identity = ?2 ORDER BY col")),
      put_(sql.prepare("INSERT OR REPLACE INTO tidemark_cell(tbl, identity, col, value) "
                       "VALUES(?1, ?2, ?3, ?4)")),
      erase_(sql.prepare(
          "DELETE FROM tidemark_cell WHERE tbl = ?1 AND identity = ?2 AND col = ?3")),
      erase_row_(sql.prepare("DELETE FROM tidemark_cell WHERE tbl = ?1 AND identity = ?2")),
      park_(sql.prepare("INSERT OR REPLACE INTO tidemark_parked(tbl, identity, stratum, reason) "
                        "VALUES(?1, ?2, 0, ?3)")),
      unpark_(sql.prepare("DELETE FROM tidemark_parked WHERE tbl = ?1 AND identity = ?2")),
      parked_rows_(
          sql.prepare("SELECT identity FROM tidemark_parked WHERE tbl = ?1 ORDER BY identity")),
      rows_(sql.prepare(
          "SELECT DISTINCT identity FROM tidemark_cell WHERE tbl = ?1 ORDER BY identity")) {}

ShadowCells Shadow::read(std::uint32_t table, ByteView identity) {
  ShadowCells cells;
  read_.bind(1, table).bind_blob(2, identity);
  while (read_.step()) {
    cells.emplace_back(static_cast<ColumnNo>(read_.integer(0)), proto::OwnedCell(read_.cell(1)));
  }
  return cells;
}

void Shadow::put(std::uint32_t table, ByteView identity, ColumnNo column,
                 const proto::Cell& value) {
  put_.bind(1, table).bind_blob(2, identity).bind(3, column).bind(4, value).run();
}

void Shadow::erase(std::uint32_t table, ByteView identity, ColumnNo column) {
  erase_.bind(1, table).bind_blob(2, identity).bind(3, column).run();
}

void Shadow::erase_row(std::uint32_t table, ByteView identity) {
  erase_row_.bind(1, table).bind_blob(2, identity).run();
}

void Shadow::park(std::uint32_t table, ByteView identity, std::string_view reason) {
  park_.bind(1, table).bind_blob(2, identity).bind_text(3, reason).run();
}

void Shadow::unpark(std::uint32_t table, ByteView identity) {
  unpark_.bind(1, table).bind_blob(2, identity).run();
}

std::vector<Bytes> Shadow::identities(replica::Statement& select, std::uint32_t table) {
  std::vector<Bytes> found;
  select.bind(1, table);
  while (select.step()) {
    const ByteView identity = select.blob(0);
    found.emplace_back(identity.begin(), identity.end());
  }
  return found;
}

std::vector<Bytes> Shadow::parked_rows(std::uint32_t table) {
  return identities(parked_rows_, table);
}

std::vector<Bytes> Shadow::rows(std::uint32_t table) { return identities(rows_, table); }

}  // namespace tidemark::engine
