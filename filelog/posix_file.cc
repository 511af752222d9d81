#include "filelog/posix_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace tidemark::filelog {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

Descriptor open_root(const std::string& root) {
  return Descriptor(::open(root.c_str(), kDirectoryFlags));
}

Descriptor open_child(int parent, const std::string& name) {
  return Descriptor(::openat(parent, name.c_str(), kDirectoryFlags | O_NOFOLLOW));
}

// Calls `step(parent, name)`, which gives the child, for each component.
template <typename Step>
Descriptor walk(Descriptor from, std::string_view path, Step step) {
  while (from && !path.empty()) {
    const auto slash = path.find('/');
    const std::string name(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view{} : path.substr(slash + 1);
    from = step(from.get(), name);
  }
  return from;
}

const char* hint_for(int number) {
  switch (number) {
    case ENOSPC:
    case EDQUOT:
      return "free some disk space, then sync again";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions of the sync folder";
    case EIO:
      return "check the disk and its file system";
    default:
      return "";
  }
}

ErrorCode code_for(int number) {
  return number == EACCES || number == EPERM || number == EROFS ? ErrorCode::folder_not_writable
                                                                : ErrorCode::io_failed;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    if (number_ >= 0) ::close(number_);
    number_ = other.release();
  }
  return *this;
}

Descriptor::~Descriptor() {
  if (number_ >= 0) ::close(number_);
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

Error posix_error(int number, std::string_view doing, const std::string& path) {
  std::string message(doing);
  message.append(" ").append(path).append(": ").append(std::strerror(number));
  return Error(code_for(number), message, hint_for(number));
}

Descriptor open_directory(const std::string& root, std::string_view path) {
  return walk(open_root(root), path, open_child);
}

Descriptor make_directory(const std::string& root, std::string_view path) {
  Descriptor top = open_root(root);
  if (!top) {
    throw Error(ErrorCode::folder_missing, "no folder at " + root + ": " + std::strerror(errno),
                "see whether it is mounted and readable");
  }
  return walk(std::move(top), path, [&](int parent, const std::string& name) {
    const bool made = ::mkdirat(parent, name.c_str(), 0777) == 0;
    if (!made && errno != EEXIST) throw posix_error(errno, "creating directory", name);
    if (made) sync_directory(parent, root);
    Descriptor child = open_child(parent, name);
    if (!child) throw posix_error(errno, "opening directory", name);
    return child;
  });
}

Descriptor open_regular(int directory, const std::string& name, struct stat& facts) {
  // O_NONBLOCK: a FIFO in this place must not make us wait for its writer.
  Descriptor file(
      ::openat(directory, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) {
    if (errno == ELOOP || errno == ENXIO) errno = ENOENT;
    return file;
  }
  if (::fstat(file.get(), &facts) != 0) return Descriptor();
  if (S_ISREG(facts.st_mode)) return file;
  file = Descriptor();
  errno = ENOENT;
  return file;
}

void write_all(int file, ByteView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw posix_error(errno, "writing", path);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  // After a failed fsync the pages may be gone although they count as clean: the file is given up,
  // never synced again.
  if (::fsync(file) != 0) throw posix_error(errno, "syncing", path);
}

void sync_directory(int directory, const std::string& path) {
  // Some file systems can't sync a directory, and say so; they need no help to keep its names.
  if (::fsync(directory) != 0 && errno != EINVAL && errno != ENOTSUP) {
    throw posix_error(errno, "syncing the directory of", path);
  }
}

FileInfo to_info(std::string path, const struct stat& facts) {
  FileInfo info;
  info.path = std::move(path);
  info.bytes = static_cast<std::uint64_t>(facts.st_size);
  info.inode = facts.st_ino;
  // The change time, not the modification time: sync clients set the latter to what the file had
  // on the machine it came from.
  info.changed_ns = std::int64_t{facts.st_ctim.tv_sec} * 1'000'000'000 + facts.st_ctim.tv_nsec;
  info.allocated = facts.st_blocks > 0;
  return info;
}

SplitPath split(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return {{}, std::string(path)};
  return {std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
}

}  // namespace tidemark::filelog
