// Strategy: three devices, three tables, a random program of edits by plain SQL, seals, partial
// pulls, deliveries of what is known already, clocks set wrongly, columns added, and reopening;
// then everybody pulls from everybody until all logs are equal. Invariants: equal tables, equal
// digests, equal to the reference fold, verify finds nothing; and at every seal commit stability:
// the tables stay exactly as their user left them.

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/reference_fold.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_device.h"

namespace tidemark::test {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE pairs(a, b TEXT, v, w REAL, PRIMARY KEY(b, a)) WITHOUT ROWID;"
    "CREATE TABLE names(name TEXT COLLATE NOCASE PRIMARY KEY NOT NULL, v, w);"
    "CREATE TABLE notes(id TEXT PRIMARY KEY NOT NULL, v, w TEXT NOT NULL DEFAULT 'none');";
constexpr std::array kTables = {"pairs", "names", "notes"};
constexpr std::array kValues = {"NULL",
                                "1",
                                "1.0",
                                "2.5",
                                "'x'",
                                "''",
                                "x'00ff'",
                                "x''",
                                "CAST(x'610062' AS TEXT)",
                                "-9007199254740993",
                                "'1'",
                                "zeroblob(3000)"};
constexpr std::array kKeys = {"'ann'", "'Ann'", "'bob'", "'BOB'", "'cy'", "''"};
constexpr std::array kAdded = {"added_plain", "added_three DEFAULT 3",
                               "added_text TEXT DEFAULT 'd'"};
constexpr std::array<std::int64_t, 5> kSkews = {0, 2 * 3'600'000, -2 * 3'600'000, 60'000,
                                                365LL * 86'400'000};

enum class Act : std::uint8_t {
  insert,
  ignore,
  replace,
  upsert,
  update,
  update_two,
  rekey,
  rekey_replace,
  remove,
  remove_all,
  transaction,
  seal,
  pull,
  pull_some,
  redeliver,
  skew,
  add_column,
  reopen,
  end,
};

/// One thing that happens on one device. Numbers choose among what there is, modulo its size.
struct Step {
  unsigned device{};
  Act act{};
  unsigned x{};
  unsigned y{};
  unsigned z{};
};

void showValue(const Step& s, std::ostream& out) {
  out << "{" << s.device << ", Act(" << static_cast<int>(s.act) << "), " << s.x << ", " << s.y
      << ", " << s.z << "}";
}

template <typename List>
std::string pick(const List& list, unsigned number) {
  return list[number % list.size()];
}

struct Names {
  std::string table;
  std::string where;    ///< names the row of `x`
  std::string key;      ///< key columns
  std::string key_now;  ///< values of the row of `x`
  std::string rekey;    ///< SET clause that moves a row to the key of `y`
};

Names names_of(const Step& s) {
  const std::string key = pick(kKeys, s.x);
  const std::string other = pick(kKeys, s.y);
  switch (s.z % 3) {
    case 0: {
      const std::string number = s.x % 2 == 0 ? "1" : (s.y % 2 == 0 ? "1.0" : "2");
      return {"pairs", "b = " + key + " AND a = " + number, "b, a", key + ", " + number,
              "b = " + other + ", a = 2"};
    }
    case 1:
      return {"names", "name = " + key, "name", key, "name = " + other};
    default:
      return {"notes", "id = " + key, "id", key, "id = " + other};
  }
}

/// The edit's SQL; statements that a constraint refuses are part of the game.
std::string edit(const Step& s) {
  const Names n = names_of(s);
  const std::string v = pick(kValues, s.y);
  const std::string w =
      n.table == "notes" ? "'w" + std::to_string(s.x % 3) + "'" : pick(kValues, s.x + s.y);
  const std::string values =
      "(" + n.key + ", v, w) VALUES(" + n.key_now + ", " + v + ", " + w + ")";
  switch (s.act) {
    case Act::insert:
      return "INSERT INTO " + n.table + values;
    case Act::ignore:
      return "INSERT OR IGNORE INTO " + n.table + values;
    case Act::replace:
      return "INSERT OR REPLACE INTO " + n.table + values;
    case Act::upsert:
      return "INSERT INTO " + n.table + values + " ON CONFLICT DO UPDATE SET v = excluded.v";
    case Act::update:
      return "UPDATE " + n.table + " SET v = " + v + " WHERE " + n.where;
    case Act::update_two:
      return "UPDATE " + n.table + " SET v = " + v + ", w = " + w + " WHERE " + n.where;
    case Act::rekey:
      return "UPDATE OR IGNORE " + n.table + " SET " + n.rekey + " WHERE " + n.where;
    case Act::rekey_replace:
      return "UPDATE OR REPLACE " + n.table + " SET " + n.rekey + " WHERE " + n.where;
    case Act::remove:
      return "DELETE FROM " + n.table + " WHERE " + n.where;
    default:
      return "DELETE FROM " + n.table;
  }
}

/// Several edits that end in COMMIT, ROLLBACK or ROLLBACK TO.
std::string transaction(const Step& s) {
  const auto part = [&](unsigned i) {
    return edit({s.device, static_cast<Act>((s.x + 3 * i) % static_cast<unsigned>(Act::remove_all)),
                 s.y + i, s.x + i, s.z + i}) +
           ";";
  };
  switch (s.y % 3) {
    case 0:
      return "BEGIN;" + part(0) + part(1) + "ROLLBACK;";
    case 1:
      return "BEGIN;" + part(0) + "SAVEPOINT s;" + part(1) + "ROLLBACK TO s;" + part(2) + "COMMIT;";
    default:
      return "BEGIN;" + part(0) + part(1) + part(2) + "COMMIT;";
  }
}

/// Three databases made once: making one costs more than most programs.
class Templates {
 public:
  Templates() {
    for (std::size_t i = 0; i < 3; ++i) {
      TestDevice made(path(i), kSchema, i + 1);
      for (const auto* table : kTables) made.track(table);
      made.seal();
    }
  }
  std::string path(std::size_t device) const {
    return directory_.file("template" + std::to_string(device) + ".db");
  }

 private:
  TempDir directory_{TempDir::Place::memory};
};

class World {
 public:
  World() {
    static const Templates templates;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const std::string path = directory_.file("device" + std::to_string(i) + ".db");
      std::filesystem::copy_file(templates.path(i), path);
      devices_[i] = std::make_unique<TestDevice>(path, i + 1);
    }
  }

  void run(const Step& s) {
    TestDevice& device = *devices_[s.device % 3];
    TestDevice& other = *devices_[(s.device + 1 + s.x % 2) % 3];
    now_ms_ += 1000;
    set_clock(s.device % 3);
    switch (s.act) {
      case Act::seal:
        return seal(s.device % 3);
      case Act::pull:
        seal(s.device % 3);
        return device.pull_some(other, 1'000'000);
      case Act::pull_some:
        return device.pull_some(other, 1 + s.y % 4);
      case Act::redeliver:
        return redeliver(device, other);
      case Act::skew:
        skews_[s.device % 3] = kSkews[s.x % kSkews.size()];
        return;
      case Act::add_column:
        add_column(s.device % 3, pick(kTables, s.x), pick(kAdded, s.y));
        device.app().try_exec("UPDATE " + pick(kTables, s.x) +
                              " SET added_three = " + pick(kValues, s.z));
        return;
      case Act::reopen:
        return device.reopen();
      case Act::transaction:
        return write(s.device % 3, transaction(s));
      default:
        return write(s.device % 3, edit(s));
    }
  }

  /// Everybody ends with the same columns and the same logs.
  void settle() {
    for (std::size_t i = 0; i < 3; ++i) {
      for (const std::string table : kTables) {
        for (const std::string column : kAdded) {
          add_column(i, table, column);
        }
      }
      seal(i);
    }
    for (int round = 0; round < 3; ++round) {
      for (auto& to : devices_) {
        for (auto& from : devices_) {
          if (to != from) to->pull(*from);
        }
      }
    }
  }

  void check() {
    const ReferenceState ideal = reference_fold(histories(devices_[0]->replica()));
    for (auto& device : devices_) {
      RC_ASSERT(device->replica().cursors() == devices_[0]->replica().cursors());
      RC_ASSERT(device->digests() == devices_[0]->digests());
      for (const std::string table : kTables) {
        RC_ASSERT(rows(*device, table) == rows(*devices_[0], table));
      }
      RC_ASSERT(differences(ideal, device->replica().connection()) == std::vector<std::string>());
      RC_ASSERT(device->problems() == std::vector<std::string>());
    }
    for (const auto& [table, rows] : ideal) {
      const auto [digest, live] = reference_digest(table, rows);
      const TestDevice::Table have = devices_[0]->digests().at(table);
      RC_ASSERT(have.digest == engine::to_text(digest));
      RC_ASSERT(have.live == live);
    }
  }

 private:
  void set_clock(std::size_t i) { devices_[i]->clock().set_unix_ms(now_ms_ + skews_[i]); }

  /// The triggers read the machine's clock: what they logged is moved to the device's own.
  void write(std::size_t i, const std::string& sql) {
    AppDb& app = devices_[i]->app();
    const std::string last = app.text("SELECT ifnull(max(seq), 0) FROM tidemark_pending");
    app.try_exec(sql);
    app.exec("UPDATE tidemark_pending SET at = 2440587.5 + " + std::to_string(now_ms_ + skews_[i]) +
             " / 86400000.0 WHERE seq > " + last);
  }

  void add_column(std::size_t i, const std::string& table, const std::string& column) {
    if (devices_[i]->app().try_exec("ALTER TABLE " + table + " ADD COLUMN " + column)) {
      fresh_[i].insert("'" + column.substr(0, column.find(' ')) + "'");
    }
  }

  /// Commit stability: what a user left is what he finds after his own seal. Only columns that are
  /// new to the device may show what others wrote into them before.
  void seal(std::size_t i) {
    const std::set<std::string> fresh = std::exchange(fresh_[i], {});
    std::vector<std::vector<std::string>> before;
    for (const auto* table : kTables) before.push_back(rows(*devices_[i], table, fresh));
    devices_[i]->seal();
    for (std::size_t t = 0; t < kTables.size(); ++t) {
      RC_ASSERT(rows(*devices_[i], kTables[t], fresh) == before[t]);
    }
  }

  static void redeliver(TestDevice& to, TestDevice& from) {
    std::vector<Frame> frames;
    for (const auto& [origin, next] : from.replica().cursors()) {
      const auto some = from.replica().read_frames(origin, EntryIndex{0}, {});
      frames.insert(frames.end(), some.rbegin(), some.rend());
    }
    to.replica().apply(frames);
  }

  static std::vector<std::string> rows(TestDevice& device, const std::string& table,
                                       const std::set<std::string>& without = {}) {
    std::string names;
    for (const auto& name :
         device.app().rows("SELECT name FROM pragma_table_info('" + table + "') ORDER BY name")) {
      if (without.contains(name)) continue;
      names += (names.empty() ? "" : ", ") + name.substr(1, name.size() - 2);
    }
    auto all = device.app().rows("SELECT " + names + " FROM " + table);
    std::ranges::sort(all);
    return all;
  }

  TempDir directory_{TempDir::Place::memory};
  std::array<std::unique_ptr<TestDevice>, 3> devices_;
  std::array<std::int64_t, 3> skews_{};
  std::array<std::set<std::string>, 3> fresh_;  ///< columns added since the last seal, quoted
  std::int64_t now_ms_ = 1'700'000'000'000;
};

rc::Gen<Step> any_step() {
  // Edits several times: most of what happens is editing.
  const auto act = rc::gen::weightedOneOf<Act>(
      {{6, rc::gen::cast<Act>(rc::gen::inRange(0, static_cast<int>(Act::remove_all)))},
       {1, rc::gen::just(Act::remove_all)},
       {2, rc::gen::just(Act::transaction)},
       {5, rc::gen::cast<Act>(
               rc::gen::inRange(static_cast<int>(Act::seal), static_cast<int>(Act::end)))}});
  return rc::gen::build<Step>(rc::gen::set(&Step::device, rc::gen::inRange(0U, 3U)),
                              rc::gen::set(&Step::act, act),
                              rc::gen::set(&Step::x, rc::gen::inRange(0U, 12U)),
                              rc::gen::set(&Step::y, rc::gen::inRange(0U, 12U)),
                              rc::gen::set(&Step::z, rc::gen::inRange(0U, 12U)));
}

// Invariant seal-before-apply, table-plus-shadow-is-ideal, equal-cursors-equal-digests.
RC_GTEST_PROP(Convergence, AnyInterleavingEndsInTheReferenceFold, ()) {
  const auto program = *rc::gen::resize(120, rc::gen::container<std::vector<Step>>(any_step()));
  World world;
  for (const Step& step : program) world.run(step);
  world.settle();
  world.check();
}

}  // namespace
}  // namespace tidemark::test
