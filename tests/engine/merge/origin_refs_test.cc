#include "engine/merge/origin_refs.h"

#include <gtest/gtest.h>

#include "oplog/error.h"
#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::OriginRefs;

const OriginRefs kRefs({{1, peer(7), {}, {}, {}}, {4, peer(9), {}, {}, {}}});

TEST(OriginRefs, MapsBothWays) {
  EXPECT_EQ(kRefs.ref(peer(7)), 1);
  EXPECT_EQ(kRefs.ref(peer(9)), 4);
  EXPECT_EQ(kRefs.ref(peer(9)), 4);
  EXPECT_EQ(kRefs.id(1), peer(7));
  EXPECT_EQ(kRefs.id(4), peer(9));
}

void expect_corrupt(std::int64_t ref) {
  try {
    static_cast<void>(kRefs.id(ref));
    ADD_FAILURE() << ref << " was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::database_corrupt);
  }
}

TEST(OriginRefs, RefusesRefsThatAreNotThere) {
  expect_corrupt(0);
  expect_corrupt(2);
  expect_corrupt(5);
  expect_corrupt(-1);
}

TEST(OriginRefsDeathTest, AnUnknownOriginIsABug) {
  EXPECT_DEATH(static_cast<void>(kRefs.ref(peer(8))), "");
}

}  // namespace
}  // namespace tidemark::test
