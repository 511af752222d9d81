#include "bench/measure.h"

#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace tidemark::bench {
namespace {

TEST(Measure, MedianTakesEachFieldByItself) {
  const Sample middle = median({{1, 30, 5}, {3, 10, 7}, {2, 20, 6}});
  EXPECT_EQ(middle.seconds, 2);
  EXPECT_EQ(middle.bytes, 20);
  EXPECT_EQ(middle.peak_rss_kb, 6);
}

TEST(Measure, MedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle) {
  EXPECT_EQ(median({{1, 0, 0}, {2, 0, 0}, {4, 0, 0}, {9, 0, 0}}).seconds, 3);
}

TEST(Measure, SamplesOfAChildArriveInOrder) {
  const auto samples = in_child([] { return std::vector<Sample>{{1, 2, 3}, {4, 5, 6}}; });
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_EQ(samples[0].bytes, 2);
  EXPECT_EQ(samples[1].seconds, 4);
}

TEST(Measure, AChildThatThrowsIsAFailure) {
  const auto fail = []() -> std::vector<Sample> { throw std::runtime_error("expected by a test"); };
  EXPECT_THROW(in_child(fail), std::runtime_error);
}

TEST(Measure, CountsMemoryThatIsGoneAtTheEnd) {
  const auto samples = in_child([]() -> std::vector<Sample> {
    constexpr std::size_t kBytes = std::size_t{64} << 20;
    return {measure([&] {
      const std::vector<char> memory(kBytes, 'x');
      return static_cast<double>(memory.size());
    })};
  });
  EXPECT_EQ(samples.at(0).bytes, 64 << 20);
  EXPECT_GT(samples.at(0).peak_rss_kb, 60 << 10);
  EXPECT_LT(samples.at(0).peak_rss_kb, 80 << 10);
}

}  // namespace
}  // namespace tidemark::bench
