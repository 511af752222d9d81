// Names of segment files. A name is only a hint: what a file is, its bytes say.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "filelog/segment_header.h"

namespace tidemark::filelog {

/// What a name tells: `<origin 8>-<first 12 hex>-<hash 10 hex>.tmseg`. Two segments of different
/// content never share a name.
struct SegmentName {
  std::string origin;  ///< the first 8 characters of its text
  EntryIndex first{};
  std::string hash;  ///< the first 40 bits of the file hash, in hex
  bool operator==(const SegmentName&) const = default;
};

std::string segment_name(const PeerId& origin, EntryIndex first, const Hash& file_hash);

/// Reads exactly what segment_name() writes; anything else is no name of ours.
std::optional<SegmentName> parse_segment_name(std::string_view name);

/// Where `publisher` keeps a file of this name, relative to the folder.
std::string segment_path(const PeerId& publisher, std::string_view name);

/// The last component of a path.
std::string_view file_name(std::string_view path);

/// Whether someone may have meant this file to be a segment: also a conflict copy, a stub.
bool looks_like_segment(std::string_view path);

}  // namespace tidemark::filelog
