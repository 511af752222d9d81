// A tidemark database of a test's own, and what its tables hold.
#pragma once

#include <memory>
#include <string>

#include "replica/sqlite_replica.h"
#include "tests/support/fake_clock.h"
#include "tests/support/frames.h"
#include "tests/support/seeded_rng.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {

/// Every row of every table in `path`, in words: equal before and after means nothing was written.
inline std::string dump(const std::string& path) {
  replica::Connection connection({.path = path});
  replica::Statement tables = connection.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' "
      "ORDER BY name");
  std::string text;
  while (tables.step()) {
    const std::string name(tables.text(0));
    text += "== " + name + "\n";
    replica::Statement rows =
        connection.prepare("SELECT * FROM " + replica::quoted(name) + " ORDER BY 1, 2");
    while (rows.step()) {
      for (int i = 0; i < rows.columns(); ++i) {
        const proto::Cell cell = rows.cell(i);
        text += std::to_string(static_cast<int>(cell.type)) + ':' + std::to_string(cell.integer) +
                ':' + std::string(as_text(cell.bytes)) + '|';
      }
      text += '\n';
    }
  }
  return text;
}

/// An initialised database in a temporary directory.
class Database {
 public:
  explicit Database(std::uint64_t seed = 1) : rng(seed) {
    SqliteReplicaOptions options = this->options();
    options.database.create = true;
    SqliteReplica::initialise(options, "desk");
  }

  SqliteReplicaOptions options(replica::Projection* projection = nullptr) {
    SqliteReplicaOptions all;
    all.database.path = path();
    all.database.busy_ms = 0;
    all.clock = &clock;
    all.rng = &rng;
    all.projection = projection;
    return all;
  }
  std::unique_ptr<SqliteReplica> open(replica::Projection* projection = nullptr) {
    return SqliteReplica::open(options(projection));
  }
  /// A log of another device in this database's group.
  OriginWriter writer(std::uint8_t number = 1) {
    return OriginWriter(proto::group_id(open()->group_spec()), number);
  }
  std::string path() const { return directory.file("app.db"); }
  std::string content() const { return dump(path()); }

  TempDir directory;
  FakeClock clock;
  SeededRng rng;
};

}  // namespace tidemark::test
