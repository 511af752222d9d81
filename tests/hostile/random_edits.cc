#include "tests/hostile/random_edits.h"

namespace tidemark::test {
namespace {

constexpr std::uint64_t kKeys = 9;

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

}  // namespace

std::string RandomEdits::note_key() {
  return quoted("n" + std::to_string(rng_.below(kKeys)));
}

std::string RandomEdits::link_key() {
  return quoted("a" + std::to_string(rng_.below(3))) + ", " + std::to_string(rng_.below(3));
}

std::string RandomEdits::tag_key() {
  std::string name = "Tag" + std::to_string(rng_.below(kKeys));
  if (rng_.chance(50)) name[0] = 't';
  if (rng_.chance(30)) name[2] = 'G';
  return quoted(name);
}

std::string RandomEdits::value() {
  const std::string number = std::to_string(rng_.below(1'000'000'007));
  switch (rng_.below(7)) {
    case 0:
      return "NULL";
    case 1:
      return number;
    case 2:
      return "-" + number + ".25";
    case 3:
      return "x'00" + number.substr(0, number.size() / 2 * 2) + "'";
    case 4:
      return "9.0";
    case 5:
      return "zeroblob(" + std::to_string(rng_.below(3000)) + ")";
    default:
      return quoted("t" + number + "é");
  }
}

std::string RandomEdits::note() {
  const std::string row = "notes VALUES(" + note_key() + "," + value() + "," + value() + "," +
                          value() + "," + value() + ")";
  switch (rng_.below(9)) {
    case 0:
      return "INSERT INTO " + row;
    case 1:
      return "INSERT OR REPLACE INTO " + row;
    case 2:
      return "INSERT INTO " + row + " ON CONFLICT(id) DO UPDATE SET n = excluded.n";
    case 3:
      return "INSERT OR IGNORE INTO " + row;
    case 4:
      return "UPDATE notes SET title = " + value() + " WHERE id = " + note_key();
    case 5:
      return "UPDATE notes SET n = " + value() + ", r = NULL WHERE id >= " + note_key();
    case 6:
      return "UPDATE OR REPLACE notes SET id = " + note_key() + " WHERE id = " + note_key();
    case 7:
      return "UPDATE notes SET id = " + note_key() + " WHERE id = " + note_key();
    default:
      return "DELETE FROM notes WHERE id = " + note_key();
  }
}

std::string RandomEdits::link() {
  const std::string row = "links VALUES(" + link_key() + "," + value() + "," + value() + ")";
  switch (rng_.below(7)) {
    case 0:
      return "INSERT INTO " + row;
    case 1:
      return "REPLACE INTO " + row;
    case 2:
      return "INSERT INTO " + row + " ON CONFLICT DO UPDATE SET weight = 1.5, note = NULL";
    case 3:
      return "UPDATE links SET weight = " + value() + " WHERE (a, b) = (" + link_key() + ")";
    case 4:
      return "UPDATE OR REPLACE links SET b = b + 1 WHERE (a, b) = (" + link_key() + ")";
    case 5:
      return "UPDATE OR IGNORE links SET a = 'a1', note = " + value() + " WHERE b = 2";
    default:
      return "DELETE FROM links WHERE (a, b) = (" + link_key() + ")";
  }
}

std::string RandomEdits::tag() {
  const std::string row = "tags VALUES(" + tag_key() + "," + value() + "," + value() + ")";
  switch (rng_.below(7)) {
    case 0:
      return "INSERT INTO " + row;
    case 1:
      return "INSERT OR REPLACE INTO " + row;
    case 2:
      return "INSERT INTO " + row + " ON CONFLICT(name) DO UPDATE SET name = excluded.name";
    case 3:
      return "UPDATE tags SET colour = " + value() + " WHERE name = " + tag_key();
    case 4:
      return "UPDATE OR REPLACE tags SET name = " + tag_key() + " WHERE name = " + tag_key();
    case 5:
      return "UPDATE tags SET name = upper(name) WHERE name = " + tag_key();
    default:
      return "DELETE FROM tags WHERE name = " + tag_key();
  }
}

std::string RandomEdits::statement() {
  switch (rng_.below(20)) {
    case 0:
      return "DELETE FROM links";
    case 1:
      return "INSERT OR REPLACE INTO notes(id, title) SELECT 'n1' || b, a FROM links";
    default:
      break;
  }
  switch (rng_.below(3)) {
    case 0:
      return note();
    case 1:
      return link();
    default:
      return tag();
  }
}

void RandomEdits::run(AppDb& app, const std::string& sql) {
  // What a constraint refuses is an edit that did not happen.
  const bool worked = app.try_statement(sql);
  told_ += (worked ? "  " : "  (refused) ") + sql + ";\n";
}

void RandomEdits::make(AppDb& app) {
  told_.clear();
  for (auto transactions = 1 + rng_.below(4); transactions-- > 0;) {
    if (rng_.chance(30)) {
      run(app, statement());
      continue;
    }
    run(app, "BEGIN");
    const bool savepoint = rng_.chance(20);
    for (auto statements = 1 + rng_.below(6); statements-- > 0;) run(app, statement());
    if (savepoint) {
      run(app, "SAVEPOINT part");
      run(app, statement());
      run(app, "ROLLBACK TO part");
    }
    run(app, rng_.chance(20) ? "ROLLBACK" : "COMMIT");
  }
}

}  // namespace tidemark::test
