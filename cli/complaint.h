// How the command says that something failed.
#pragma once

#include "cli/console.h"
#include "oplog/error.h"

namespace tidemark::cli {

/// To console.err: a sentence with its code and what to try, or the same as one line of JSON.
void complain(const Error& error, bool json, Console& console);

}  // namespace tidemark::cli
