#include "tests/support/faulty_storage.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/support/fake_clock.h"

namespace tidemark::test {
namespace {

Bytes text(std::string_view words) {
  const ByteView view = as_bytes(words);
  return {view.begin(), view.end()};
}

class FaultyStorageTest : public testing::Test {
 protected:
  FakeClock clock_;
  FaultyStorage storage_{clock_};
};

TEST_F(FaultyStorageTest, KeepsWhatIsWritten) {
  EXPECT_TRUE(storage_.write_new("l/x", text("one")));
  EXPECT_FALSE(storage_.write_new("l/x", text("two")));
  EXPECT_EQ(storage_.bytes("l/x"), text("one"));
  storage_.replace("l/x", text("two"));
  EXPECT_EQ(storage_.bytes("l/x"), text("two"));
  storage_.remove("l/x");
  EXPECT_FALSE(storage_.has("l/x"));
}

TEST_F(FaultyStorageTest, FailsAsOftenAsTold) {
  storage_.put("x", text("one"));
  storage_.fail(StorageCall::open, 2, 1);
  EXPECT_NE(storage_.open("x"), nullptr);
  EXPECT_THROW(storage_.open("x"), Error);
  EXPECT_THROW(storage_.open("x"), Error);
  EXPECT_NE(storage_.open("x"), nullptr);
  storage_.fail(StorageCall::open, FaultyStorage::kForever);
  for (int i = 0; i < 10; ++i) EXPECT_THROW(storage_.open("x"), Error);
  storage_.heal();
  EXPECT_NE(storage_.open("x"), nullptr);
}

TEST_F(FaultyStorageTest, ACrashLeavesAPart) {
  storage_.crash_after(2);
  EXPECT_THROW(static_cast<void>(storage_.write_new("x", text("one"))), Crash);
  EXPECT_EQ(storage_.bytes("x"), text("on"));
  EXPECT_FALSE(storage_.write_new("x", text("one")));
}

TEST_F(FaultyStorageTest, AnOpenFileKeepsWhatItWasUnlessItIsTruncated) {
  storage_.put("x", text("0123"));
  const auto file = storage_.open("x");
  storage_.put("x", text("abc"));
  Bytes out(4);
  EXPECT_EQ(file->read(0, out), 4U);
  EXPECT_EQ(out, text("0123"));
  storage_.truncate_open_files(2);
  EXPECT_EQ(file->read(1, out), 1U);
  EXPECT_EQ(file->read(2, out), 0U);
}

TEST_F(FaultyStorageTest, FactsTellEveryChangeButRot) {
  storage_.put("x", text("0123"));
  const auto before = storage_.info("x");
  storage_.rot("x", 1);
  EXPECT_EQ(storage_.info("x"), before);
  storage_.flip("x", 1);
  EXPECT_NE(storage_.info("x"), before);
  EXPECT_EQ(storage_.bytes("x"), text("0123"));
  storage_.evict("x");
  EXPECT_FALSE(storage_.info("x")->allocated);
  EXPECT_EQ(storage_.bytes("x"), Bytes(4));
}

TEST_F(FaultyStorageTest, ListsTheFirstDirectoryFirst) {
  storage_.put("a", {});
  storage_.put("l/x", {});
  storage_.put("l/deep/er/file", {});
  const auto listing = storage_.list({3, 1, "l"});
  ASSERT_EQ(listing.files.size(), 1U);
  EXPECT_EQ(listing.files[0].path, "l/x");
  EXPECT_TRUE(listing.truncated);
  EXPECT_EQ(storage_.list({3, 10, "l"}).files.size(), 2U);
}

}  // namespace
}  // namespace tidemark::test
