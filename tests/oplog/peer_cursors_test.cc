#include "oplog/peer_cursors.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tidemark {
namespace {

PeerId peer(unsigned number) {
  return {{std::byte{static_cast<unsigned char>(number)}}};
}

PeerCursors cursors(std::initializer_list<std::pair<unsigned, std::uint64_t>> list) {
  PeerCursors all;
  for (const auto& [number, next] : list) all.advance(peer(number), EntryIndex{next});
  return all;
}

const PeerId kAlice = peer(1);

}  // namespace
}  // namespace tidemark

// Few origins and low indices, so that vectors meet, order and clash often.
template <>
struct rc::Arbitrary<tidemark::PeerCursors> {
  static Gen<tidemark::PeerCursors> arbitrary() {
    const auto cursor = gen::pair(gen::inRange(0U, 5U), gen::inRange<std::uint64_t>(0, 4));
    return gen::map(gen::container<std::vector<std::pair<unsigned, std::uint64_t>>>(cursor),
                    [](const auto& list) {
                      tidemark::PeerCursors all;
                      for (const auto& [number, next] : list) {
                        all.advance(tidemark::peer(number), tidemark::EntryIndex{next});
                      }
                      return all;
                    });
  }
};

namespace tidemark {
namespace {

PeerCursors merged(PeerCursors a, const PeerCursors& b) {
  a.merge(b);
  return a;
}

TEST(PeerCursors, AnUnseenOriginIsAtZero) {
  EXPECT_EQ(PeerCursors().at(kAlice), EntryIndex{0});
  EXPECT_TRUE(PeerCursors().empty());
}

// Invariant cursor-only-grows.
TEST(PeerCursors, NeverMovesBackwards) {
  PeerCursors all;
  EXPECT_TRUE(all.advance(kAlice, EntryIndex{5}));
  EXPECT_FALSE(all.advance(kAlice, EntryIndex{5}));
  EXPECT_FALSE(all.advance(kAlice, EntryIndex{3}));
  EXPECT_EQ(all.at(kAlice), EntryIndex{5});
}

TEST(PeerCursors, AZeroIsNotKept) {
  PeerCursors all;
  EXPECT_FALSE(all.advance(kAlice, EntryIndex{0}));
  EXPECT_EQ(all, PeerCursors());
}

TEST(PeerCursors, MissingNamesEachRangeOnceOrderedByOrigin) {
  const PeerCursors mine = cursors({{1, 5}, {2, 7}});
  const PeerCursors offered = cursors({{3, 2}, {1, 9}, {2, 7}});
  EXPECT_EQ(mine.missing(offered),
            (std::vector<OriginRange>{{peer(1), EntryIndex{5}, EntryIndex{9}},
                                      {peer(3), EntryIndex{0}, EntryIndex{2}}}));
}

TEST(PeerCursors, WhatExceedsIsTheDelta) {
  EXPECT_EQ(cursors({{1, 9}, {2, 7}, {3, 1}}).beyond(cursors({{1, 5}, {2, 7}, {4, 1}})),
            cursors({{1, 9}, {3, 1}}));
}

TEST(PeerCursors, ConcurrentVectorsAreUnordered) {
  EXPECT_EQ(cursors({{1, 1}}) <=> cursors({{2, 1}}), std::partial_ordering::unordered);
  EXPECT_LT(cursors({{1, 1}}), cursors({{1, 1}, {2, 1}}));
}

RC_GTEST_PROP(PeerCursors, MergeIsCommutative, (const PeerCursors& a, const PeerCursors& b)) {
  RC_ASSERT(merged(a, b) == merged(b, a));
}

RC_GTEST_PROP(PeerCursors, MergeIsAssociative,
              (const PeerCursors& a, const PeerCursors& b, const PeerCursors& c)) {
  RC_ASSERT(merged(merged(a, b), c) == merged(a, merged(b, c)));
}

RC_GTEST_PROP(PeerCursors, MergeIsIdempotent, (const PeerCursors& a)) {
  RC_ASSERT(merged(a, a) == a);
}

RC_GTEST_PROP(PeerCursors, MergeIsTheLeastThatCoversBoth,
              (const PeerCursors& a, const PeerCursors& b, const PeerCursors& bound)) {
  const PeerCursors both = merged(a, b);
  RC_ASSERT(both.covers(a) && both.covers(b));
  RC_ASSERT((bound.covers(a) && bound.covers(b)) == bound.covers(both));
}

RC_GTEST_PROP(PeerCursors, WhatIsMissingMakesItCover,
              (const PeerCursors& a, const PeerCursors& offered)) {
  PeerCursors after = a;
  for (const OriginRange& range : a.missing(offered)) {
    RC_ASSERT(range.from == a.at(range.origin) && range.from < range.to);
    RC_ASSERT(after.advance(range.origin, range.to));
  }
  RC_ASSERT(after == merged(a, offered));
  RC_ASSERT(after.missing(offered).empty());
}

RC_GTEST_PROP(PeerCursors, TheDeltaTakesTheOldToTheMerge,
              (const PeerCursors& a, const PeerCursors& before)) {
  RC_ASSERT(merged(before, a.beyond(before)) == merged(before, a));
  RC_ASSERT(a.beyond(before).empty() == before.covers(a));
}

RC_GTEST_PROP(PeerCursors, OrderIsThatOfCovering, (const PeerCursors& a, const PeerCursors& b)) {
  RC_ASSERT((a >= b) == a.covers(b));
  RC_ASSERT((a <= b) == b.covers(a));
  RC_ASSERT((a == b) == (a.covers(b) && b.covers(a)));
  RC_ASSERT((a < b) == (b > a));
}

RC_GTEST_PROP(PeerCursors, OrderIsTransitive, (const PeerCursors& a, const PeerCursors& b)) {
  const PeerCursors both = merged(a, b);
  const PeerCursors more = merged(both, cursors({{9, 1}}));
  RC_ASSERT(a <= both && both < more && a < more);
}

}  // namespace
}  // namespace tidemark
