#include "proto/zstd_codec.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <zstd.h>

#include "proto/leb.h"

namespace tidemark::proto {
namespace {

const std::string kText(5000, 'a');

Bytes compressed(std::string_view text) {
  Bytes out;
  EXPECT_TRUE(compress(as_bytes(text), 3, out));
  return out;
}

bool accepts(ByteView stored, std::size_t raw_length = kText.size()) {
  Bytes out;
  return decompress(stored, raw_length, out);
}

// One zstd frame, made with parameters that our own writer never chooses.
template <typename Set>
Bytes made_with(Set set) {
  ZSTD_CCtx* context = ZSTD_createCCtx();
  set(context);
  Bytes out(ZSTD_compressBound(kText.size()));
  const auto size = ZSTD_compress2(context, out.data(), out.size(), kText.data(), kText.size());
  EXPECT_EQ(ZSTD_isError(size), 0U);
  ZSTD_freeCCtx(context);
  out.resize(size);
  return out;
}

RC_GTEST_PROP(Zstd, RoundTrips, (const std::string& part)) {
  const std::string text = part + kText + part;
  Bytes out{std::byte{7}};
  RC_ASSERT(decompress(compressed(text), text.size(), out));
  RC_ASSERT(as_text(out) == text);
}

TEST(Zstd, ReportsWhatWouldNotBeSmaller) {
  Bytes out;
  EXPECT_FALSE(compress({}, 3, out));
  EXPECT_FALSE(compress(as_bytes("8d1c"), 3, out));
}

TEST(Zstd, RejectsAnotherLength) {
  const Bytes good = compressed(kText);
  EXPECT_TRUE(accepts(good));
  EXPECT_FALSE(accepts(good, kText.size() - 1));
  EXPECT_FALSE(accepts(good, kText.size() + 1));
  EXPECT_FALSE(accepts(good, 0));
}

TEST(Zstd, RejectsBytesBehindTheFrame) {
  Bytes longer = compressed(kText);
  longer.push_back(std::byte{0});
  EXPECT_FALSE(accepts(longer));
}

TEST(Zstd, RejectsEveryTruncation) {
  const Bytes good = compressed(kText);
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(accepts(ByteView(good).first(size)));
  }
}

TEST(Zstd, RejectsTwoFrames) {
  const Bytes half = compressed(std::string_view(kText).substr(0, kText.size() / 2));
  Bytes two = half;
  append(two, half);
  EXPECT_FALSE(accepts(two));
  EXPECT_FALSE(accepts(two, kText.size() / 2));
}

TEST(Zstd, RejectsASkippableFrame) {
  Bytes skippable(12);
  put_number(skippable.data(), std::uint32_t{0x184D2A50});
  put_number(skippable.data() + 4, std::uint32_t{4});
  EXPECT_FALSE(accepts(skippable, 4));
  EXPECT_FALSE(accepts(skippable, 0));
  append(skippable, compressed(kText));
  EXPECT_FALSE(accepts(skippable));
}

TEST(Zstd, RejectsAFrameWithoutContentSize) {
  EXPECT_FALSE(accepts(
      made_with([](ZSTD_CCtx* c) { ZSTD_CCtx_setParameter(c, ZSTD_c_contentSizeFlag, 0); })));
}

TEST(Zstd, RejectsADictionaryId) {
  // A frame of one raw block of one byte; the descriptor says that an id follows it.
  const std::vector<unsigned char> with_id = {0x28, 0xB5, 0x2F, 0xFD, 0x21, 0, 1, 9, 0, 0, 'x'};
  const std::vector<unsigned char> without = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 1, 9, 0, 0, 'x'};
  EXPECT_TRUE(accepts(std::as_bytes(std::span(without)), 1));
  EXPECT_FALSE(accepts(std::as_bytes(std::span(with_id)), 1));
}

TEST(Zstd, AcceptsItsOwnChecksum) {
  const auto checked =
      made_with([](ZSTD_CCtx* c) { ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, 1); });
  EXPECT_TRUE(accepts(checked));
  Bytes damaged = checked;
  damaged.back() ^= std::byte{1};
  EXPECT_FALSE(accepts(damaged));
}

RC_GTEST_PROP(Zstd, AnyBytesAreJudgedWithoutACrash, (std::vector<std::uint8_t> tail)) {
  Bytes bytes = compressed(kText);
  bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size()));
  append(bytes, std::as_bytes(std::span(tail)));
  RC_ASSERT(!accepts(bytes, 1 << 20));
}

}  // namespace
}  // namespace tidemark::proto
