// What a sync folder can do for us, as a seam: the real one is POSIX, tests have one with faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oplog/bytes.h"

namespace tidemark::filelog {

/// A regular file as a listing shows it.
struct FileInfo {
  std::string path;  ///< relative to the root; components joined by '/'
  std::uint64_t bytes{};
  std::uint64_t inode{};
  std::int64_t changed_ns{};  ///< last change by this machine's clock, Unix ns. A hint only
  bool allocated{};           ///< false: has a size but occupies no block, as a client's stand-in
  bool operator==(const FileInfo&) const = default;
};

struct ListLimits {
  int depth_max{};          ///< components of a path
  std::size_t names_max{};  ///< names looked at, whatever they are
  std::string_view first;   ///< directory visited first: what lies beside can't use up the names
};

struct Listing {
  std::vector<FileInfo> files;  ///< in no order
  bool truncated{};             ///< names_max was reached
};

/// An open file. The path may have gone or have been replaced meanwhile.
class StoredFile {
 public:
  virtual ~StoredFile() = default;
  /// Size when it was opened.
  virtual std::uint64_t bytes() const = 0;
  /// Fills `out` from `offset` on; returns how much was there: less only at the end of the file.
  /// Throws Error{io_failed}.
  virtual std::size_t read(std::uint64_t offset, std::span<std::byte> out) = 0;
};

/// One directory and what is under it. Paths are relative and ours: no "..", no leading '/'.
/// Symbolic links and special files are never followed, opened or listed.
/// Failures are Error{folder_missing, folder_not_writable, io_failed, ...}.
/// Thread: one at a time.
class Storage {
 public:
  virtual ~Storage() = default;

  /// Regular files under the root. What can't be read on the way is left out.
  /// Throws Error{folder_missing} if the root itself can't be read.
  virtual Listing list(const ListLimits& limits) = 0;
  /// None if no regular file is there now.
  virtual std::optional<FileInfo> info(std::string_view path) = 0;
  /// None if no regular file is there now. Throws Error{io_failed} if it is, but can't be opened.
  virtual std::unique_ptr<StoredFile> open(std::string_view path) = 0;

  /// Creates a file with all of `bytes`, durably, with the directories it needs; never the root.
  /// False, and nothing is changed, if the name is taken. A throw leaves no complete file behind,
  /// and at worst an incomplete one of this name.
  [[nodiscard]] virtual bool write_new(std::string_view path, ByteView bytes) = 0;
  /// The same in the place of a file of that name, if there is one. For names of ours only.
  virtual void replace(std::string_view path, ByteView bytes) = 0;
  /// Nothing happens if there is no such file. For names of ours only.
  virtual void remove(std::string_view path) = 0;
};

}  // namespace tidemark::filelog
