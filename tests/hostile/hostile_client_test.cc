// Three devices, each with a copy of the folder of its own, and a sync client between the copies
// that does everything wrong. On the way no table ever shows what nobody wrote or what the log does
// not say; once the client behaves, all tables are equal.
#include "tests/hostile/hostile_client.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "tests/hostile/random_edits.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr std::size_t kDevices = 3;
constexpr int kSteps = 90;
constexpr int kQuietRounds = 12;

using Rows = std::map<std::string, std::vector<std::string>>;

/// One device, its copy of the folder, and what must stay true of it.
struct Member {
  Member(const std::filesystem::path& home, const std::string& device, SeededRng& rng)
      : name(device),
        synced(home, device, kHostileSchema),
        copy(home / ("copy-" + device)),
        edits(rng) {
    std::filesystem::create_directories(copy);
  }
  std::string name;
  SyncedDevice synced;
  std::filesystem::path copy;
  RandomEdits edits;
  PeerCursors cursors;
};

class World {
 public:
  explicit World(std::uint64_t seed) : rng_(seed) {
    for (const char* name : {"desk", "laptop", "phone"}) {
      members_.push_back(std::make_unique<Member>(home_.path(), name, rng_));
    }
    for (auto& member : members_) begin(*member);
    std::vector<std::filesystem::path> copies;
    for (auto& member : members_) copies.push_back(member->copy);
    client_ = std::make_unique<HostileClient>(copies, rng_);
    if (rng_.chance(50)) {
      sync(*members_[0]);
      client_->heal();
    }
  }

  void step() {
    Member& member = *members_[rng_.below(members_.size())];
    const auto choice = rng_.below(10);
    if (choice < 3) {
      edit(member);
    } else if (choice < 6) {
      sync(member);
    } else {
      client_->act();
    }
    if (rng_.chance(3)) reopen(member);
  }

  void heal_and_compare() {
    bool quiet = false;
    for (int round = 0; round < kQuietRounds && !quiet && !failed(); ++round) {
      quiet = !client_->heal();
      for (auto& member : members_) {
        const auto report = sync(*member);
        const bool still =
            report && report->pulled + report->pushed + report->repaired == 0 && !report->peer.code;
        quiet = quiet && still;
      }
    }
    EXPECT_TRUE(quiet) << "something still moves after " << kQuietRounds << " rounds";
    compare_all();
  }

  static bool failed() { return testing::Test::HasFailure(); }
  /// The origins and the clock are not the seed's: what happened has to be told.
  const std::string& history() const { return history_; }

 private:
  /// Some have rows before anything is tracked.
  void begin(Member& member) {
    if (rng_.chance(40)) edit_plainly(member);
    member.synced.track_all();
    note_written(member);
  }

  void edit_plainly(Member& member) {
    member.edits.make(member.synced.app());
    tell(member, "edits\n" + member.edits.told());
    note_written(member);
  }

  /// Commit stability: the seal merges what was written, and leaves it as it was written.
  void edit(Member& member) {
    edit_plainly(member);
    if (rng_.chance(50)) return;
    const Rows before = member.synced.rows(kHostileTables);
    tell(member, "seals\n");
    member.synced.device().seal();
    EXPECT_EQ(before, member.synced.rows(kHostileTables)) << "after\n" << member.edits.told();
    note_reached(member);
  }

  void tell(Member& member, const std::string& what) {
    history_ += client_ ? client_->take_told() : "";
    history_ += member.name + " (" + to_text(member.synced.origin()).substr(0, 4) + ") " + what;
  }

  void reopen(Member& member) {
    member.synced.close();
    member.synced.open();
  }

  std::optional<SyncReport> sync(Member& member) {
    const auto before = snapshot(member.copy);
    std::optional<SyncReport> report;
    tell(member, "syncs\n");
    try {
      report = member.synced.sync(member.copy);
    } catch (const Error& error) {
      // Only what is true: all that was ever there is gone.
      EXPECT_EQ(error.code(), ErrorCode::folder_emptied) << error.what();
      EXPECT_FALSE(has_markers(before)) << error.what();
      EXPECT_EQ(before, snapshot(member.copy)) << "a refused sync wrote";
    }
    expect_foreign_files_untouched(member, before, snapshot(member.copy));
    expect_sound(member);
    return report;
  }

  static bool has_markers(const std::map<std::string, std::string>& files) {
    return std::ranges::any_of(files,
                               [](const auto& file) { return file.first.ends_with(".tmgroup"); });
  }

  void expect_foreign_files_untouched(Member& member,
                                      const std::map<std::string, std::string>& before,
                                      const std::map<std::string, std::string>& after) {
    const std::string own = "l/" + to_text(member.synced.origin()) + "/";
    const std::string marker = to_text(member.synced.device().status().group) + ".tmgroup";
    std::set<std::string> paths;
    for (const auto& [path, bytes] : before) paths.insert(path);
    for (const auto& [path, bytes] : after) paths.insert(path);
    for (const auto& path : paths) {
      if (path.starts_with(own) || path == marker) continue;
      const bool same =
          before.contains(path) && after.contains(path) && before.at(path) == after.at(path);
      EXPECT_TRUE(same) << path << " is not this device's to write or remove";
    }
  }

  void expect_sound(Member& member) {
    const Status status = member.synced.device().status();
    EXPECT_FALSE(status.rolled_back);
    EXPECT_EQ(status.quarantined, 0U);
    expect_only_written(member);
    note_reached(member);
    EXPECT_EQ(member.synced.problems(), "");
  }

  /// Cursors only grow, and equal cursors mean equal tables, whenever they were reached.
  void note_reached(Member& member) {
    const DigestReport digest = member.synced.device().digest();
    EXPECT_TRUE(digest.cursors.covers(member.cursors)) << "a cursor went back";
    member.cursors = digest.cursors;
    std::vector<std::pair<PeerId, EntryIndex>> key(digest.cursors.begin(), digest.cursors.end());
    const Rows rows = member.synced.rows(kHostileTables);
    const auto [known, fresh] = reached_.try_emplace(key, rows, digest.tables);
    if (fresh) return;
    EXPECT_EQ(known->second.first, rows) << "equal cursors, other rows";
    EXPECT_EQ(known->second.second, digest.tables) << "equal cursors, other digests";
  }

  template <typename Visit>
  void each_cell(Member& member, const Visit& visit) {
    static const std::map<std::string, std::vector<std::string>> kCells = {
        {"notes", {"id", "title", "n", "r", "body"}},
        {"links", {"a || '/' || b", "weight", "note"}},
        {"tags", {"lower(name)", "name", "colour", "data"}}};
    for (const auto& [table, columns] : kCells) {
      for (std::size_t i = 1; i < columns.size(); ++i) {
        for (const auto& cell : member.synced.app().rows("SELECT " + columns[0] + ", " +
                                                         columns[i] + " FROM " + table)) {
          visit(table + "." + columns[i] + "|" + cell);
        }
      }
    }
  }
  void note_written(Member& member) {
    each_cell(member, [this](const std::string& cell) { written_.insert(cell); });
  }
  void expect_only_written(Member& member) {
    each_cell(member, [this](const std::string& cell) {
      EXPECT_TRUE(written_.contains(cell)) << "nobody ever committed " << cell;
    });
  }

  void compare_all() {
    const DigestReport first = members_[0]->synced.device().digest();
    for (auto& member : members_) {
      const DigestReport digest = member->synced.device().digest();
      EXPECT_EQ(digest.group, first.group);
      EXPECT_EQ(digest.cursors, first.cursors);
      EXPECT_EQ(digest.tables, first.tables);
      EXPECT_EQ(member->synced.rows(kHostileTables), members_[0]->synced.rows(kHostileTables));
      const Status status = member->synced.device().status();
      EXPECT_EQ(status.origins.size(), kDevices);
      EXPECT_EQ(status.quarantined + status.parked + status.unsealed, 0U);
    }
  }

  TempDir home_;
  SeededRng rng_;
  std::vector<std::unique_ptr<Member>> members_;
  std::unique_ptr<HostileClient> client_;
  std::string history_;
  std::set<std::string> written_;
  std::map<std::vector<std::pair<PeerId, EntryIndex>>,
           std::pair<Rows, std::map<std::string, TableDigest>>>
      reached_;
};

TEST(HostileClient, NeverMakesATableWrongAndNeverKeepsDevicesApart) {
  for (const std::uint64_t seed : seeds(20)) {
    SCOPED_TRACE("TIDEMARK_SEED=" + std::to_string(seed));
    World world(seed);
    for (int i = 0; i < kSteps && !World::failed(); ++i) world.step();
    if (!World::failed()) world.heal_and_compare();
    if (World::failed()) {
      ADD_FAILURE() << world.history();
      return;
    }
  }
}

}  // namespace
}  // namespace tidemark::test
