#include "engine/merge/shadow.h"

#include <gtest/gtest.h>

#include "tests/engine/log_model.h"

namespace tidemark::test {
namespace {

using engine::Shadow;
using engine::ShadowCells;
using proto::Cell;
using proto::OwnedCell;

class ShadowOn : public testing::Test {
 protected:
  static Bytes row(unsigned number) { return Bytes(1, static_cast<std::byte>(number)); }
  Scratch scratch_;
  Shadow shadow_{scratch_.sql};
};

TEST_F(ShadowOn, KeepsEveryStorageClass) {
  const std::string_view text("a\0b", 3);
  shadow_.put(1, row(1), 3, Cell::of_blob(as_bytes(text)));
  shadow_.put(1, row(1), 0, Cell::null());
  shadow_.put(1, row(1), 2, Cell::of_text(text));
  shadow_.put(1, row(1), 1, Cell::of_real(1.0));
  shadow_.put(1, row(1), 4, Cell::of_integer(1));
  EXPECT_EQ(shadow_.read(1, row(1)), (ShadowCells{{0, OwnedCell(Cell::null())},
                                                  {1, OwnedCell(Cell::of_real(1.0))},
                                                  {2, OwnedCell(Cell::of_text(text))},
                                                  {3, OwnedCell(Cell::of_blob(as_bytes(text)))},
                                                  {4, OwnedCell(Cell::of_integer(1))}}));
}

TEST_F(ShadowOn, ALaterValueReplacesTheEarlier) {
  shadow_.put(1, row(1), 0, Cell::of_integer(1));
  shadow_.put(1, row(1), 0, Cell::of_text("x"));
  EXPECT_EQ(shadow_.read(1, row(1)), (ShadowCells{{0, OwnedCell(Cell::of_text("x"))}}));
}

TEST_F(ShadowOn, ErasesOneColumnOrTheRow) {
  for (engine::ColumnNo column = 0; column < 3; ++column) {
    shadow_.put(1, row(1), column, Cell::null());
    shadow_.put(1, row(2), column, Cell::null());
    shadow_.put(2, row(1), column, Cell::null());
  }
  shadow_.erase(1, row(1), 1);
  EXPECT_EQ(shadow_.read(1, row(1)).size(), 2U);
  shadow_.erase_row(1, row(1));
  EXPECT_TRUE(shadow_.read(1, row(1)).empty());
  EXPECT_EQ(shadow_.read(1, row(2)).size(), 3U);
  EXPECT_EQ(shadow_.read(2, row(1)).size(), 3U);
}

TEST_F(ShadowOn, ListsTheRowsOfATable) {
  shadow_.put(1, row(2), 0, Cell::null());
  shadow_.put(1, row(1), 0, Cell::null());
  shadow_.put(1, row(1), 1, Cell::null());
  shadow_.put(2, row(3), 0, Cell::null());
  EXPECT_EQ(shadow_.rows(1), (std::vector<Bytes>{row(1), row(2)}));
}

TEST_F(ShadowOn, ListsWhatIsParked) {
  shadow_.park(1, row(2), "why");
  shadow_.park(1, row(1), "why");
  shadow_.park(1, row(1), "why again");
  shadow_.park(2, row(3), "why");
  EXPECT_EQ(shadow_.parked_rows(1), (std::vector<Bytes>{row(1), row(2)}));
  shadow_.unpark(1, row(2));
  EXPECT_EQ(shadow_.parked_rows(1), (std::vector<Bytes>{row(1)}));
}

}  // namespace
}  // namespace tidemark::test
