#include "filelog/posix_storage.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/temp_dir.h"

namespace tidemark::filelog {
namespace {

namespace fs = std::filesystem;

Bytes bytes_of(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

class PosixStorageTest : public testing::Test {
 protected:
  PosixStorageTest() { fs::create_directory(root_); }

  void put(const std::string& path, const std::string& text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
  }
  std::string text(const std::string& path) {
    std::ifstream file(root_ / path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> paths(const ListLimits& limits = {3, 1000, "l"}) {
    std::vector<std::string> all;
    for (const FileInfo& info : storage_.list(limits).files) all.push_back(info.path);
    std::ranges::sort(all);
    return all;
  }
  std::size_t staged() {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(staging_), fs::directory_iterator()));
  }

  test::TempDir dir_;
  fs::path root_ = dir_.path() / "folder";
  fs::path staging_ = dir_.path() / "state" / "staging";
  PosixStorage storage_{root_.string(), staging_.string()};
};

TEST_F(PosixStorageTest, WritesANewFileWithItsDirectories) {
  EXPECT_TRUE(storage_.write_new("l/me/x.tmseg", bytes_of("hello")));
  EXPECT_EQ(text("l/me/x.tmseg"), "hello");
  EXPECT_EQ(staged(), 0U);
}

TEST_F(PosixStorageTest, NeverReplacesWhenAskedForANewFile) {
  put("x", "old");
  EXPECT_FALSE(storage_.write_new("x", bytes_of("new")));
  EXPECT_EQ(text("x"), "old");
  EXPECT_EQ(staged(), 0U);
}

TEST_F(PosixStorageTest, ReplacesWhenAskedTo) {
  put("x", "old");
  storage_.replace("x", bytes_of("new"));
  EXPECT_EQ(text("x"), "new");
  storage_.replace("y/z", bytes_of("fresh"));
  EXPECT_EQ(text("y/z"), "fresh");
}

TEST_F(PosixStorageTest, WritesInPlaceOnAnotherVolume) {
  struct stat here {};
  struct stat there {};
  ASSERT_EQ(::stat("/dev/shm", &there), 0);
  ASSERT_EQ(::stat(root_.c_str(), &here), 0);
  ASSERT_NE(here.st_dev, there.st_dev) << "the test needs two volumes";
  const fs::path other = "/dev/shm/tidemark-staging-" + std::to_string(::getpid());
  {
    PosixStorage storage(root_.string(), other.string());
    EXPECT_TRUE(storage.write_new("l/x", bytes_of("one")));
    EXPECT_FALSE(storage.write_new("l/x", bytes_of("two")));
    EXPECT_EQ(text("l/x"), "one");
    storage.replace("l/x", bytes_of("three"));
    EXPECT_EQ(text("l/x"), "three");
  }
  fs::remove_all(other);
}

TEST_F(PosixStorageTest, RemovesAndDoesNotMindAbsence) {
  put("x", "old");
  storage_.remove("x");
  storage_.remove("x");
  storage_.remove("no/such/thing");
  EXPECT_FALSE(fs::exists(root_ / "x"));
}

TEST_F(PosixStorageTest, ReadsFromAnyOffsetUpToTheEnd) {
  put("x", "0123456789");
  const auto file = storage_.open("x");
  ASSERT_NE(file, nullptr);
  EXPECT_EQ(file->bytes(), 10U);
  Bytes out(4);
  EXPECT_EQ(file->read(3, out), 4U);
  EXPECT_EQ(out, bytes_of("3456"));
  EXPECT_EQ(file->read(8, out), 2U);
  EXPECT_EQ(file->read(10, out), 0U);
  EXPECT_EQ(file->read(99, out), 0U);
}

TEST_F(PosixStorageTest, ListsFilesUpToTheDepth) {
  put("a", "1");
  put("l/p/s", "1");
  put("b/c/d/e", "1");
  EXPECT_EQ(paths(), (std::vector<std::string>{"a", "l/p/s"}));
}

TEST_F(PosixStorageTest, StopsAtTheBoundAndLooksAtTheFirstDirectoryFirst) {
  for (int i = 0; i < 50; ++i) put("junk" + std::to_string(i), "");
  put("l/p/s", "1");
  const Listing listing = storage_.list({3, 10, "l"});
  EXPECT_TRUE(listing.truncated);
  EXPECT_LE(listing.files.size(), 10U);
  EXPECT_TRUE(std::ranges::any_of(listing.files,
                                  [](const FileInfo& info) { return info.path == "l/p/s"; }));
}

TEST_F(PosixStorageTest, ExactlyTheBoundIsNotTruncated) {
  for (int i = 0; i < 10; ++i) put("x" + std::to_string(i), "");
  EXPECT_FALSE(storage_.list({3, 10, "l"}).truncated);
  EXPECT_EQ(paths({3, 10, "l"}).size(), 10U);
}

TEST_F(PosixStorageTest, LinksAndPipesAreIgnored) {
  put("real/file", "1");
  std::ofstream(dir_.path() / "secret") << "s";
  fs::create_symlink(dir_.path() / "secret", root_ / "link");
  fs::create_directory_symlink(dir_.path(), root_ / "out");
  ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(paths(), std::vector<std::string>{"real/file"});
  for (const char* path : {"link", "out/secret", "pipe", "real"}) {
    EXPECT_EQ(storage_.open(path), nullptr) << path;
    EXPECT_EQ(storage_.info(path), std::nullopt) << path;
  }
}

TEST_F(PosixStorageTest, NeverWritesThroughALink) {
  fs::create_directory_symlink(dir_.path(), root_ / "l");
  EXPECT_THROW(static_cast<void>(storage_.write_new("l/x", bytes_of("1"))), Error);
  std::ofstream(dir_.path() / "secret") << "s";
  fs::create_symlink(dir_.path() / "secret", root_ / "y");
  EXPECT_FALSE(storage_.write_new("y", bytes_of("1")));
  std::ifstream secret(dir_.path() / "secret");
  EXPECT_EQ(secret.get(), 's');
}

TEST_F(PosixStorageTest, FactsTellAChangeOfContent) {
  put("x", "one");
  const auto before = storage_.info("x");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->bytes, 3U);
  EXPECT_TRUE(before->allocated);
  storage_.replace("x", bytes_of("two"));
  const auto after = storage_.info("x");
  ASSERT_TRUE(after);
  EXPECT_NE(*before, *after);
  EXPECT_EQ(storage_.list({3, 10, "l"}).files, std::vector<FileInfo>{*after});
}

TEST_F(PosixStorageTest, AFileWithoutBlocksIsNotAllocated) {
  put("x", "");
  ASSERT_EQ(::truncate((root_ / "x").c_str(), 100'000), 0);
  EXPECT_FALSE(storage_.info("x")->allocated);
}

TEST_F(PosixStorageTest, AMissingRootIsAFailureAndIsNeverMade) {
  fs::remove_all(root_);
  for (const auto& attempt : std::vector<std::function<void()>>{
           [&] {
             static_cast<void>(storage_.list({3, 10, "l"}));
           },
           [&] { static_cast<void>(storage_.write_new("x", bytes_of("1"))); },
           [&] { storage_.replace("x", bytes_of("1")); }}) {
    try {
      attempt();
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::folder_missing);
      EXPECT_FALSE(error.hint().empty());
    }
  }
  EXPECT_EQ(storage_.open("x"), nullptr);
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(PosixStorageTest, AnotherFolderAtTheSamePlaceIsNoticed) {
  put("x", "1");
  fs::rename(root_, dir_.path() / "moved");
  fs::create_directory(root_);
  EXPECT_TRUE(paths().empty());
}

TEST_F(PosixStorageTest, AWriteThatFailsLeavesNothing) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  ErrorCode code{};
  try {
    static_cast<void>(storage_.write_new("l/x", Bytes(5000)));
  } catch (const Error& error) {
    code = error.code();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(code, ErrorCode::io_failed);
  EXPECT_FALSE(fs::exists(root_ / "l/x"));
  EXPECT_EQ(staged(), 0U);
  EXPECT_TRUE(storage_.write_new("l/x", Bytes(5000)));
}

TEST_F(PosixStorageTest, WhatACrashedProcessStagedIsRemoved) {
  std::ofstream(staging_ / "x.tmseg.999999999.part") << "half";
  std::ofstream(staging_ / ("y.tmseg." + std::to_string(::getppid()) + ".part")) << "alive";
  std::ofstream(staging_ / "z.lock") << "other";
  PosixStorage again(root_.string(), staging_.string());
  EXPECT_EQ(staged(), 2U);
}

TEST_F(PosixStorageTest, AStagingPlaceThatCanNotBeMadeIsAFailure) {
  put("file", "1");
  try {
    PosixStorage storage(root_.string(), (root_ / "file" / "staging").string());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::state_dir);
  }
}

}  // namespace
}  // namespace tidemark::filelog
