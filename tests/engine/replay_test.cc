#include "engine/replay.h"

#include <gtest/gtest.h>

#include "engine/merge/value_digest.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

using engine::Replay;
using engine::ReplaySource;

class Replayed : public testing::Test {
 protected:
  std::unique_ptr<Replay> replay(const std::vector<std::string>& tables = {"notes"}) {
    device_.seal();
    const auto read = [this](const PeerId& origin, EntryIndex from, const ReadLimits& limits) {
      return device_.replica().read_frames(origin, from, limits);
    };
    SeededRng rng(77);
    return std::make_unique<Replay>(
        ReplaySource{read, device_.replica().connection(), device_.replica().self(),
                     device_.replica().origins(), tables},
        rng);
  }
  static std::string content(Replay& made) {
    return made.sql().text(
        "SELECT group_concat(id || '=' || title) FROM (SELECT * FROM notes ORDER BY id)");
  }

  TempDir directory_{TempDir::Place::memory};
  TestDevice device_{
      directory_.file("app.db"),
      "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, title, g AS (upper(title)));", 1};
};

TEST_F(Replayed, MakesTheTablesAnewFromTheLogAlone) {
  device_.track("notes");
  device_.app().exec("INSERT INTO notes VALUES('1', 'milk'), ('2', 'tea')");
  device_.seal();
  device_.app().exec(
      "UPDATE notes SET title = 'oat' WHERE id = '1'; DELETE FROM notes WHERE id = '2'");
  auto made = replay();
  EXPECT_EQ(content(*made), "1=oat");
  EXPECT_EQ(engine::to_text(made->catalog().find("notes")->digest),
            device_.digests().at("notes").digest);
  EXPECT_EQ(made->catalog().find("notes")->live, 1);
}

TEST_F(Replayed, SeesNothingThatIsOnlyInTheTable) {
  device_.track("notes");
  device_.seal();
  device_.replica().connection().execute("INSERT INTO notes VALUES('9', 'unseen')");
  EXPECT_EQ(content(*replay()), "");
}

TEST_F(Replayed, KeepsOtherTablesAside) {
  device_.track("notes");
  device_.app().exec("INSERT INTO notes VALUES('1', 'milk')");
  auto made = replay({});
  EXPECT_EQ(made->sql().integer("SELECT count(*) FROM tidemark_cell"), 2);
  EXPECT_EQ(made->sql().integer("SELECT count(*) FROM sqlite_schema WHERE name = 'notes'"), 0);
}

TEST_F(Replayed, LeavesTheDeviceAlone) {
  device_.track("notes");
  device_.app().exec("INSERT INTO notes VALUES('1', 'milk')");
  device_.seal();
  const auto cursors = device_.replica().cursors();
  const auto changes = device_.replica().connection().total_changes();
  replay();
  EXPECT_EQ(device_.replica().cursors(), cursors);
  EXPECT_EQ(device_.replica().connection().total_changes(), changes);
}

}  // namespace
}  // namespace tidemark::test
