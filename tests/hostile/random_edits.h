// Edits as an app makes them, by plain SQLite: every statement that tidemark must understand.
#pragma once

#include <string>
#include <vector>

#include "tests/support/app_db.h"
#include "tests/support/seeded_rng.h"

namespace tidemark::test {

/// Text key; composite key without rowid; key that ignores case.
inline constexpr const char* kHostileSchema = R"(
CREATE TABLE notes(id TEXT PRIMARY KEY, title TEXT, n, r REAL, body BLOB);
CREATE TABLE links(a TEXT, b INTEGER, weight REAL, note, PRIMARY KEY(a, b)) WITHOUT ROWID;
CREATE TABLE tags(name TEXT COLLATE NOCASE PRIMARY KEY, colour, data BLOB);
)";

inline const std::vector<std::string> kHostileTables = {"notes", "links", "tags"};

/// Few keys, so that devices meet. Borrows the rng. Thread: one at a time.
class RandomEdits {
 public:
  explicit RandomEdits(SeededRng& rng) : rng_(rng) {}

  /// Some transactions of some statements each; one in five is rolled back.
  void make(AppDb& app);
  /// The statements of the last make().
  const std::string& told() const { return told_; }

 private:
  std::string statement();
  std::string note();
  std::string link();
  std::string tag();
  std::string note_key();
  std::string link_key();
  std::string tag_key();
  std::string value();
  void run(AppDb& app, const std::string& sql);

  SeededRng& rng_;
  std::string told_;
};

}  // namespace tidemark::test
