#include "cli/layout.h"

#include <limits>

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

TEST(Paint, ColoursOnlyWhereWanted) {
  EXPECT_EQ(Paint{}(Style::bad, "x"), "x");
  EXPECT_EQ(Paint{true}(Style::bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Paint{true}(Style::plain, "x"), "x");
}

TEST(Layout, PrintableKeepsText) {
  EXPECT_EQ(printable("notes, Größe, 日本, 🙂"), "notes, Größe, 日本, 🙂");
}

TEST(Layout, PrintableTakesTheCommandsFromATerminal) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a?[2Jb");
  EXPECT_EQ(printable("a\nb\tc\x7f"), "a?b?c?");
  EXPECT_EQ(printable("a\xc2\x9b"
                      "b"),
            "a?b");  // C1 control
  EXPECT_EQ(printable("a\xe2\x80\xae"
                      "b"),
            "a?b");  // right-to-left override
}

TEST(Layout, PrintableReplacesWhatIsNoUtf8) {
  EXPECT_EQ(printable("a\xff"
                      "b"),
            "a?b");
  EXPECT_EQ(printable("a\xe2\x82"), "a??");          // cut short
  EXPECT_EQ(printable("\xc0\xaf"), "??");            // overlong
  EXPECT_EQ(printable("\xe0\x80\xaf"), "???");       // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");       // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");  // beyond U+10FFFF
}

TEST(Layout, WidthCountsCodePoints) {
  EXPECT_EQ(width("abc"), 3U);
  EXPECT_EQ(width("Größe"), 5U);
}

TEST(Layout, NumbersAreGrouped) {
  EXPECT_EQ(grouped(std::uint64_t{0}), "0");
  EXPECT_EQ(grouped(std::uint64_t{999}), "999");
  EXPECT_EQ(grouped(std::uint64_t{12204}), "12,204");
  EXPECT_EQ(grouped(std::uint64_t{1234567}), "1,234,567");
  EXPECT_EQ(grouped(std::int64_t{-12204}), "-12,204");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(Layout, BytesHaveUnits) {
  EXPECT_EQ(in_bytes(1023), "1023 B");
  EXPECT_EQ(in_bytes(1024), "1.0 KiB");
  EXPECT_EQ(in_bytes(1258291), "1.2 MiB");
}

TEST(Layout, TimesHaveUnits) {
  EXPECT_EQ(in_time(0), "0 s");
  EXPECT_EQ(in_time(0.4), "0 s");
  EXPECT_EQ(in_time(-3), "0 s");
  EXPECT_EQ(in_time(61), "1 min");
  EXPECT_EQ(in_time(3 * 86400 + 5), "3 d");
  EXPECT_EQ(in_time(std::numeric_limits<double>::quiet_NaN()), "0 s");
}

TEST(Layout, CountsHaveTheirWord) {
  EXPECT_EQ(counted(1, "entry", "entries"), "1 entry");
  EXPECT_EQ(counted(1200, "entry", "entries"), "1,200 entries");
}

TEST(Columns, AlignLeftAndRight) {
  Columns columns({1});
  columns.add({{"name"}, {"rows"}, {"state"}});
  columns.add({{"Größe"}, {"7"}, {"ok"}});
  EXPECT_EQ(columns.text({}),
            "name   rows  state\n"
            "Größe     7  ok\n");
}

TEST(Columns, LinesHaveNoTrailingSpace) {
  Columns columns({}, "  ");
  columns.add({{"a"}, {""}, {"long"}});
  columns.add({{"bb"}, {"x"}, {""}});
  EXPECT_EQ(columns.text({}),
            "  a      long\n"
            "  bb  x\n");
}

TEST(Columns, ColourDoesNotMoveAnything) {
  Columns columns;
  columns.add({{"ab", Style::good}, {"c"}});
  columns.add({{"a"}, {"c"}});
  EXPECT_EQ(columns.text({true}), "\x1b[32mab\x1b[0m  c\na   c\n");
}

}  // namespace
}  // namespace tidemark::cli
