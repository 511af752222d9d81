#include "cli/complaint.h"

#include <ostream>

#include "cli/json.h"
#include "cli/text.h"

namespace tidemark::cli {

void complain(const Error& error, bool json, Console& console) {
  const std::string code = tidemark::to_text(error.code());
  console.err << (json ? json_of_error(code, error.what(), error.hint())
                       : text_of_error(code, error.what(), error.hint(), console.err_paint))
              << std::flush;
}

}  // namespace tidemark::cli
