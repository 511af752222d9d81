// A file-sync client at its worst, between copies of one folder.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/seeded_rng.h"

namespace tidemark::test {

/// What it does is what real clients were seen to do: files come late, in any order, cut short,
/// as room that is not filled yet, twice under conflict names, in renamed directories; and they
/// vanish, at their owner's too. Thread: one at a time.
class HostileClient {
 public:
  HostileClient(std::vector<std::filesystem::path> copies, SeededRng& rng)
      : copies_(std::move(copies)), rng_(rng) {}

  /// Does one thing, if there is anything to do it with.
  void act();
  /// Everything that anybody still has is brought to everybody; of one name, what a device has
  /// written since the last time, else the longest. False if nothing was left to bring.
  bool heal();

  /// What it did since the last call, in words.
  std::string take_told() { return std::exchange(told_, {}); }

 private:
  using Path = std::filesystem::path;
  void carry(const Path& from, const Path& to);
  void spoil(const Path& copy);
  void remove(const Path& copy);
  Path random_file(const Path& copy);
  std::string conflict_name(const std::string& path);
  bool held_elsewhere(const Path& copy, const std::string& path);

  std::vector<Path> copies_;
  SeededRng& rng_;
  std::map<std::string, std::string> healed_;  ///< what each file was after the last heal()
  std::string told_;
};

}  // namespace tidemark::test
