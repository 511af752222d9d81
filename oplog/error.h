// The one exception that leaves any folder of tidemark.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "oplog/error_codes.h"

namespace tidemark {

/// "TM-E0123".
std::string to_text(ErrorCode code);

/// What the code means, one sentence, from the table.
std::string_view describe(ErrorCode code);

/// A failure: what was being done and refused (`what()`), a stable code, and what to do next.
/// Normal outcomes are values, never this.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message, std::string hint = {})
      : std::runtime_error(message), code_(code), hint_(std::move(hint)) {}

  ErrorCode code() const { return code_; }
  /// What the user can do next; empty if there is nothing to say.
  const std::string& hint() const { return hint_; }
  /// Whether the same call may succeed later without anything being changed.
  bool retryable() const {
    return code_ == ErrorCode::database_busy || code_ == ErrorCode::publish_locked;
  }

 private:
  ErrorCode code_;
  std::string hint_;
};

}  // namespace tidemark
