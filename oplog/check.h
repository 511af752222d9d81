// A failed check is a bug in this library: never use it on bytes that came from a file, a peer,
// SQL or the caller; those are answered with a value or an Error.
#pragma once

namespace tidemark {

/// Prints the broken condition and aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace tidemark

/// Aborts, in every build type, when an invariant of this library does not hold.
#define TIDEMARK_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::tidemark::check_failed(#condition, __FILE__, __LINE__))
