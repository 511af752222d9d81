// Who wrote and with whom: 128-bit ids with one text form, 26 characters of base32 (a-z2-7).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "oplog/bytes.h"

namespace tidemark {

/// One log and its single writer. Names an incarnation of a device's log, not the device: a
/// restored or cloned device starts a new origin. Order is bytewise.
struct PeerId {
  std::array<std::byte, 16> bytes{};
  auto operator<=>(const PeerId&) const = default;
};

/// The set of devices that share data: the hash of its GroupSpec.
struct GroupId {
  std::array<std::byte, 16> bytes{};
  auto operator<=>(const GroupId&) const = default;
};

/// The 26-character text form.
std::string to_text(const PeerId& id);
std::string to_text(const GroupId& id);

/// Reads exactly the text form; nothing else (upper case, padding, stray bits) is an id.
std::optional<PeerId> parse_peer_id(std::string_view text);
std::optional<GroupId> parse_group_id(std::string_view text);

/// The first 16 bytes of H("tidemark.origin1"; key ‖ nonce) (proto/FRAME.md); `key` is the
/// Ed25519 public key of the origin, zero in a plain group.
PeerId derive_origin(const Hash& key, const std::array<std::byte, 16>& nonce);

}  // namespace tidemark
