#include "engine/merge/clock_store.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::ClockCodec;
using engine::ClockStore;
using engine::ColumnNo;
using engine::OriginRefs;
using engine::RowAddress;
using engine::RowAddresser;
using engine::RowClock;
using Where = engine::ClockStore::Where;

class ClockStoreOn : public testing::Test {
 protected:
  static RowAddress address(unsigned slot, unsigned rest) {
    RowAddress made;
    made.hash[0] = static_cast<std::byte>(slot);
    made.hash[8] = static_cast<std::byte>(rest);
    made.hash[15] = static_cast<std::byte>(rest);
    return made;
  }
  static RowClock clock(std::uint64_t h) {
    RowClock made;
    made.registers.fold_insert(stamp(h), std::vector<ColumnNo>{0}, 1);
    return made;
  }
  ClockStore open() { return ClockStore(scratch_.sql, ClockCodec(0, refs_)); }
  std::int64_t count(const std::string& table) {
    return scratch_.sql.integer("SELECT count(*) FROM " + table);
  }

  Scratch scratch_;
  OriginRefs refs_{{{1, peer(1), {}, {}, {}}}};
};

TEST_F(ClockStoreOn, ReadsBackWhatIsNotYetFlushed) {
  ClockStore store = open();
  store.store(address(1, 1), clock(5), Where::nowhere);
  EXPECT_EQ(store.load(address(1, 1)).clock, clock(5));
  EXPECT_EQ(count("tidemark_row"), 0);
}

TEST_F(ClockStoreOn, ReadsBackWhatIsFlushed) {
  ClockStore store = open();
  store.store(address(1, 1), clock(5), Where::nowhere);
  store.flush();
  const auto loaded = open().load(address(1, 1));
  EXPECT_EQ(loaded.clock, clock(5));
  EXPECT_EQ(loaded.where, Where::slot);
}

TEST_F(ClockStoreOn, AnUnknownRowIsNowhere) {
  ClockStore store = open();
  EXPECT_EQ(store.load(address(1, 1)).where, Where::nowhere);
  store.store(address(1, 1), clock(5), Where::nowhere);
  store.flush();
  EXPECT_EQ(store.load(address(2, 2)).where, Where::nowhere);
  EXPECT_TRUE(store.load(address(2, 2)).clock.registers.empty());
}

TEST_F(ClockStoreOn, UpdatesInPlace) {
  ClockStore store = open();
  store.store(address(1, 1), clock(5), Where::nowhere);
  store.flush();
  store.store(address(1, 1), clock(9), store.load(address(1, 1)).where);
  store.flush();
  EXPECT_EQ(open().load(address(1, 1)).clock, clock(9));
  EXPECT_EQ(count("tidemark_row"), 1);
}

TEST_F(ClockStoreOn, TwoNewRowsOfOneSlotAreBothKept) {
  ClockStore store = open();
  store.store(address(1, 1), clock(5), Where::nowhere);
  store.store(address(1, 2), clock(6), Where::nowhere);
  store.flush();
  EXPECT_EQ(count("tidemark_row_overflow"), 1);
  EXPECT_EQ(open().load(address(1, 1)).clock, clock(5));
  EXPECT_EQ(open().load(address(1, 2)).clock, clock(6));
}

TEST_F(ClockStoreOn, ALaterRowOfATakenSlotOverflowsAndMovesThere) {
  ClockStore store = open();
  store.store(address(1, 1), clock(5), Where::nowhere);
  store.flush();
  auto other = store.load(address(1, 2));
  EXPECT_EQ(other.where, Where::overflow);
  EXPECT_TRUE(other.clock.registers.empty());
  store.store(address(1, 2), clock(6), other.where);
  store.flush();
  other = store.load(address(1, 2));
  EXPECT_EQ(other.where, Where::overflow);
  EXPECT_EQ(other.clock, clock(6));
  store.store(address(1, 2), clock(7), other.where);
  store.flush();
  EXPECT_EQ(open().load(address(1, 2)).clock, clock(7));
  EXPECT_EQ(open().load(address(1, 1)).clock, clock(5));
}

TEST_F(ClockStoreOn, SeesWhatAnotherWroteOnceRefreshed) {
  ClockStore store = open();
  {
    ClockStore other = open();
    other.store(address(1, 1), clock(5), Where::nowhere);
    other.flush();
  }
  store.refresh();
  EXPECT_EQ(store.load(address(1, 1)).clock, clock(5));
}

TEST_F(ClockStoreOn, ManyRowsInOneCache) {
  ClockStore store = open();
  for (unsigned i = 0; i < 2000; ++i)
    store.store(address(i % 256, i / 256), clock(i), Where::nowhere);
  for (unsigned i = 0; i < 2000; i += 2)
    store.store(address(i % 256, i / 256), clock(i + 1), Where::nowhere);
  for (int flushed = 0; flushed < 2; ++flushed) {
    for (unsigned i = 0; i < 2000; ++i) {
      ASSERT_EQ(store.load(address(i % 256, i / 256)).clock, clock(i % 2 == 0 ? i + 1 : i)) << i;
    }
    store.flush();
  }
}

TEST_F(ClockStoreOn, WhatWasNotFlushedIsLostWithIt) {
  { open().store(address(1, 1), clock(5), Where::nowhere); }
  EXPECT_TRUE(open().load(address(1, 1)).clock.registers.empty());
}

TEST(RowAddresser, DependsOnTableIdentityAndSecret) {
  const RowAddresser addresser({std::byte{1}});
  const RowAddresser other({std::byte{2}});
  const Bytes identity(2, std::byte{5});
  EXPECT_EQ(addresser.address(1, identity), addresser.address(1, identity));
  EXPECT_NE(addresser.address(1, identity), addresser.address(2, identity));
  EXPECT_NE(addresser.address(1, identity), addresser.address(1, Bytes(2, std::byte{6})));
  EXPECT_NE(addresser.address(1, identity), other.address(1, identity));
}

}  // namespace
}  // namespace tidemark::test
