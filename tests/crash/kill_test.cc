// A process that edits, seals and syncs is killed with SIGKILL at a random moment, again and again,
// and what it leaves is opened: nothing that was committed is lost, nothing is there twice.
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <map>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tests/support/seeded_rng.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE notes(id TEXT PRIMARY KEY, n INTEGER, text TEXT);"
    "CREATE TABLE counts(id TEXT COLLATE NOCASE, part INTEGER, n, PRIMARY KEY(id, part)) "
    "WITHOUT ROWID";
const std::vector<std::string> kTables = {"notes", "counts"};
constexpr int kUsualKills = 40;
constexpr int kLongKills = 200;

/// How many random moments: TIDEMARK_KILLS in the environment, or more in the nightly run.
int kills() {
  if (const char* chosen = std::getenv("TIDEMARK_KILLS")) return std::atoi(chosen);
  return std::getenv("TIDEMARK_LONG") == nullptr ? kUsualKills : kLongKills;
}

/// The app's n-th transaction: rows of its own, a row that is rewritten for ever, a key that moves,
/// and now and then a deletion.
std::string edit(std::int64_t n) {
  const std::string number = std::to_string(n);
  std::string sql = "BEGIN;INSERT INTO notes VALUES('k" + number + "'," + number + ",'" +
                    std::string(static_cast<std::size_t>(n % 97) * 40, 'x') + "');";
  sql += "INSERT OR REPLACE INTO counts VALUES('c" + std::to_string(n % 5) + "',1," + number + ");";
  sql += "UPDATE notes SET n = -n WHERE id = 'k" + std::to_string(n / 2) + "';";
  if (n % 4 == 0) sql += "DELETE FROM notes WHERE id = 'k" + std::to_string(n - 3) + "';";
  if (n % 9 == 0) {
    sql += "UPDATE notes SET id = 'm" + number + "' WHERE id = 'k" + std::to_string(n - 1) + "';";
  }
  return sql + "COMMIT";
}

/// What the tables hold after so many transactions: an app without tidemark.
class Expected {
 public:
  Expected() : app_(":memory:") { app_.exec(kSchema); }
  std::map<std::string, std::vector<std::string>> after(std::int64_t count) {
    while (done_ < count) app_.exec(edit(++done_));
    std::map<std::string, std::vector<std::string>> rows;
    for (const auto& table : kTables) rows[table] = app_.table(table);
    return rows;
  }

 private:
  AppDb app_;
  std::int64_t done_ = 0;
};

/// The life of the process that is killed: says each transaction after its commit.
[[noreturn]] void live(const std::string& path, const DeviceOptions& options,
                       const std::string& folder, std::int64_t done, int report) {
  try {
    AppDb app(path);
    const auto device = Device::open(path, options);
    while (true) {
      app.exec(edit(++done));
      if (::write(report, &done, sizeof done) != sizeof done) break;
      if (done % 2 == 0) device->seal();
      if (done % 3 == 0) device->sync(folder);
    }
  } catch (const std::exception& error) {
    const std::string text = error.what();
    done = -1;
    if (::write(report, &done, sizeof done) == sizeof done) {
      static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()));
    }
  }
  ::_exit(1);
}

class Child {
 public:
  Child(SyncedDevice& device, const std::string& folder, std::int64_t done) : last_(done) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    process_ = ::fork();
    if (process_ < 0) throw std::runtime_error("fork");
    if (process_ == 0) {
      ::close(ends[0]);
      live(device.path(), device.options(), folder, done, ends[1]);
    }
    ::close(ends[1]);
    report_ = ends[0];
  }
  ~Child() { ::close(report_); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Lets it commit so many transactions, and live on for so long.
  void run(std::int64_t transactions, long more_us) {
    for (std::int64_t i = 0; i < transactions && take(); ++i) {
    }
    const timespec moment{0, more_us * 1000};
    ::ppoll(nullptr, 0, &moment, nullptr);
  }
  /// The last transaction that it has said to be committed. Throws if it died of itself.
  std::int64_t kill() {
    ::kill(process_, SIGKILL);
    int status = 0;
    ::waitpid(process_, &status, 0);
    while (take()) {
    }
    if (!WIFSIGNALED(status) || last_ < 0) throw std::runtime_error("the child failed by itself");
    return last_;
  }

 private:
  bool take() { return ::read(report_, &last_, sizeof last_) == sizeof last_; }

  pid_t process_ = -1;
  int report_ = -1;
  std::int64_t last_;
};

class CrashByKill : public testing::Test {
 protected:
  CrashByKill() : desk_(home_.path(), "desk", kSchema), laptop_(home_.path(), "laptop", kSchema) {
    std::filesystem::create_directories(folder_);
    desk_.track_all();
    laptop_.track_all();
    desk_.sync(folder_);
    laptop_.sync(folder_);
  }

  void kill_once(SeededRng& rng) {
    desk_.close();
    Child child(desk_, folder_.string(), done_);
    child.run(static_cast<std::int64_t>(rng.below(7)), static_cast<long>(rng.below(12'000)));
    const std::int64_t said = child.kill();
    desk_.open();
    expect_committed(said);
  }

  /// What was said is there; the transaction that was under way is there whole or not at all.
  void expect_committed(std::int64_t said) {
    const auto rows = desk_.rows(kTables);
    done_ = said;
    if (rows == expected_.after(said)) return;
    ++done_;
    EXPECT_EQ(rows, expected_.after(done_)) << "after transaction " << said;
  }

  void expect_sound() {
    EXPECT_EQ(desk_.problems(), "");
    EXPECT_EQ(desk_.rows(kTables), expected_.after(done_)) << "the seal changed what was written";
  }

  void expect_equal_devices() {
    const SyncReport sent = desk_.sync(folder_);
    EXPECT_EQ(sent.peer.state, "current") << sent.peer.reason;
    const SyncReport got = laptop_.sync(folder_);
    EXPECT_EQ(got.peer.state, "current") << got.peer.reason;
    for (const char* trouble : {"corrupt", "incomplete", "unsettled", "fork", "future"}) {
      EXPECT_EQ(got.files.count(trouble), 0U) << trouble << " files are left";
    }
    const DigestReport ours = desk_.device().digest();
    const DigestReport theirs = laptop_.device().digest();
    EXPECT_EQ(ours.cursors, theirs.cursors);
    EXPECT_EQ(ours.tables, theirs.tables);
    EXPECT_EQ(laptop_.rows(kTables), desk_.rows(kTables));
  }

  /// Each row was inserted once, so the log says so once.
  void expect_nothing_twice() {
    std::map<std::string, int> inserts;
    for (const LogLine& line : laptop_.device().log("notes", 1'000'000)) {
      if (line.operation == "insert") ++inserts[line.key];
    }
    for (const auto& [key, count] : inserts) EXPECT_EQ(count, 1) << key;
  }

  TempDir home_;
  std::filesystem::path folder_ = home_.path() / "folder";
  SyncedDevice desk_;
  SyncedDevice laptop_;
  Expected expected_;
  std::int64_t done_ = 0;
};

TEST_F(CrashByKill, LosesNothingAndDoublesNothing) {
  SeededRng rng(seeds(1).front());
  for (int i = 0; i < kills() && !HasFailure(); ++i) {
    SCOPED_TRACE("kill " + std::to_string(i) + " of TIDEMARK_KILLS=" + std::to_string(kills()));
    kill_once(rng);
    // Not each time: what is left for the next life must be found by it.
    if (rng.chance(60)) expect_sound();
    if (rng.chance(40)) expect_equal_devices();
  }
  expect_sound();
  expect_equal_devices();
  expect_nothing_twice();
  RecordProperty("transactions", std::to_string(done_));
}

}  // namespace
}  // namespace tidemark::test
