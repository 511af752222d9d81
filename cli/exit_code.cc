#include "cli/exit_code.h"

namespace tidemark::cli {

ExitCode exit_code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::not_a_database:
    case ErrorCode::database_missing:
      return ExitCode::not_tidemark;
    case ErrorCode::database_busy:
    case ErrorCode::publish_locked:
      return ExitCode::busy;
    case ErrorCode::newer_schema:
    case ErrorCode::frame_newer:
      return ExitCode::newer_format;
    case ErrorCode::table_missing:
    case ErrorCode::table_without_key:
    case ErrorCode::table_rowid_key:
    case ErrorCode::table_collation:
    case ErrorCode::table_not_tracked:
    case ErrorCode::table_dropped:
    case ErrorCode::table_unsupported:
    case ErrorCode::null_key:
    case ErrorCode::oversized_value:
    case ErrorCode::key_changed:
      return ExitCode::schema;
    case ErrorCode::folder_missing:
    case ErrorCode::folder_emptied:
    case ErrorCode::folder_not_writable:
      return ExitCode::unreachable;
    case ErrorCode::stopped:
      return ExitCode::interrupted;
    default:
      return ExitCode::error;
  }
}

}  // namespace tidemark::cli
