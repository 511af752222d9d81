#include <chrono>
#include <ostream>

#include "cli/complaint.h"
#include "cli/device_options.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/text.h"
#include "cli/verbs.h"

namespace tidemark::cli {
namespace {

using Clock = std::chrono::steady_clock;

FolderOutcome sync_one(Device& device, const std::string& folder, ProgressMode mode,
                       Console& console) {
  ProgressText progress(mode, console.err_terminal, folder, Clock::now());
  const auto show = [&](const std::string& text) {
    if (!text.empty()) console.err << text << std::flush;
  };
  const auto on_progress = [&](const Progress& at) { show(progress.step(at, Clock::now())); };
  try {
    SyncReport report = device.sync(folder, console.stop, on_progress);
    show(progress.end());
    return SyncOutcome::reached(std::move(report));
  } catch (const Error& why) {
    show(progress.end());
    return SyncOutcome::failed(folder, why);
  }
}

Error why_failed(const PeerReport& peer) {
  const bool named = peer.reason.find(peer.location) != std::string::npos;
  return Error(peer.code.value_or(ErrorCode::io_failed),
               named ? peer.reason : peer.location + ": " + peer.reason, peer.hint);
}

}  // namespace

ExitCode run_sync(const Command& command, Console& console) {
  const auto start = Clock::now();
  const auto device = Device::open(command.database, device_options(command, console));
  const ProgressMode mode = command.quiet ? ProgressMode::none : command.progress;
  SyncOutcome outcome;
  for (const std::string& folder : command.operands) {
    if (console.stop.stop_requested()) break;
    outcome.folders.push_back(sync_one(*device, folder, mode, console));
    const FolderOutcome& folder_outcome = outcome.folders.back();
    if (folder_outcome.failed) {
      complain(why_failed(folder_outcome.report.peer), command.json, console);
    }
  }
  outcome.elapsed_ms = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start).count());
  console.out << (command.json ? json_of(outcome) : text_of(outcome, console.out_paint));
  return console.stop.stop_requested() ? ExitCode::interrupted : outcome.exit_code();
}

}  // namespace tidemark::cli
