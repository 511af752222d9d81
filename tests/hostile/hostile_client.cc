#include "tests/hostile/hostile_client.h"

#include <algorithm>

#include "tests/support/synced_device.h"

namespace tidemark::test {
namespace {

/// Whether zeros stand where content should be: a file has a magic.
bool is_filled(const std::string& bytes) {
  return std::ranges::any_of(bytes, [](char c) { return c != 0; });
}

bool is_marker(const std::string& path) {
  return path.ends_with(".tmgroup");
}

}  // namespace

HostileClient::Path HostileClient::random_file(const Path& copy) {
  const auto files = snapshot(copy);
  if (files.empty()) return {};
  return std::next(files.begin(), static_cast<std::ptrdiff_t>(rng_.below(files.size())))->first;
}

std::string HostileClient::conflict_name(const std::string& path) {
  const Path file(path);
  const std::string stem = file.stem().string();
  const std::string suffix = file.extension().string();
  // A client renames directories too, but not the folder itself.
  switch (rng_.below(file.has_parent_path() ? 4 : 3)) {
    case 0:
      return (file.parent_path() / (stem + ".sync-conflict-20261121-101112-ABCDEFG" + suffix))
          .string();
    case 1:
      return (file.parent_path() / (stem + " (1)" + suffix)).string();
    case 2:
      return (file.parent_path() / (stem + suffix + ".part")).string();
    default:
      return (Path(file.parent_path().string() + " 2") / file.filename()).string();
  }
}

void HostileClient::carry(const Path& from, const Path& to) {
  const std::string path = random_file(from).string();
  if (path.empty()) return;
  std::string bytes = read_bytes(from / path);
  std::string name = path;
  std::string how = "whole";
  if (rng_.chance(25)) {
    bytes.resize(rng_.below(bytes.size() + 1));
    how = "cut to " + std::to_string(bytes.size());
  } else if (rng_.chance(10)) {
    const auto filled = rng_.below(bytes.size() + 1);
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(filled), bytes.end(), '\0');
    how = "filled to " + std::to_string(filled);
  }
  if (rng_.chance(20)) name = conflict_name(path);
  told_ += "  carry " + path + " as " + name + ", " + how + "\n";
  write_bytes(to / name, bytes);
}

void HostileClient::spoil(const Path& copy) {
  const std::string path = random_file(copy).string();
  if (path.empty()) return;
  std::string bytes = read_bytes(copy / path);
  if (bytes.empty() || (is_marker(path) && !held_elsewhere(copy, path))) return;
  if (rng_.chance(50)) {
    bytes.resize(rng_.below(bytes.size()));
  } else if (rng_.chance(50)) {
    bytes.assign(bytes.size(), '\0');
  } else {
    bytes[rng_.below(bytes.size())] ^= static_cast<char>(1 << rng_.below(7));
  }
  told_ += "  spoil " + path + " in " + copy.filename().string() + "\n";
  write_bytes(copy / path, bytes);
}

bool HostileClient::held_elsewhere(const Path& copy, const std::string& path) {
  const std::string bytes = read_bytes(copy / path);
  return std::ranges::any_of(copies_, [&](const Path& other) {
    return other != copy && read_bytes(other / path) == bytes;
  });
}

void HostileClient::remove(const Path& copy) {
  const std::string path = random_file(copy).string();
  // What all copies have lost, marker and all, no client brings back: that is another test's story.
  if (path.empty() || (is_marker(path) && !held_elsewhere(copy, path))) return;
  told_ += "  remove " + path + " in " + copy.filename().string() + "\n";
  std::filesystem::remove(copy / path);
}

void HostileClient::act() {
  const auto from = rng_.below(copies_.size());
  const auto to = (from + 1 + rng_.below(copies_.size() - 1)) % copies_.size();
  const auto choice = rng_.below(20);
  if (choice < 14) {
    carry(copies_[from], copies_[to]);
  } else if (choice < 17) {
    spoil(copies_[from]);
  } else {
    remove(copies_[from]);
  }
}

bool HostileClient::heal() {
  std::map<std::string, std::string> best;
  for (const auto& copy : copies_) {
    for (auto& [path, bytes] : snapshot(copy)) {
      auto& chosen = best.try_emplace(path, healed_[path]).first->second;
      const bool written_since = bytes != healed_[path];
      const bool better = chosen == healed_[path] || bytes.size() > chosen.size();
      if (written_since && better && is_filled(bytes)) chosen = std::move(bytes);
    }
  }
  bool wrote = false;
  for (const auto& [path, bytes] : best) {
    for (const auto& copy : copies_) {
      if (read_bytes(copy / path) == bytes) continue;
      write_bytes(copy / path, bytes);
      wrote = true;
    }
  }
  healed_ = std::move(best);
  return wrote;
}

}  // namespace tidemark::test
