#include "api/state_dir.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/synced_device.h"
#include "tests/support/temp_dir.h"

namespace tidemark::test {
namespace {

class StateDirectory : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"TIDEMARK_STATE_DIR", "XDG_STATE_HOME", "HOME"}) {
      const char* value = std::getenv(name);
      before_[name] = value == nullptr ? std::nullopt : std::optional<std::string>(value);
      ::unsetenv(name);
    }
  }
  void TearDown() override {
    for (const auto& [name, value] : before_) {
      ::unsetenv(name.c_str());
      if (value) ::setenv(name.c_str(), value->c_str(), 1);
    }
  }
  static ErrorCode refusal(const std::string& option) {
    try {
      api::state_directory(option);
    } catch (const Error& error) {
      EXPECT_FALSE(error.hint().empty());
      return error.code();
    }
    return ErrorCode::stopped;
  }
  TempDir home_;
  std::map<std::string, std::optional<std::string>> before_;
};

TEST_F(StateDirectory, TheOptionComesFirst) {
  ::setenv("TIDEMARK_STATE_DIR", home_.file("variable").c_str(), 1);
  EXPECT_EQ(api::state_directory(home_.file("option")), home_.file("option"));
  EXPECT_FALSE(std::filesystem::exists(home_.file("variable")));
}

TEST_F(StateDirectory, ThenTheVariable) {
  ::setenv("TIDEMARK_STATE_DIR", home_.file("variable").c_str(), 1);
  ::setenv("XDG_STATE_HOME", home_.file("xdg").c_str(), 1);
  EXPECT_EQ(api::state_directory({}), home_.file("variable"));
}

TEST_F(StateDirectory, ThenTheXdgDirectory) {
  ::setenv("XDG_STATE_HOME", home_.file("xdg").c_str(), 1);
  ::setenv("HOME", home_.file("home").c_str(), 1);
  EXPECT_EQ(api::state_directory({}), home_.file("xdg/tidemark"));
}

TEST_F(StateDirectory, ThenHome) {
  ::setenv("HOME", home_.file("home").c_str(), 1);
  EXPECT_EQ(api::state_directory({}), home_.file("home/.local/state/tidemark"));
}

TEST_F(StateDirectory, IsMade) {
  api::state_directory(home_.file("a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(home_.file("a/b/c")));
}

TEST_F(StateDirectory, IsRefusedWithoutAnyPlace) {
  EXPECT_EQ(refusal({}), ErrorCode::state_dir);
}

TEST_F(StateDirectory, IsRefusedWhereItCantBeMade) {
  write_bytes(home_.file("file"), "in the way");
  EXPECT_EQ(refusal(home_.file("file/state")), ErrorCode::state_dir);
}

class PublishLockTest : public testing::Test {
 protected:
  /// What another process gets that tries: 0, or the number of the code.
  int of_another_process() {
    const pid_t child = ::fork();
    if (child == 0) {
      int code = 0;
      try {
        const api::PublishLock lock(home_.path().string(), origin_);
      } catch (const Error& error) {
        code = error.code() == ErrorCode::publish_locked ? 1 : 2;
      }
      ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WEXITSTATUS(status);
  }
  TempDir home_;
  PeerId origin_;
};

TEST_F(PublishLockTest, IsHeldByOneProcess) {
  const api::PublishLock lock(home_.path().string(), origin_);
  EXPECT_EQ(of_another_process(), 1);
}

TEST_F(PublishLockTest, IsReleasedAtTheEnd) {
  { const api::PublishLock lock(home_.path().string(), origin_); }
  EXPECT_EQ(of_another_process(), 0);
}

TEST_F(PublishLockTest, IsOfOneOrigin) {
  PeerId other;
  other.bytes[0] = std::byte{1};
  const api::PublishLock lock(home_.path().string(), other);
  EXPECT_EQ(of_another_process(), 0);
}

TEST_F(PublishLockTest, RefusesADirectoryThatIsNotThere) {
  try {
    const api::PublishLock lock(home_.file("nowhere"), origin_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::state_dir);
  }
}

}  // namespace
}  // namespace tidemark::test
