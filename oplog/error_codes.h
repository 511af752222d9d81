// Every code a user can meet, once. docs/errors.md is generated from this table by
// tools/gen_errors.py. Numbers are stable: never change or reuse one.
#pragma once

#include <cstdint>

// X(name, number, what it means)
#define TIDEMARK_ERROR_CODES(X)                                                             \
  X(invalid_argument, 1, "the caller asked for something that this call does not do")       \
  X(io_failed, 2, "the operating system refused a read or a write")                         \
  X(clock_exhausted, 3, "the clock of a log has reached the end of its range")              \
  X(limit_exceeded, 4, "something is larger than tidemark handles")                         \
  X(not_a_database, 10, "the file is not a tidemark database")                              \
  X(nothing_tracked, 11, "no table is tracked in this database")                            \
  X(database_busy, 12, "another connection holds the database locked")                      \
  X(database_failed, 13, "SQLite refused a statement")                                      \
  X(database_corrupt, 14, "the database file is damaged")                                   \
  X(newer_schema, 15, "the database was written by a newer tidemark")                       \
  X(already_initialised, 16, "the database is a tidemark database already")                 \
  X(database_missing, 17, "there is no database file at this path")                         \
  X(encoding_unsupported, 18, "the database is not encoded in UTF-8")                      \
  X(table_missing, 100, "there is no table of this name")                                   \
  X(table_without_key, 101, "the table has no primary key")                                 \
  X(table_rowid_key, 102, "the integer key would collide between devices")                  \
  X(table_collation, 103, "a key or UNIQUE column has a collation that other devices lack") \
  X(table_not_tracked, 104, "the table is not tracked")                                     \
  X(table_dropped, 105, "a tracked table is gone")                                          \
  X(table_unsupported, 106, "the table is a view, a virtual or an internal table")          \
  X(null_key, 107, "a row with NULL in its key stays on this device")                       \
  X(oversized_value, 108, "a key or value is too large to travel")                          \
  X(key_changed, 109, "the primary key of a tracked table has changed")                     \
  X(behind_floor, 200, "the log no longer holds entries this old")                          \
  X(frame_damaged, 201, "a frame is damaged")                                               \
  X(frame_foreign, 202, "a frame belongs to another group")                                 \
  X(frame_newer, 203, "a frame was written by a newer tidemark")                            \
  X(log_gap, 204, "entries are missing before the ones offered")                            \
  X(log_forked, 205, "two different logs bear the same origin")                             \
  X(log_rolled_back, 206, "entries of this device's own log exist that its database lacks") \
  X(entry_malformed, 207, "an entry can not be merged")                                     \
  X(log_broken, 208, "the stored log does not verify")                                      \
  X(diverged, 209, "tables and log disagree")                                               \
  X(folder_missing, 300, "the sync folder does not exist or can not be read")               \
  X(folder_emptied, 301, "the sync folder has lost what was in it")                         \
  X(folder_foreign, 302, "the sync folder belongs to another group")                        \
  X(folder_unmarked, 303, "the sync folder holds no group yet")                             \
  X(groups_conflict, 304, "two groups that both have members met in one folder")            \
  X(folder_not_writable, 305, "the sync folder can not be written")                         \
  X(segment_damaged, 306, "a segment file is damaged")                                      \
  X(publish_locked, 307, "another process of this device is publishing")                    \
  X(state_dir, 308, "the state directory can not be used")                                  \
  X(stopped, 400, "the operation was asked to stop")

namespace tidemark {

/// Stable, numbered codes of failures and refusals.
enum class ErrorCode : std::uint16_t {
#define TIDEMARK_ENUMERATOR(name, number, text) name = number,
  TIDEMARK_ERROR_CODES(TIDEMARK_ENUMERATOR)
#undef TIDEMARK_ENUMERATOR
};

}  // namespace tidemark
