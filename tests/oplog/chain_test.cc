#include "oplog/chain.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/support/hex.h"

// Known answers are from an independent Python script over hashlib.blake2b. A changed one is a
// chain that no stored log continues.
namespace tidemark {
namespace {

using test::counting_bytes;
using test::to_hex;

const PeerId kOrigin{counting_bytes<16>(0)};
const Salt kSalt = counting_bytes<16>(16);

Entry hello() {
  Entry entry{Hlc{0x48D159E26AF37B}, EntryKind::row, true, kSalt, {}};
  append(entry.payload, as_bytes("hello"));
  return entry;
}

TEST(Chain, StartsFromTheOrigin) {
  EXPECT_EQ(to_hex(chain_start(kOrigin)),
            "ba070b99574e0d75e19fe2e1ce83f7325b968747d58d37b6328369ffa23f34cf");
}

TEST(Chain, BodyIsTheSaltedPayload) {
  EXPECT_EQ(to_hex(body_hash(kSalt, as_bytes("hello"))),
            "08b6e604edf858e6657bb420821722155e25e6405703c9158f49d019b9e010d6");
}

TEST(Chain, ContinuesByKnownAnswers) {
  const Hash one = chain_next(chain_start(kOrigin), EntryIndex{0}, hello());
  EXPECT_EQ(to_hex(one), "3b21b0a2da2fe3fd16360c9389bbea8720244b3d21cea7d34e79507337152fd0");
  const Entry empty{Hlc{0x0123456789ABCDF0}, EntryKind::chunk, false, kSalt, {}};
  EXPECT_EQ(to_hex(chain_next(one, EntryIndex{1}, empty)),
            "e4003d732c63cc441ad0a4b3de22de4514ff57a2b52aebdf9efad40e05399adb");
}

TEST(Chain, AnExpungedEntryStillVerifies) {
  const Entry live = hello();
  Expunged marker{live.hlc, live.kind, live.commit, body_hash(live.salt, live.payload), {}, {}};
  const Hash before = chain_start(kOrigin);
  EXPECT_EQ(chain_next(before, EntryIndex{7}, marker), chain_next(before, EntryIndex{7}, live));
  marker.authority = kOrigin;
  marker.authorised = EntryIndex{9};
  EXPECT_EQ(chain_next(before, EntryIndex{7}, marker), chain_next(before, EntryIndex{7}, live))
      << "who allowed the expunge is no part of the chain";
}

TEST(Chain, BindsEverythingThatIsSaidOfAnEntry) {
  const Entry entry = hello();
  const Hash start = chain_start(kOrigin);
  std::set<Hash> links = {chain_next(start, EntryIndex{0}, entry)};
  const auto differs = [&](const Hash& before, std::uint64_t index, auto change) {
    Entry other = entry;
    change(other);
    return links.insert(chain_next(before, EntryIndex{index}, other)).second;
  };
  const auto same = [](Entry&) {};
  EXPECT_TRUE(differs(start, 1, same));
  EXPECT_TRUE(differs(chain_start(PeerId{}), 0, same));
  EXPECT_TRUE(differs(start, 0, [](Entry& e) { e.hlc.bits += 1; }));
  EXPECT_TRUE(differs(start, 0, [](Entry& e) { e.kind = EntryKind::chunk; }));
  EXPECT_TRUE(differs(start, 0, [](Entry& e) { e.commit = false; }));
  EXPECT_TRUE(differs(start, 0, [](Entry& e) { e.salt[0] ^= std::byte{1}; }));
  EXPECT_TRUE(differs(start, 0, [](Entry& e) { e.payload.push_back(std::byte{0}); }));
}

TEST(SaltSequence, FollowsKnownAnswersAcrossItsBlocks) {
  SaltSequence salts(counting_bytes<16>(100));
  EXPECT_EQ(to_hex(salts.at(EntryIndex{0})), "41331b4876fb292145a6ca2c6b6cb277");
  EXPECT_EQ(to_hex(salts.at(EntryIndex{3})), "2965b6fb5deb2216eb54b7fc6f03754e");
  EXPECT_EQ(to_hex(salts.at(EntryIndex{4})), "f2ef4eeacb407da153f3c6a93e4e120e");
  EXPECT_EQ(to_hex(salts.at(EntryIndex{1})), "29ea9073e063b600fd7dd7cf646ae1b2")
      << "the order of asking must not matter";
}

}  // namespace
}  // namespace tidemark
