// A directory for one test.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace tidemark::test {

/// Made under TMPDIR (/tmp without it) and removed with all that is in it.
class TempDir {
 public:
  enum class Place { disk, memory };

  /// `memory`: where syncing costs nothing, if this machine has such a place; for small files.
  explicit TempDir(Place place = Place::disk) {
    const std::filesystem::path shared = "/dev/shm";
    const bool in_memory = place == Place::memory && access(shared.c_str(), W_OK) == 0;
    const auto parent = in_memory ? shared : std::filesystem::temp_directory_path();
    std::string name = (parent / "tidemark-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed: " + name);
    path_ = name;
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir() {
    std::error_code ignored;  // a test that took away its own rights must still end
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }
  /// A name in it, absolute.
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace tidemark::test
