#include "filelog/folder_scan.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "filelog/segment_name.h"
#include "oplog/error.h"
#include "oplog/limits.h"

namespace tidemark::filelog {
namespace {

constexpr std::int64_t kLookAgainMsMax = 5 * 60 * 1000;

bool in_root(const FileInfo& info) {
  return info.path.find('/') == std::string::npos;
}

bool named_as_marker(const FileInfo& info) {
  return in_root(info) && info.path.find(kMarkerSuffix) != std::string::npos;
}

// iCloud before macOS 14 leaves ".name.icloud" in the place of a file that it has not fetched.
bool is_stub(std::string_view path) {
  const std::string_view name = file_name(path);
  return name.starts_with('.') && name.ends_with(".icloud");
}

bool is_later_object(StoredFile& file) {
  std::array<std::byte, 8> magic;
  if (file.read(0, magic) < magic.size()) return false;
  return std::memcmp(magic.data(), kHeadMagic.data(), magic.size()) == 0 ||
         std::memcmp(magic.data(), kSnapshotMagic.data(), magic.size()) == 0;
}

bool read_whole(SegmentReject reject) {
  return reject >= SegmentReject::bad_file_hash;
}

std::int64_t wait_ms(std::uint32_t looks) {
  return std::min<std::int64_t>(kLookAgainMsMax, std::int64_t{1000} << std::min(looks, 20U));
}

}  // namespace

FolderScan::FolderScan(Storage& storage, Clock& clock, const GroupId& group)
    : storage_(storage), clock_(clock), group_(group) {}

bool FolderScan::refresh() {
  Listing listing = storage_.list({kFolderDepthMax, kFolderNamesMax, kLogDirectory});
  std::ranges::sort(listing.files, {}, &FileInfo::path);
  bool changed = truncated_ != listing.truncated;
  truncated_ = listing.truncated;
  markers_.clear();
  Files seen;
  for (const FileInfo& info : listing.files) {
    const bool marker = named_as_marker(info);
    if (marker || (in_root(info) && info.bytes == 96)) markers_.push_back(info);
    if (marker) continue;
    const auto known = files_.find(info.path);
    if (known != files_.end() && known->second.info == info && !is_due(known->second)) {
      seen.insert(seen.end(), files_.extract(known));
      continue;
    }
    auto file = examine(info, known == files_.end() ? nullptr : &known->second);
    changed = true;
    if (file) seen.emplace_hint(seen.end(), info.path, std::move(*file));
  }
  // Invariant absence-is-no-information: what has gone is no source any more, and that is all.
  changed = changed || !files_.empty();
  files_ = std::move(seen);
  return changed;
}

const ScannedFile* FolderScan::look_again(const std::string& path) {
  files_.erase(path);
  const auto info = storage_.info(path);
  if (!info) return nullptr;
  auto file = examine(*info, nullptr);
  return file ? &files_.emplace(path, std::move(*file)).first->second : nullptr;
}

void FolderScan::distrust(const std::string& path) {
  const auto found = files_.find(path);
  if (found == files_.end()) return;
  ScannedFile& file = found->second;
  file.segment.reset();
  file.refused = FileClass::unsettled;
  file.reason = "changed while it was read";
}

const ScannedFile* FolderScan::find(const std::string& path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

// What did not verify may yet, even if nothing of it seems to have changed: not every file system
// tells. Reading all of a bad file each time would cost too much.
bool FolderScan::is_due(const ScannedFile& known) const {
  if (!known.refused) return false;
  switch (*known.refused) {
    case FileClass::placeholder:
    case FileClass::incomplete:
    case FileClass::unsettled:
    case FileClass::corrupt:
      return !known.costly || clock_.steady_ms() >= known.look_again_ms;
    default:
      return false;
  }
}

bool FolderScan::changed_just_now(const FileInfo& info) const {
  const std::int64_t age_ms = clock_.unix_ms() - info.changed_ns / 1'000'000;
  return age_ms < kSettleMs && age_ms > -kSettleMs;
}

std::optional<ScannedFile> FolderScan::examine(const FileInfo& info, const ScannedFile* known) {
  ScannedFile file;
  file.info = info;
  const bool named = looks_like_segment(info.path);
  if (is_stub(info.path)) {
    file.refused = named ? FileClass::placeholder : FileClass::not_ours;
    return file;
  }
  if (!named && (info.bytes < kSegmentFixedBytes || !info.allocated)) {
    // Reading someone's stand-in would make the client fetch it.
    file.refused = FileClass::not_ours;
    return file;
  }
  try {
    const auto opened = storage_.open(info.path);
    if (!opened) return std::nullopt;
    judge(*opened, file);
  } catch (const Error& error) {
    file.refused = FileClass::unsettled;
    file.reason = error.what();
  }
  if (file.refused && file.costly) {
    const bool same = known != nullptr && known->costly && known->info == info;
    file.looks = same ? known->looks + 1 : 0;
    file.look_again_ms = clock_.steady_ms() + wait_ms(file.looks);
  }
  return file;
}

void FolderScan::judge(StoredFile& file, ScannedFile& out) {
  SegmentCheck check = check_header(file);
  if (check.reject == SegmentReject::bad_magic && is_later_object(file)) {
    out.refused = FileClass::newer;
    return;
  }
  if (check.reject != SegmentReject::none) return refuse(out, check);
  if (check.header.group != group_) {
    out.refused = FileClass::foreign;
    return keep(out, check);
  }
  check = check_segment(file);
  if (check.reject != SegmentReject::none) return refuse(out, check);
  keep(out, check);
}

void FolderScan::keep(ScannedFile& out, const SegmentCheck& check) {
  out.segment = std::make_unique<Segment>(
      Segment{out.info.path, check.header, check.file_hash, check.chain_after});
}

void FolderScan::refuse(ScannedFile& out, const SegmentCheck& check) {
  const bool named = looks_like_segment(out.info.path);
  out.reason = to_text(check.reject);
  out.costly = read_whole(check.reject);
  switch (check.reject) {
    case SegmentReject::newer_version:
    case SegmentReject::unknown_flag:
      out.refused = FileClass::newer;
      return;
    case SegmentReject::frame_newer:
      out.refused = FileClass::newer;
      out.reason = proto::to_text(check.frame);
      return;
    case SegmentReject::frame_damaged:
      out.reason.append(": ").append(proto::to_text(check.frame));
      break;
    case SegmentReject::too_short:
      out.refused = FileClass::incomplete;
      return;
    case SegmentReject::zeros:
      out.refused = out.info.allocated ? FileClass::incomplete : FileClass::placeholder;
      break;
    default:
      break;
  }
  const bool has_magic =
      check.reject != SegmentReject::bad_magic && check.reject != SegmentReject::zeros;
  if (!named && !has_magic) {
    out.refused = FileClass::not_ours;
    out.reason.clear();
  }
  if (out.refused) return;
  out.refused = changed_just_now(out.info) ? FileClass::unsettled : FileClass::corrupt;
}

}  // namespace tidemark::filelog
