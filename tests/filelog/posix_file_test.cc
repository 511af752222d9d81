#include "filelog/posix_file.h"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace tidemark::filelog {
namespace {

bool is_open(int number) {
  return ::fcntl(number, F_GETFD) >= 0;
}

TEST(Descriptor, ClosesOnceAndMovesItsNumber) {
  test::TempDir dir;
  Descriptor first = open_directory(dir.path().string(), {});
  const int number = first.get();
  ASSERT_TRUE(is_open(number));
  {
    Descriptor second = std::move(first);
    EXPECT_EQ(second.get(), number);
    second = Descriptor();
    EXPECT_FALSE(is_open(number));
  }
  EXPECT_FALSE(Descriptor());
}

TEST(PosixFile, FailuresHaveCodesAndHints) {
  EXPECT_EQ(posix_error(EACCES, "writing", "x").code(), ErrorCode::folder_not_writable);
  EXPECT_EQ(posix_error(EROFS, "writing", "x").code(), ErrorCode::folder_not_writable);
  EXPECT_EQ(posix_error(ENOSPC, "writing", "x").code(), ErrorCode::io_failed);
  EXPECT_NE(posix_error(ENOSPC, "writing", "x").hint().find("space"), std::string::npos);
  EXPECT_EQ(posix_error(EIO, "reading", "x").code(), ErrorCode::io_failed);
  EXPECT_FALSE(posix_error(EIO, "reading", "x").hint().empty());
  EXPECT_NE(std::string(posix_error(EIO, "reading", "l/x").what()).find("reading l/x"),
            std::string::npos);
}

TEST(PosixFile, SplitsAPath) {
  EXPECT_EQ(split("a/b/c").directory, "a/b");
  EXPECT_EQ(split("a/b/c").name, "c");
  EXPECT_EQ(split("c").directory, "");
  EXPECT_EQ(split("c").name, "c");
}

TEST(PosixFile, TheRootMayBeALinkWhatIsBelowMayNot) {
  test::TempDir dir;
  std::filesystem::create_directories(dir.path() / "real" / "sub");
  std::filesystem::create_directory_symlink(dir.path() / "real", dir.path() / "root");
  std::filesystem::create_directory_symlink(dir.path() / "real", dir.path() / "real" / "loop");
  EXPECT_TRUE(open_directory(dir.file("root"), "sub"));
  EXPECT_FALSE(open_directory(dir.file("root"), "loop"));
  EXPECT_FALSE(open_directory(dir.file("root"), "loop/sub"));
}

TEST(PosixFile, MakesWhatIsMissingBelowTheRoot) {
  test::TempDir dir;
  EXPECT_TRUE(make_directory(dir.path().string(), "a/b"));
  EXPECT_TRUE(std::filesystem::is_directory(dir.path() / "a" / "b"));
  EXPECT_TRUE(make_directory(dir.path().string(), "a/b"));
  EXPECT_THROW(make_directory(dir.file("missing"), "a"), Error);
}

}  // namespace
}  // namespace tidemark::filelog
