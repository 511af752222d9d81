// Reports as JSON: one document each. Keys are a promise: they are only ever added. The JSON
// library stays behind json.cc.
//
// Numbers are integers except seconds; absent codes and reasons are null; ids have their text form.
// Text of others that is no UTF-8 comes out with U+FFFD.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/device.h"
#include "cli/sync_outcome.h"

namespace tidemark::cli {

std::string json_of(const Status& status);
std::string json_of(const DigestReport& digest);
std::string json_of(const TrackReport& track, bool dry_run);
std::string json_of(const SyncOutcome& sync);
std::string json_of(const VerifyReport& verify);
std::string json_of(const std::vector<LogLine>& log);
/// A line of --progress=json.
std::string json_of(const Progress& progress, std::string_view location);
/// What was made by init: {"database","device","origin","group"}.
std::string json_of_init(const std::string& database, const Status& status);
/// {key: value}, for verbs that have one thing to say.
std::string json_of_fact(std::string_view key, std::string_view value);
/// {"type":"error","code","message","hint"}; `code` is "TM-E0123".
std::string json_of_error(std::string_view code, std::string_view message, std::string_view hint);

}  // namespace tidemark::cli
