#include "api/folder_sync.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "api/state_dir.h"
#include "convergence/converge.h"
#include "oplog/error.h"
#include "replica/schema.h"

namespace tidemark::api {
namespace {

constexpr std::int64_t kSettledGroupMs = 7LL * 24 * 3600 * 1000;  // J5
// A sync publishes a backlog at once: every segment costs two fsyncs, so they are larger than those
// that a device cuts while its user types.
constexpr ReadLimits kBacklogCut{.entries_max = 32 * 1024, .bytes_max = std::size_t{2} << 20};
constexpr ReadLimits kPullBatch{.entries_max = 64 * 1024, .bytes_max = std::size_t{4} << 20};

std::string absolute(const std::string& folder) {
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(folder, error);
  return (error ? std::filesystem::absolute(folder) : path).string();
}

void tell_rolled_back(PeerReport& peer) {
  peer.code = ErrorCode::log_rolled_back;
  peer.reason = "the folder holds entries of this device's log that its database lacks";
  peer.hint =
      "this database was restored or copied: nothing is published from it; keep the newest copy, or "
      "start anew: tidemark init <new db> --join <folder>";
}

/// What an origin's trouble means to the user. Only what stops our own publishing, or needs him, is
/// told as the peer's code; the rest is in the counts.
void tell(const OriginTrouble& trouble, PeerReport& peer) {
  if (trouble.kind != OriginTrouble::Kind::refused) return;
  const auto say = [&](ErrorCode code, std::string reason, std::string hint) {
    if (peer.code) return;
    peer.code = code;
    peer.reason = std::move(reason);
    peer.hint = std::move(hint);
  };
  const std::string log = "log " + to_text(trouble.origin);
  switch (trouble.applied.outcome) {
    case Applied::Outcome::closed: tell_rolled_back(peer); return;
    case Applied::Outcome::fork:
      say(ErrorCode::log_forked, log + " has two different histories",
          "a database was copied and both copies wrote: retire one of them");
      return;
    case Applied::Outcome::waiting:
      say(ErrorCode::frame_newer, log + " was written by a newer tidemark",
          "update tidemark on this device");
      return;
    case Applied::Outcome::invalid:
      say(ErrorCode::frame_damaged, log + " has a damaged frame in the folder",
          "it will be fetched from another copy; sync its device again");
      return;
    default: return;
  }
}

void tell(const Error& error, PeerReport& peer) {
  peer.code = error.code();
  peer.reason = error.what();
  peer.hint = error.hint();
}

std::uint64_t behind(const PeerCursors& have, const PeerCursors& offered) {
  std::uint64_t entries = 0;
  for (const OriginRange& range : have.missing(offered)) {
    entries += to_number(range.to) - to_number(range.from);
  }
  return entries;
}

OnProgress forward(std::string_view phase, const std::function<void(const Progress&)>& progress) {
  if (!progress) return {};
  return [phase, &progress](const RunProgress& run) {
    progress({phase, run.entries, std::max(run.entries, run.entries_total)});
  };
}

}  // namespace

FolderSync::FolderSync(const FolderSyncParts& parts, const std::string& folder)
    : parts_(parts),
      location_(absolute(folder)),
      storage_(location_, parts.state_dir + "/staging"),
      ledger_(parts.replica.connection(), location_) {}

bool FolderSync::flag(std::string_view key) {
  return replica::meta_integer(parts_.replica.connection(), key).value_or(0) != 0;
}

void FolderSync::set_flag(std::string_view key, bool value) {
  replica::WriteTransaction write(parts_.replica.connection());
  replica::set_meta(parts_.replica.connection(), key, proto::Cell::of_integer(value ? 1 : 0));
  write.commit();
}

FileLogReplica& FolderSync::folder() {
  if (!folder_) {
    FileLogOptions options;
    options.storage = &storage_;
    options.clock = &parts_.clock;
    options.group = proto::group_id(parts_.replica.group_spec());
    options.self = parts_.replica.self();
    options.ledger = &ledger_;
    folder_.emplace(options);
  }
  return *folder_;
}

void FolderSync::adopt(const proto::GroupSpec& spec) {
  folder().retire();
  parts_.replica.adopt_group(spec);
  folder_.reset();
}

/// J5: two groups that have both been lived in are not joined without being asked.
void FolderSync::require_peace(const filelog::FoundGroup& theirs, const proto::GroupSpec& ours) {
  const std::int64_t settled = parts_.clock.unix_ms() - kSettledGroupMs;
  const auto old = [&](const proto::GroupSpec& spec) {
    return static_cast<std::int64_t>(spec.created_ms) < settled;
  };
  if (!old(*theirs.spec) || !old(ours)) return;
  if (theirs.origins < 2 || parts_.replica.cursors().size() < 2) return;
  throw Error(ErrorCode::groups_conflict,
              "the folder belongs to another group, and both groups have several devices",
              "use another folder, or start this device anew: tidemark init <new db> --join " +
                  location_);
}

/// J1, J3: which group this device is of, here. False: it waits for one to appear.
bool FolderSync::settle_group() {
  const auto groups = folder().groups();
  const auto first =
      std::ranges::find_if(groups, [](const auto& g) { return g.spec && g.spec->plain(); });
  const proto::GroupSpec ours = parts_.replica.group_spec();
  const bool waiting = flag(meta_key::join);
  if (first == groups.end()) return !waiting;
  if (first->id != proto::group_id(ours)) {
    const bool provisional = waiting || !flag(meta_key::released);
    if (!provisional && !proto::precedes(*first->spec, ours)) return true;
    if (!provisional) require_peace(*first, ours);
    adopt(*first->spec);
  }
  if (waiting) set_flag(meta_key::join, false);
  return true;
}

/// Segments that we published here for a group that we have left since.
void FolderSync::leave_old_group() {
  auto peer = parts_.replica.connection().prepare(
      "SELECT group_id FROM tidemark_peer WHERE location = ?1");
  peer.bind_text(1, location_);
  const bool known = peer.step() && !peer.is_null(0);
  if (!known) return;
  const auto group = proto::group_id(parts_.replica.group_spec());
  const bool same = std::ranges::equal(peer.blob(0), group.bytes);
  peer.reset();
  if (!same) folder().retire();
}

void FolderSync::join() {
  set_flag(meta_key::join, true);
  if (settle_group() && !flag(meta_key::join)) return;
  throw Error(ErrorCode::folder_unmarked, "the folder " + location_ + " holds no group yet",
              "sync another device to it first; this one waits for it at each sync");
}

void FolderSync::remember(const PeerReport& report) {
  replica::Connection& sql = parts_.replica.connection();
  replica::WriteTransaction write(sql);
  save_peer(sql, report, proto::group_id(parts_.replica.group_spec()), parts_.clock.unix_ms());
  write.commit();
}

SyncReport FolderSync::run(std::stop_token stop,
                           const std::function<void(const Progress&)>& progress) {
  try {
    return run_unguarded(stop, progress);
  } catch (const Error& error) {
    PeerReport peer;
    peer.location = location_;
    peer.state = "blocked";
    tell(error, peer);
    remember(peer);
    throw;
  }
}

SyncReport FolderSync::run_unguarded(std::stop_token stop,
                                     const std::function<void(const Progress&)>& progress) {
  SyncReport report;
  report.peer.location = location_;
  if (!settle_group()) {
    report.peer.state = "waiting";
    report.peer.code = ErrorCode::folder_unmarked;
    report.peer.reason = "the folder holds no group yet";
    report.peer.hint = "sync another device to it first";
    remember(report.peer);
    return report;
  }
  leave_old_group();
  if (folder().is_emptied()) {
    throw Error(ErrorCode::folder_emptied,
                "the folder " + location_ + " has lost everything that was published in it",
                "mount or restore it; if it was emptied on purpose, use a new folder");
  }
  if (progress) progress({"seal", 0, 0});
  parts_.replica.settle();
  pull(report, stop, progress);
  if (!stop.stop_requested()) publish(report, stop, progress);
  conclude(report);
  return report;
}

void FolderSync::pull(SyncReport& report, std::stop_token stop,
                      const std::function<void(const Progress&)>& progress) {
  const PullOptions options{.limits = kPullBatch, .ranges_max = 64};
  const RunReport run =
      tidemark::pull(folder(), parts_.replica, options, stop, forward("pull", progress));
  report.pulled = run.entries;
  report.bytes_read = run.bytes;
  for (const OriginTrouble& trouble : run.troubles) tell(trouble, report.peer);
}

void FolderSync::publish(SyncReport& report, std::stop_token stop,
                         const std::function<void(const Progress&)>& progress) {
  if (parts_.replica.own_log() != OwnLog::sound) {
    tell_rolled_back(report.peer);
    return;
  }
  std::optional<PublishLock> lock;
  try {
    lock.emplace(parts_.state_dir, parts_.replica.self());
  } catch (const Error& error) {
    // Who publishes for this device is at it; what was pulled is here all the same.
    if (error.code() != ErrorCode::publish_locked) throw;
    if (!report.peer.code) tell(error, report.peer);
    return;
  }
  // What leaves must not be forgotten by a power cut: a restarted device would write it anew.
  parts_.replica.make_durable();
  filelog::write_marker(storage_, parts_.replica.group_spec());
  if (!flag(meta_key::released)) set_flag(meta_key::released, true);
  const auto repair = folder().repair(parts_.replica);
  report.repaired = repair.rewritten + repair.replaced;
  const RunReport run = tidemark::publish(parts_.replica, folder(), folder().extent(), kBacklogCut, stop,
                                          forward("publish", progress));
  report.pushed = run.entries;
  report.bytes_written = run.bytes;
  if (!run.troubles.empty()) face_other_history(report);
}

/// The folder continues our log otherwise than the database does. The log learns it from the frames,
/// and stays closed.
void FolderSync::face_other_history(SyncReport& report) {
  const auto theirs =
      folder().read_frames(parts_.replica.self(), folder().extent(), kPullBatch);
  parts_.replica.apply(theirs);
  if (parts_.replica.own_log() != OwnLog::sound) tell_rolled_back(report.peer);
}

void FolderSync::conclude(SyncReport& report) {
  const PeerCursors have = parts_.replica.cursors();
  const PeerCursors offered = folder().offered(have);
  const filelog::FolderReport seen = folder().report(have);
  for (std::size_t i = 0; i < filelog::kFileClasses; ++i) {
    const auto file_class = static_cast<filelog::FileClass>(i);
    if (const auto count = seen.files.of(file_class); count != 0) {
      report.files[filelog::to_text(file_class)] = count;
    }
  }
  PeerReport& peer = report.peer;
  const auto own = to_number(have.at(parts_.replica.self()));
  peer.to_send = own - std::min(own, to_number(folder().extent()));
  peer.to_get = behind(have, offered);
  const bool waits = seen.files.of(filelog::FileClass::future) != 0 ||
                     seen.files.of(filelog::FileClass::incomplete) != 0 ||
                     seen.files.of(filelog::FileClass::placeholder) != 0 ||
                     seen.files.of(filelog::FileClass::unsettled) != 0;
  if (peer.code) {
    peer.state = "blocked";
  } else {
    peer.state = peer.to_send + peer.to_get != 0 || waits ? "behind" : "current";
  }
  remember(peer);
  replica::WriteTransaction write(parts_.replica.connection());
  save_known(parts_.replica.connection(), offered);
  save_files(parts_.replica.connection(), location_, report.files);
  write.commit();
}

}  // namespace tidemark::api
