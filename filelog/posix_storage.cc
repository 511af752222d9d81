#include "filelog/posix_storage.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <deque>
#include <utility>

#include <boost/filesystem.hpp>

#include "filelog/posix_file.h"
#include "oplog/check.h"
#include "oplog/error.h"

namespace tidemark::filelog {
namespace {

constexpr std::string_view kStagedSuffix = ".part";

class PosixFile final : public StoredFile {
 public:
  PosixFile(Descriptor file, std::uint64_t bytes, std::string path)
      : file_(std::move(file)), bytes_(bytes), path_(std::move(path)) {}

  std::uint64_t bytes() const override { return bytes_; }

  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::pread(file_.get(), out.data() + done, out.size() - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) throw posix_error(errno, "reading", path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  Descriptor file_;
  std::uint64_t bytes_;
  std::string path_;
};

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Collects the regular files under a root, breadth first.
class Lister {
 public:
  Lister(const std::string& root, const ListLimits& limits) : root_(root), limits_(limits) {}

  Listing run() {
    if (!open_directory(root_, {})) {
      throw Error(ErrorCode::folder_missing, "no folder at " + root_ + ": " + std::strerror(errno),
                  "see whether it is mounted and readable");
    }
    if (!limits_.first.empty()) visit_all({std::string(limits_.first), 1});
    visit_all({std::string(), 0});
    return std::move(listing_);
  }

 private:
  struct Place {
    std::string path;
    int depth{};
  };

  void visit_all(Place start) {
    std::deque<Place> waiting;
    waiting.push_back(std::move(start));
    while (!waiting.empty() && !listing_.truncated) {
      visit(waiting.front(), waiting);
      waiting.pop_front();
    }
  }

  void visit(const Place& place, std::deque<Place>& waiting) {
    Descriptor directory = open_directory(root_, place.path);
    if (!directory) return;
    const std::unique_ptr<DIR, CloseDirectory> names(::fdopendir(directory.get()));
    if (!names) return;
    const int number = directory.release();  // the stream's now
    while (const dirent* entry = ::readdir(names.get())) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") continue;
      if (names_ == limits_.names_max) {
        listing_.truncated = true;
        return;
      }
      ++names_;
      add(number, place, name, waiting);
    }
  }

  void add(int directory, const Place& place, const std::string& name, std::deque<Place>& waiting) {
    struct stat facts {};
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) return;
    std::string path = place.path.empty() ? name : place.path + "/" + name;
    if (S_ISREG(facts.st_mode)) {
      listing_.files.push_back(to_info(std::move(path), facts));
    } else if (S_ISDIR(facts.st_mode) && place.depth + 1 < limits_.depth_max) {
      const bool visited = place.depth == 0 && path == limits_.first;
      if (!visited) waiting.push_back({std::move(path), place.depth + 1});
    }
  }

  const std::string& root_;
  const ListLimits& limits_;
  Listing listing_;
  std::size_t names_ = 0;
};

// Whether `name` was staged by a process that is gone.
bool is_abandoned(std::string_view name) {
  if (!name.ends_with(kStagedSuffix)) return false;
  name.remove_suffix(kStagedSuffix.size());
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view digits = name.substr(dot + 1);
  pid_t owner = 0;
  const auto end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, owner).ptr != end || owner <= 0) return false;
  return ::kill(owner, 0) != 0 && errno == ESRCH;
}

// A file in the staging directory that goes unless it was moved away.
class Staged {
 public:
  Staged(const std::string& directory, const std::string& name, ByteView bytes)
      : path_(directory + "/" + name + "." + std::to_string(::getpid()) +
              std::string(kStagedSuffix)) {
    ::unlink(path_.c_str());
    const Descriptor file(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) throw posix_error(errno, "creating", path_);
    try {
      write_all(file.get(), bytes, path_);
    } catch (...) {
      ::unlink(path_.c_str());
      throw;
    }
  }
  Staged(const Staged&) = delete;
  Staged& operator=(const Staged&) = delete;
  ~Staged() {
    if (!moved_) ::unlink(path_.c_str());
  }

  /// 0, or errno.
  int move_to(int directory, const std::string& name, bool over_existing) {
    const unsigned flags = over_existing ? 0U : RENAME_NOREPLACE;
    moved_ = ::renameat2(AT_FDCWD, path_.c_str(), directory, name.c_str(), flags) == 0;
    return moved_ ? 0 : errno;
  }

 private:
  std::string path_;
  bool moved_ = false;
};

// Another volume, or one that can't rename like this.
bool must_write_in_place(int number) {
  return number == EXDEV || number == EINVAL || number == ENOSYS || number == ENOTSUP;
}

bool on_one_volume(int directory, const std::string& other) {
  struct stat here {};
  struct stat there {};
  return ::fstat(directory, &here) == 0 && ::stat(other.c_str(), &there) == 0 &&
         here.st_dev == there.st_dev;
}

// Readers tell an incomplete file by its bytes, so this is safe; staging only spares them the
// sight.
bool write_in_place(int directory, const std::string& name, ByteView bytes) {
  const Descriptor file(::openat(directory, name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (!file && errno == EEXIST) return false;
  if (!file) throw posix_error(errno, "creating", name);
  try {
    write_all(file.get(), bytes, name);
  } catch (...) {
    ::unlinkat(directory, name.c_str(), 0);
    throw;
  }
  return true;
}

}  // namespace

PosixStorage::PosixStorage(std::string root, std::string staging)
    : root_(std::move(root)), staging_(std::move(staging)) {
  namespace fs = boost::filesystem;
  boost::system::error_code failure;
  fs::create_directories(staging_, failure);
  fs::directory_iterator names(staging_, failure);
  if (failure) {
    throw Error(ErrorCode::state_dir, "no directory at " + staging_ + ": " + failure.message(),
                "name another with TIDEMARK_STATE_DIR");
  }
  for (; names != fs::directory_iterator(); names.increment(failure)) {
    boost::system::error_code ignored;
    if (is_abandoned(names->path().filename().string())) fs::remove(names->path(), ignored);
    if (failure) break;
  }
}

Listing PosixStorage::list(const ListLimits& limits) {
  return Lister(root_, limits).run();
}

std::optional<FileInfo> PosixStorage::info(std::string_view path) {
  const auto [parent, name] = split(path);
  const Descriptor directory = open_directory(root_, parent);
  struct stat facts {};
  if (!directory || ::fstatat(directory.get(), name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  if (!S_ISREG(facts.st_mode)) return std::nullopt;
  return to_info(std::string(path), facts);
}

std::unique_ptr<StoredFile> PosixStorage::open(std::string_view path) {
  const auto [parent, name] = split(path);
  const Descriptor directory = open_directory(root_, parent);
  if (!directory) return nullptr;
  struct stat facts {};
  Descriptor file = open_regular(directory.get(), name, facts);
  if (!file && errno == ENOENT) return nullptr;
  if (!file) throw posix_error(errno, "opening", std::string(path));
  return std::make_unique<PosixFile>(std::move(file), static_cast<std::uint64_t>(facts.st_size),
                                     std::string(path));
}

bool PosixStorage::write_new(std::string_view path, ByteView bytes) {
  if (info(path)) return false;
  const auto [parent, name] = split(path);
  const Descriptor directory = make_directory(root_, parent);
  int failure = EXDEV;
  if (on_one_volume(directory.get(), staging_)) {
    failure = Staged(staging_, name, bytes).move_to(directory.get(), name, false);
  }
  if (must_write_in_place(failure)) {
    failure = write_in_place(directory.get(), name, bytes) ? 0 : EEXIST;
  }
  if (failure == EEXIST) return false;
  if (failure != 0) throw posix_error(failure, "creating", std::string(path));
  sync_directory(directory.get(), std::string(path));
  return true;
}

void PosixStorage::replace(std::string_view path, ByteView bytes) {
  const auto [parent, name] = split(path);
  const Descriptor directory = make_directory(root_, parent);
  int failure = EXDEV;
  if (on_one_volume(directory.get(), staging_)) {
    failure = Staged(staging_, name, bytes).move_to(directory.get(), name, true);
  }
  if (must_write_in_place(failure)) {
    if (::unlinkat(directory.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
      throw posix_error(errno, "replacing", std::string(path));
    }
    failure = write_in_place(directory.get(), name, bytes) ? 0 : EEXIST;
  }
  if (failure != 0) throw posix_error(failure, "replacing", std::string(path));
  sync_directory(directory.get(), std::string(path));
}

void PosixStorage::remove(std::string_view path) {
  const auto [parent, name] = split(path);
  const Descriptor directory = open_directory(root_, parent);
  if (!directory) return;
  if (::unlinkat(directory.get(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  throw posix_error(errno, "removing", std::string(path));
}

}  // namespace tidemark::filelog
