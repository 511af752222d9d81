#include "api/state_dir.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "oplog/error.h"

namespace tidemark::api {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::filesystem::path choose(const std::string& option) {
  if (!option.empty()) return option;
  if (const auto own = from_environment("TIDEMARK_STATE_DIR"); !own.empty()) return own;
  if (const auto xdg = from_environment("XDG_STATE_HOME"); !xdg.empty()) {
    return std::filesystem::path(xdg) / "tidemark";
  }
  const auto home = from_environment("HOME");
  if (home.empty()) {
    throw Error(ErrorCode::state_dir, "there is no HOME to keep state in",
                "name a directory with --state-dir or TIDEMARK_STATE_DIR");
  }
  return std::filesystem::path(home) / ".local/state/tidemark";
}

}  // namespace

std::string state_directory(const std::string& option) {
  const auto path = std::filesystem::absolute(choose(option));
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error || ::access(path.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorCode::state_dir, "the state directory " + path.string() + " can't be written",
                "name another one with --state-dir or TIDEMARK_STATE_DIR");
  }
  return path.string();
}

PublishLock::PublishLock(const std::string& state_dir, const PeerId& origin) {
  const std::string path = state_dir + "/" + to_text(origin) + ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) {
    throw Error(ErrorCode::state_dir, "the lock file " + path + " can't be opened",
                "name another state directory with --state-dir or TIDEMARK_STATE_DIR");
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor_);
    throw Error(ErrorCode::publish_locked, "another process of this device is publishing",
                "wait for it to end, or stop it");
  }
}

PublishLock::~PublishLock() { ::close(descriptor_); }

}  // namespace tidemark::api
