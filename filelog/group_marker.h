// Which groups a folder belongs to: the `<id>.tmgroup` files in its root, and what its segments
// say.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "filelog/folder_scan.h"
#include "filelog/storage.h"
#include "proto/group_spec.h"

namespace tidemark::filelog {

/// A group that a folder shows traces of.
struct FoundGroup {
  GroupId id;
  std::optional<proto::GroupSpec> spec;  ///< none: no marker of it is here, or none is whole
  bool marked{};                         ///< the marker of the proper name is here and whole
  std::size_t segments{};                ///< readable headers that name this group
  std::size_t origins{};                 ///< how many logs those belong to
};

/// All groups that markers or segments name: those with a marker in the order in which groups are
/// adopted (creation, then id), then the others by id. A marker counts whatever its name (conflict
/// copies); what its bytes are decides. `scan` must be of this storage, and refreshed.
std::vector<FoundGroup> find_groups(Storage& storage, const FolderScan& scan);

/// The proper name of a group's marker.
std::string marker_name(const GroupId& id);

/// Writes the marker of a group, or writes it again if it is damaged; nothing happens if it is
/// whole. Throws Error{folder_not_writable, ...}.
void write_marker(Storage& storage, const proto::GroupSpec& spec);

}  // namespace tidemark::filelog
