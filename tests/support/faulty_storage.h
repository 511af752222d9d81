// A sync folder in memory: the test plays the sync client, and decides what fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "filelog/storage.h"
#include "oplog/clock.h"
#include "oplog/error_codes.h"

namespace tidemark::test {

/// Thrown where a process would have died. No Error: nothing in the library catches it.
struct Crash {};

/// What can fail: the operations of Storage, and reading from an open file.
enum class StorageCall : std::uint8_t { list, info, open, read, write_new, replace, remove };

/// Files get a new inode with each content, and the clock's time. Writing is in place, as on a
/// network share: who dies while writing leaves a part. Thread: one at a time.
class FaultyStorage final : public filelog::Storage {
 public:
  static constexpr unsigned kForever = std::numeric_limits<unsigned>::max();

  /// Borrows the clock.
  explicit FaultyStorage(Clock& clock) : clock_(clock) {}

  filelog::Listing list(const filelog::ListLimits& limits) override;
  std::optional<filelog::FileInfo> info(std::string_view path) override;
  std::unique_ptr<filelog::StoredFile> open(std::string_view path) override;
  bool write_new(std::string_view path, ByteView bytes) override;
  void replace(std::string_view path, ByteView bytes) override;
  void remove(std::string_view path) override;

  /// The sync client's hand. put() replaces; the others require that the file is there.
  void put(const std::string& path, Bytes bytes);
  void cut(const std::string& path, std::size_t bytes);
  void flip(const std::string& path, std::size_t at);
  void rename(const std::string& from, const std::string& to);
  void erase(const std::string& path);
  void clear() { files_.clear(); }
  /// The file keeps its size but occupies no block and reads as zeros.
  void evict(const std::string& path);
  /// Changes a byte without any of the facts telling.
  void rot(const std::string& path, std::size_t at);
  const Bytes& bytes(const std::string& path) const { return files_.at(path).bytes; }
  bool has(const std::string& path) const { return files_.contains(path); }
  std::vector<std::string> paths() const;
  /// Paths that end like this.
  std::vector<std::string> paths_like(std::string_view suffix) const;

  /// From the `skip`-th next call on, `times` calls fail with io_failed.
  void fail(StorageCall call, unsigned times = 1, unsigned skip = 0);
  /// The next write leaves only so many bytes, and the process is gone (Crash).
  void crash_after(std::size_t bytes_written) { crash_after_ = bytes_written; }
  /// A file read while the client truncates it: the next reads see its first `bytes` only.
  void truncate_open_files(std::optional<std::size_t> bytes) { open_end_ = bytes; }
  void heal();
  /// How often files were opened since the last call.
  std::size_t take_opens();

 private:
  friend class OpenFaultyFile;
  struct File {
    Bytes bytes;
    std::uint64_t inode{};
    std::int64_t changed_ns{};
    bool allocated = true;
  };
  struct Fault {
    unsigned skip{};
    unsigned times{};
  };

  void count(StorageCall call, std::string_view path);
  void store(std::string_view path, ByteView bytes);
  filelog::FileInfo facts(const std::string& path, const File& file) const;
  std::int64_t now_ns() { return clock_.unix_ms() * 1'000'000; }

  Clock& clock_;
  std::map<std::string, File> files_;
  std::map<StorageCall, Fault> faults_;
  std::optional<std::size_t> crash_after_;
  std::optional<std::size_t> open_end_;
  std::uint64_t inodes_ = 0;
  std::size_t opens_ = 0;
};

}  // namespace tidemark::test
