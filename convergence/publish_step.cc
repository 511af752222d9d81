#include "convergence/publish_step.h"

namespace tidemark {

Step publish_step(LogSource& oplog, FileLogSink& into, EntryIndex from, const ReadLimits& cut) {
  Step step;
  const PeerId self = into.self();
  const std::vector<Frame> frames = oplog.read_frames(self, from, cut);
  if (frames.empty()) {
    step.drained = true;
    return step;
  }
  for (const Frame& frame : frames) step.bytes += frame.bytes.size();
  const Applied result = into.write(frames);
  step.last_served = self;
  step.entries = result.entries;
  if (result.outcome == Applied::Outcome::applied) {
    step.frames = frames.size();
  } else if (result.outcome != Applied::Outcome::duplicate) {
    step.troubles.push_back({self, OriginTrouble::Kind::refused, result, std::nullopt, {}});
  }
  return step;
}

}  // namespace tidemark
