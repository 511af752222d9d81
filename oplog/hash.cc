#include "oplog/hash.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "oplog/check.h"

namespace tidemark {
namespace {

// sodium_init picks the vectorised BLAKE2b; hashing before it is right but slow.
const bool kSodiumReady = sodium_init() >= 0;

using Personal = std::array<unsigned char, crypto_generichash_blake2b_PERSONALBYTES>;

Personal padded(std::string_view personal) {
  Personal out{};
  TIDEMARK_CHECK(kSodiumReady && personal.size() <= out.size());
  std::ranges::copy(personal, out.begin());
  return out;
}

const unsigned char* raw(ByteView bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

template <std::size_t Size>
unsigned char* raw(std::array<std::byte, Size>& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0x82F63B78U : 0U);
    table[byte] = crc;
  }
  return table;
}

constexpr auto kCrcTable = make_crc_table();

}  // namespace

Hash hash256(std::string_view personal, std::initializer_list<ByteView> parts) {
  crypto_generichash_blake2b_state state;
  const Personal person = padded(personal);
  Hash out;
  crypto_generichash_blake2b_init_salt_personal(&state, nullptr, 0, out.size(), nullptr,
                                                person.data());
  for (const ByteView part : parts) {
    crypto_generichash_blake2b_update(&state, raw(part), part.size());
  }
  crypto_generichash_blake2b_final(&state, raw(out), out.size());
  return out;
}

using State = crypto_generichash_blake2b_state;
static_assert(sizeof(State) <= sizeof(Hasher256) && alignof(State) <= alignof(Hasher256));

Hasher256::Hasher256(std::string_view personal) {
  const Personal person = padded(personal);
  State state;
  crypto_generichash_blake2b_init_salt_personal(&state, nullptr, 0, Hash{}.size(), nullptr,
                                                person.data());
  std::memcpy(state_.data(), &state, sizeof(state));
}

void Hasher256::update(ByteView bytes) {
  State state;
  std::memcpy(&state, state_.data(), sizeof(state));
  crypto_generichash_blake2b_update(&state, raw(bytes), bytes.size());
  std::memcpy(state_.data(), &state, sizeof(state));
}

Hash Hasher256::value() const {
  State state;
  std::memcpy(&state, state_.data(), sizeof(state));
  Hash out;
  crypto_generichash_blake2b_final(&state, raw(out), out.size());
  return out;
}

Hash128 hash128(std::string_view personal, ByteView bytes) {
  const Personal person = padded(personal);
  Hash128 out;
  crypto_generichash_blake2b_salt_personal(raw(out), out.size(), raw(bytes), bytes.size(), nullptr,
                                           0, nullptr, person.data());
  return out;
}

std::array<std::byte, 64> keyed_hash512(const Salt& key, std::string_view personal,
                                        ByteView bytes) {
  const Personal person = padded(personal);
  std::array<std::byte, 64> out;
  crypto_generichash_blake2b_salt_personal(raw(out), out.size(), raw(bytes), bytes.size(),
                                           raw(key), key.size(), nullptr, person.data());
  return out;
}

Hash128 keyed_hash128(const std::array<std::byte, 16>& secret, ByteView bytes) {
  Hash128 out;
  crypto_shorthash_siphashx24(raw(out), raw(bytes), bytes.size(), raw(ByteView(secret)));
  return out;
}

std::uint32_t crc32c(ByteView bytes) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const std::byte byte : bytes) {
    crc = (crc >> 8) ^ kCrcTable[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xFFU];
  }
  return ~crc;
}

}  // namespace tidemark
