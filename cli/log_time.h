// When a change was made, as people read it.
#pragma once

#include <string>

#include "oplog/entry.h"

namespace tidemark::cli {

/// "2026-11-20T22:58:03.114+1": UTC to the millisecond, and the counter within it. Clocks beyond
/// the year 9999 come out as their milliseconds.
std::string to_text(Hlc hlc);

}  // namespace tidemark::cli
