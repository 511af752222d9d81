// What a group is: the 96 bytes of a `.tmgroup` file, whose hash is the group's id.
#pragma once

#include <array>
#include <cstdint>

#include "oplog/bytes.h"
#include "oplog/ids.h"

namespace tidemark::proto {

inline constexpr std::size_t kGroupSpecBytes = 96;

struct GroupSpec {
  std::uint8_t policy{};  ///< b0 must sign, b1 must encrypt, b2-3 who may expunge (0, 1 or 2)
  std::array<std::byte, 16> nonce{};
  Hash admin_key{};  ///< zero without one
  std::uint64_t created_ms{};

  bool plain() const { return (policy & 3U) == 0; }
  bool operator==(const GroupSpec&) const = default;
};

/// The content of a group's marker file.
std::array<std::byte, kGroupSpecBytes> encode(const GroupSpec& spec);

/// Why bytes are no group that we know, in the order of the checks.
enum class GroupSpecReject : std::uint8_t {
  none,
  wrong_size,
  bad_magic,
  bad_crc,
  newer_version,
  bad_reserved,  ///< reserved bytes or bits are not zero, or the expunge policy is unknown
};
/// The enumerator's name.
const char* to_text(GroupSpecReject reject);

/// Reads exactly one marker. `out` is complete only on `none`.
GroupSpecReject decode(ByteView bytes, GroupSpec& out);

/// The group's id: the first 16 bytes of H("tidemark.group.1"; bytes 0-91) (FRAME.md).
GroupId group_id(const GroupSpec& spec);

/// The order in which groups are adopted: by creation time, then by id.
bool precedes(const GroupSpec& a, const GroupSpec& b);

}  // namespace tidemark::proto
