#include "filelog/group_marker.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "oplog/error.h"

namespace tidemark::filelog {
namespace {

std::optional<proto::GroupSpec> read_marker(Storage& storage, const std::string& path) {
  std::array<std::byte, proto::kGroupSpecBytes> bytes;
  try {
    const auto file = storage.open(path);
    if (!file || file->bytes() != bytes.size()) return std::nullopt;
    if (file->read(0, bytes) < bytes.size()) return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;  // not readable now: as if it had not arrived
  }
  proto::GroupSpec spec;
  const bool whole = proto::decode(bytes, spec) == proto::GroupSpecReject::none;
  return whole ? std::optional(spec) : std::nullopt;
}

bool adopted_before(const FoundGroup& a, const FoundGroup& b) {
  if (a.spec && b.spec) return proto::precedes(*a.spec, *b.spec);
  if (a.spec || b.spec) return a.spec.has_value();
  return a.id < b.id;
}

}  // namespace

std::string marker_name(const GroupId& id) {
  return to_text(id).append(kMarkerSuffix);
}

std::vector<FoundGroup> find_groups(Storage& storage, const FolderScan& scan) {
  std::map<GroupId, FoundGroup> found;
  for (const FileInfo& info : scan.markers()) {
    const auto spec = read_marker(storage, info.path);
    if (!spec) continue;
    const GroupId id = proto::group_id(*spec);
    FoundGroup& group = found[id];
    group.spec = spec;
    group.marked = group.marked || info.path == marker_name(id);
  }
  std::set<std::pair<GroupId, PeerId>> logs;
  for (const auto& [path, file] : scan.files()) {
    if (!file.segment) continue;
    const SegmentHeader& header = file.segment->header;
    FoundGroup& group = found[header.group];
    ++group.segments;
    if (logs.emplace(header.group, header.origin).second) ++group.origins;
  }
  std::vector<FoundGroup> groups;
  for (auto& [id, group] : found) {
    group.id = id;
    groups.push_back(group);
  }
  std::ranges::sort(groups, adopted_before);
  return groups;
}

void write_marker(Storage& storage, const proto::GroupSpec& spec) {
  const std::string name = marker_name(proto::group_id(spec));
  const auto bytes = proto::encode(spec);
  if (storage.write_new(name, bytes)) return;
  if (read_marker(storage, name) == spec) return;
  storage.replace(name, bytes);
}

}  // namespace tidemark::filelog
