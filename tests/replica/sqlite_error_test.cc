#include "replica/sqlite_error.h"

#include <sqlite3.h>

#include <gtest/gtest.h>

namespace tidemark::replica {
namespace {

ErrorCode code_of(int code) {
  return sqlite_error(code, "doing", "detail").code();
}

TEST(SqliteError, LocksAreBusyAndRetryableWithAHint) {
  for (const int code : {SQLITE_BUSY, SQLITE_LOCKED, SQLITE_BUSY_SNAPSHOT, SQLITE_BUSY_RECOVERY}) {
    const Error error = sqlite_error(code, "doing", "detail");
    EXPECT_EQ(error.code(), ErrorCode::database_busy) << code;
    EXPECT_TRUE(error.retryable());
    EXPECT_FALSE(error.hint().empty());
  }
}

TEST(SqliteError, AFileThatIsNoDatabaseIsNamedSo) {
  EXPECT_EQ(code_of(SQLITE_NOTADB), ErrorCode::not_a_database);
}

TEST(SqliteError, DamageIsNamedSo) {
  EXPECT_EQ(code_of(SQLITE_CORRUPT), ErrorCode::database_corrupt);
  EXPECT_EQ(code_of(SQLITE_CORRUPT_INDEX), ErrorCode::database_corrupt);
}

TEST(SqliteError, WhatTheSystemRefusesIsIo) {
  for (const int code :
       {SQLITE_FULL, SQLITE_IOERR_FSYNC, SQLITE_READONLY, SQLITE_PERM, SQLITE_CANTOPEN}) {
    EXPECT_EQ(code_of(code), ErrorCode::io_failed) << code;
  }
}

TEST(SqliteError, TooLargeAndInterruptedHaveTheirOwnCodes) {
  EXPECT_EQ(code_of(SQLITE_TOOBIG), ErrorCode::limit_exceeded);
  EXPECT_EQ(code_of(SQLITE_INTERRUPT), ErrorCode::stopped);
}

TEST(SqliteError, AnythingElseIsARefusedStatement) {
  EXPECT_EQ(code_of(SQLITE_ERROR), ErrorCode::database_failed);
  EXPECT_EQ(code_of(SQLITE_CONSTRAINT_UNIQUE), ErrorCode::database_failed);
}

TEST(SqliteError, SaysWhatWasBeingDoneAndWhatSqliteSaid) {
  EXPECT_STREQ(sqlite_error(SQLITE_ERROR, "counting rows", "no such table: t").what(),
               "counting rows: no such table: t");
}

TEST(SqliteError, ThrownWithoutAConnectionCarriesTheGeneralText) {
  try {
    throw_sqlite_error(nullptr, SQLITE_FULL, "writing");
    FAIL() << "did not throw";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::io_failed);
    EXPECT_STREQ(error.what(), "writing: database or disk is full");
  }
}

}  // namespace
}  // namespace tidemark::replica
