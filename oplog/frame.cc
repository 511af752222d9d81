#include "oplog/frame.h"

namespace tidemark {

const char* to_text(Applied::Outcome outcome) {
  switch (outcome) {
    case Applied::Outcome::applied: return "applied";
    case Applied::Outcome::duplicate: return "duplicate";
    case Applied::Outcome::gap: return "gap";
    case Applied::Outcome::fork: return "fork";
    case Applied::Outcome::invalid: return "invalid";
    case Applied::Outcome::foreign: return "foreign";
    case Applied::Outcome::waiting: return "waiting";
    case Applied::Outcome::closed: return "closed";
  }
  return "unknown";
}

}  // namespace tidemark
