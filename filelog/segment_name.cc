#include "filelog/segment_name.h"

#include <algorithm>

#include "oplog/check.h"

namespace tidemark::filelog {
namespace {

constexpr std::size_t kOriginChars = 8;
constexpr std::size_t kFirstChars = 12;
constexpr std::size_t kHashChars = 10;
constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kIdDigits = "abcdefghijklmnopqrstuvwxyz234567";

static_assert(kLogDirectory.size() + 1 + 26 + 1 + kOriginChars + 1 + kFirstChars + 1 + kHashChars +
                  kSegmentSuffix.size() <=
              kPathBytesMax);

std::string hex(std::uint64_t number, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i-- > 0; number >>= 4) text[i] = kHexDigits[number & 15U];
  return text;
}

bool consists_of(std::string_view text, std::string_view alphabet) {
  return text.find_first_not_of(alphabet) == std::string_view::npos;
}

}  // namespace

std::string segment_name(const PeerId& origin, EntryIndex first, const Hash& file_hash) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < kHashChars / 2; ++i) {
    prefix = (prefix << 8) | std::to_integer<std::uint64_t>(file_hash[i]);
  }
  std::string name = to_text(origin).substr(0, kOriginChars);
  name.append("-").append(hex(to_number(first), kFirstChars));
  name.append("-").append(hex(prefix, kHashChars)).append(kSegmentSuffix);
  return name;
}

std::optional<SegmentName> parse_segment_name(std::string_view name) {
  constexpr std::size_t kFirstAt = kOriginChars + 1;
  constexpr std::size_t kHashAt = kFirstAt + kFirstChars + 1;
  constexpr std::size_t kSuffixAt = kHashAt + kHashChars;
  if (name.size() != kSuffixAt + kSegmentSuffix.size()) return std::nullopt;
  if (name.substr(kSuffixAt) != kSegmentSuffix) return std::nullopt;
  if (name[kFirstAt - 1] != '-' || name[kHashAt - 1] != '-') return std::nullopt;
  const std::string_view origin = name.substr(0, kOriginChars);
  const std::string_view first = name.substr(kFirstAt, kFirstChars);
  const std::string_view hash = name.substr(kHashAt, kHashChars);
  if (!consists_of(origin, kIdDigits)) return std::nullopt;
  if (!consists_of(first, kHexDigits) || !consists_of(hash, kHexDigits)) return std::nullopt;
  std::uint64_t index = 0;
  for (const char digit : first) index = (index << 4) | kHexDigits.find(digit);
  return SegmentName{std::string(origin), EntryIndex{index}, std::string(hash)};
}

std::string segment_path(const PeerId& publisher, std::string_view name) {
  std::string path(kLogDirectory);
  path.append("/").append(to_text(publisher)).append("/").append(name);
  TIDEMARK_CHECK(path.size() <= kPathBytesMax);
  return path;
}

std::string_view file_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool looks_like_segment(std::string_view path) {
  return file_name(path).find(kSegmentSuffix) != std::string_view::npos;
}

}  // namespace tidemark::filelog
