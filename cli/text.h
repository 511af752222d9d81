// Reports as people read them. Pure functions; every line ends with a newline.
//
// Foreign text (names, keys, reasons) is made harmless for a terminal first.
#pragma once

#include <string>
#include <vector>

#include "api/device.h"
#include "cli/layout.h"
#include "cli/sync_outcome.h"

namespace tidemark::cli {

/// A table a line, and below each that is not tracked what can be done.
std::string text_of(const TrackReport& track, Paint paint);
/// A folder a line, what is unusual about its files, and the sum.
std::string text_of(const SyncOutcome& sync, Paint paint);
/// The device, its peers, the logs it holds, and only those counts that are not 0.
std::string text_of(const Status& status, const std::string& database, Paint paint);
/// A table a line: what to compare with another device.
std::string text_of(const DigestReport& digest, Paint paint);
std::string text_of(const VerifyReport& verify, Paint paint);
/// A change a line, under a heading.
std::string text_of(const std::vector<LogLine>& log, Paint paint);

/// "tidemark: SENTENCE (TM-E0123)" and, where there is one, "  try: HINT".
std::string text_of_error(const std::string& code, const std::string& message,
                          const std::string& hint, Paint paint);

}  // namespace tidemark::cli
