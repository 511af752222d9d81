#include "cli/progress.h"

#include "cli/json.h"
#include "cli/layout.h"

namespace tidemark::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kQuietAtFirst{500};
constexpr milliseconds kBetweenFrames{100};
constexpr milliseconds kBetweenLines{10000};
constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

ProgressText::ProgressText(ProgressMode mode, bool terminal, std::string location, Time start)
    : mode_(mode == ProgressMode::automatic && !terminal ? ProgressMode::none : mode),
      location_(std::move(location)),
      start_(start) {}

bool ProgressText::is_due(const Progress& progress, Time now) const {
  const bool phase_began = progress.phase != last_phase_;
  const bool phase_ended = progress.done == progress.total;
  switch (mode_) {
    case ProgressMode::none:
      return false;
    case ProgressMode::json:
      return !last_ || phase_began || phase_ended || now - *last_ >= kBetweenFrames;
    case ProgressMode::plain:
      return now - last_.value_or(start_) >= (last_ ? kBetweenLines : kQuietAtFirst);
    case ProgressMode::automatic:
      return now - start_ >= kQuietAtFirst && (!last_ || now - *last_ >= kBetweenFrames);
  }
  return false;
}

std::string ProgressText::line(const Progress& progress) const {
  // A total that is not known yet may be below what is done.
  const bool known = progress.total >= progress.done && progress.total > 0;
  const std::string percent =
      known ? std::to_string(progress.done * 100 / progress.total) + "%  " : "";
  return printable(location_) + "  " + printable(progress.phase) + "  " + percent +
         grouped(progress.done) + (known ? " / " + grouped(progress.total) : "") + " entries";
}

std::string ProgressText::step(const Progress& progress, Time now) {
  if (!is_due(progress, now)) return {};
  last_ = now;
  last_phase_ = progress.phase;
  if (mode_ == ProgressMode::json) return json_of(progress, location_);
  if (mode_ == ProgressMode::plain) return line(progress) + "\n";
  line_open_ = true;
  return std::string(kClearLine) + line(progress);
}

std::string ProgressText::end() {
  if (!line_open_) return {};
  line_open_ = false;
  return std::string(kClearLine);
}

}  // namespace tidemark::cli
