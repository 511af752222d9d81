#include "filelog/file_class.h"

namespace tidemark::filelog {

const char* to_text(FileClass file_class) {
  switch (file_class) {
    case FileClass::not_ours:
      return "not_ours";
    case FileClass::placeholder:
      return "placeholder";
    case FileClass::incomplete:
      return "incomplete";
    case FileClass::unsettled:
      return "unsettled";
    case FileClass::corrupt:
      return "corrupt";
    case FileClass::foreign:
      return "foreign";
    case FileClass::newer:
      return "newer";
    case FileClass::duplicate:
      return "duplicate";
    case FileClass::covered:
      return "covered";
    case FileClass::future:
      return "future";
    case FileClass::next:
      return "next";
    case FileClass::fork:
      return "fork";
  }
  return "unknown";
}

}  // namespace tidemark::filelog
