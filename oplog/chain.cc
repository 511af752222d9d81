#include "oplog/chain.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "oplog/hash.h"

namespace tidemark {
namespace {

void put_u64(std::byte* to, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) to[i] = static_cast<std::byte>(value >> (8 * i));
}

}  // namespace

Hash chain_start(const PeerId& origin) { return hash256("tidemark.start.1", {origin.bytes}); }

Hash body_hash(const Salt& salt, ByteView payload) {
  return hash256("tidemark.body.1", {salt, payload});
}

Hash chain_next(const Hash& before, const ChainLink& link, const Hash& body) {
  // u64 index ‖ chain ‖ u64 hlc ‖ u8 kind ‖ u8 commit ‖ body: 82 bytes, one block.
  std::array<std::byte, 82> input;
  put_u64(input.data(), to_number(link.index));
  std::ranges::copy(before, input.begin() + 8);
  put_u64(input.data() + 40, link.hlc.bits);
  input[48] = static_cast<std::byte>(link.kind);
  input[49] = static_cast<std::byte>(link.commit ? 1 : 0);
  std::ranges::copy(body, input.begin() + 50);
  return hash256("tidemark.chain.1", {input});
}

Hash chain_next(const Hash& before, EntryIndex index, const StoredEntry& entry) {
  return std::visit(
      [&](const auto& e) {
        const ChainLink link{index, e.hlc, e.kind, e.commit};
        if constexpr (std::is_same_v<std::decay_t<decltype(e)>, Entry>) {
          return chain_next(before, link, body_hash(e.salt, e.payload));
        } else {
          return chain_next(before, link, e.body);
        }
      },
      entry);
}

const Salt& SaltSequence::at(EntryIndex index) {
  const std::uint64_t number = to_number(index);
  if (number / 4 != group_) {
    group_ = number / 4;
    std::array<std::byte, 8> input;
    put_u64(input.data(), group_);
    const auto block = keyed_hash512(seed_, "tidemark.salt.1", input);
    std::memcpy(salts_.data(), block.data(), block.size());
  }
  return salts_[number % 4];
}

}  // namespace tidemark
