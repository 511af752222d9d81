#include "oplog/ids.h"

#include <algorithm>
#include <cstdint>

#include "oplog/hash.h"

namespace tidemark {
namespace {

constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::size_t kTextSize = 26;  // ceil(128 / 5)

using Raw = std::array<std::byte, 16>;

std::string encode(const Raw& bytes) {
  std::string text;
  std::uint32_t window = 0;
  int bits = 0;
  for (const std::byte byte : bytes) {
    window = (window << 8) | std::to_integer<std::uint32_t>(byte);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text.push_back(kAlphabet[(window >> bits) & 31U]);
    }
  }
  text.push_back(kAlphabet[(window << (5 - bits)) & 31U]);
  return text;
}

std::optional<Raw> decode(std::string_view text) {
  if (text.size() != kTextSize) return std::nullopt;
  Raw bytes{};
  std::uint32_t window = 0;
  int bits = 0;
  std::size_t next = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    window = (window << 5) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[next++] = static_cast<std::byte>((window >> bits) & 0xFFU);
    }
  }
  // The two bits beyond the 128th must be zero, or one id would have four texts.
  if ((window & ((1U << bits) - 1U)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string to_text(const PeerId& id) { return encode(id.bytes); }
std::string to_text(const GroupId& id) { return encode(id.bytes); }

std::optional<PeerId> parse_peer_id(std::string_view text) {
  const auto bytes = decode(text);
  return bytes ? std::optional(PeerId{*bytes}) : std::nullopt;
}

std::optional<GroupId> parse_group_id(std::string_view text) {
  const auto bytes = decode(text);
  return bytes ? std::optional(GroupId{*bytes}) : std::nullopt;
}

PeerId derive_origin(const Hash& key, const std::array<std::byte, 16>& nonce) {
  const Hash hash = hash256("tidemark.origin1", {key, nonce});
  PeerId id;
  std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

}  // namespace tidemark
