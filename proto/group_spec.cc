#include "proto/group_spec.h"

#include <algorithm>
#include <utility>

#include "oplog/check.h"
#include "oplog/hash.h"
#include "proto/leb.h"

namespace tidemark::proto {
namespace {

constexpr std::array<unsigned char, 8> kMagic = {0x89, 'T', 'M', 'G', 0x0D, 0x0A, 0x1A, 0x0A};
constexpr std::uint8_t kMajor = 1;

constexpr std::size_t kMajorAt = 8, kPolicyAt = 9, kZeroAt = 10, kNonceAt = 16, kKeyAt = 32,
                      kCreatedAt = 64, kZeroAgainAt = 72, kCrcAt = 92;

bool is_zero(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

bool is_known_policy(std::uint8_t policy) {
  constexpr unsigned kExpungeShift = 2;
  constexpr unsigned kExpungePolicies = 3;
  return policy >> kExpungeShift < kExpungePolicies;
}

}  // namespace

std::array<std::byte, kGroupSpecBytes> encode(const GroupSpec& spec) {
  TIDEMARK_CHECK(is_known_policy(spec.policy));
  std::array<std::byte, kGroupSpecBytes> bytes{};
  put_bytes(bytes.data(), std::as_bytes(std::span(kMagic)));
  bytes[kMajorAt] = std::byte{kMajor};
  bytes[kPolicyAt] = std::byte{spec.policy};
  put_bytes(bytes.data() + kNonceAt, spec.nonce);
  put_bytes(bytes.data() + kKeyAt, spec.admin_key);
  put_number(bytes.data() + kCreatedAt, spec.created_ms);
  put_number(bytes.data() + kCrcAt, crc32c(ByteView(bytes).first(kCrcAt)));
  return bytes;
}

const char* to_text(GroupSpecReject reject) {
  switch (reject) {
    case GroupSpecReject::none:
      return "none";
    case GroupSpecReject::wrong_size:
      return "wrong_size";
    case GroupSpecReject::bad_magic:
      return "bad_magic";
    case GroupSpecReject::bad_crc:
      return "bad_crc";
    case GroupSpecReject::newer_version:
      return "newer_version";
    case GroupSpecReject::bad_reserved:
      return "bad_reserved";
  }
  return "unknown";
}

GroupSpecReject decode(ByteView bytes, GroupSpec& out) {
  if (bytes.size() != kGroupSpecBytes) return GroupSpecReject::wrong_size;
  if (!std::ranges::equal(bytes.first(kMagic.size()), std::as_bytes(std::span(kMagic)))) {
    return GroupSpecReject::bad_magic;
  }
  if (get_number<std::uint32_t>(bytes.data() + kCrcAt) != crc32c(bytes.first(kCrcAt))) {
    return GroupSpecReject::bad_crc;
  }
  const auto major = std::to_integer<std::uint8_t>(bytes[kMajorAt]);
  if (major > kMajor) return GroupSpecReject::newer_version;
  out.policy = std::to_integer<std::uint8_t>(bytes[kPolicyAt]);
  std::copy_n(bytes.begin() + kNonceAt, out.nonce.size(), out.nonce.begin());
  std::copy_n(bytes.begin() + kKeyAt, out.admin_key.size(), out.admin_key.begin());
  out.created_ms = get_number<std::uint64_t>(bytes.data() + kCreatedAt);
  const bool reserved_clear = is_zero(bytes.subspan(kZeroAt, kNonceAt - kZeroAt)) &&
                              is_zero(bytes.subspan(kZeroAgainAt, kCrcAt - kZeroAgainAt));
  // Major 0 was never written.
  return reserved_clear && major == kMajor && is_known_policy(out.policy)
             ? GroupSpecReject::none
             : GroupSpecReject::bad_reserved;
}

GroupId group_id(const GroupSpec& spec) {
  const auto bytes = encode(spec);
  const Hash hash = hash256("tidemark.group.1", {ByteView(bytes).first(kCrcAt)});
  GroupId id;
  std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

bool precedes(const GroupSpec& a, const GroupSpec& b) {
  return std::pair(a.created_ms, group_id(a)) < std::pair(b.created_ms, group_id(b));
}

}  // namespace tidemark::proto
