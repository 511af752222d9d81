// System calls of POSIX as values: descriptors that close themselves, failures as Error.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "filelog/storage.h"
#include "oplog/error.h"

namespace tidemark::filelog {

/// An open descriptor, or none. Movable; closes.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }
  int release();

 private:
  int number_ = -1;
};

/// The failure `number` (errno) while `doing` something with `path`.
Error posix_error(int number, std::string_view doing, const std::string& path);

/// Opens the directory `path`, walked from `root` without following links in it; the root itself
/// may be one. Empty `path` = the root. None, and errno, if that is not possible.
Descriptor open_directory(const std::string& root, std::string_view path);
/// The same, making what is missing below the root. Throws Error.
Descriptor make_directory(const std::string& root, std::string_view path);

/// Opens a regular file in `directory` for reading. None, and errno = ENOENT, if what is there is
/// something else.
Descriptor open_regular(int directory, const std::string& name, struct stat& facts);

/// Writes all of `bytes` and makes them durable. Throws Error.
void write_all(int file, ByteView bytes, const std::string& path);
/// Makes the names in a directory durable. Throws Error.
void sync_directory(int directory, const std::string& path);

/// What a listing says of a regular file.
FileInfo to_info(std::string path, const struct stat& facts);

/// The directory and the name of a path relative to the root.
struct SplitPath {
  std::string directory;
  std::string name;
};
SplitPath split(std::string_view path);

}  // namespace tidemark::filelog
