// A directory of a POSIX file system as a Storage.
#pragma once

#include <memory>
#include <string>

#include "filelog/storage.h"

namespace tidemark::filelog {

/// Every path is walked component by component from the root, opened anew each time, so that a
/// folder which is unmounted or replaced is noticed; the root itself may be a symbolic link.
/// New files are staged in a directory outside of the folder and renamed into place, so that no
/// sync client meets a half-written one; where that can't be done (another volume), they are
/// written in place. Nothing is mapped into memory. Thread: one at a time.
class PosixStorage final : public Storage {
 public:
  /// `staging` is created if it is missing; it should lie on the volume of `root`, never inside.
  /// What crashed processes left there of this class is removed.
  /// Throws Error{state_dir} if there can be no such directory. The root may be missing for now.
  PosixStorage(std::string root, std::string staging);

  Listing list(const ListLimits& limits) override;
  std::optional<FileInfo> info(std::string_view path) override;
  std::unique_ptr<StoredFile> open(std::string_view path) override;
  [[nodiscard]] bool write_new(std::string_view path, ByteView bytes) override;
  void replace(std::string_view path, ByteView bytes) override;
  void remove(std::string_view path) override;

 private:
  std::string root_;
  std::string staging_;
};

}  // namespace tidemark::filelog
