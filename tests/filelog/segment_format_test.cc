#include "filelog/segment_format.h"

#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "filelog/file_class.h"

// FORMAT.md is what a stranger builds a reader from: its tables are compared with the numbers that
// the code uses.
namespace tidemark::filelog {
namespace {

struct Field {
  std::size_t offset{};
  std::size_t size{};
  bool operator==(const Field&) const = default;
};
using Fields = std::map<std::string, Field>;

std::string section(const std::string& heading) {
  std::ifstream file(TIDEMARK_SOURCE_DIR "/filelog/FORMAT.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto begin = text.find("\n" + heading + "\n");
  if (begin == std::string::npos) return {};
  const auto end = text.find("\n#", begin + heading.size());
  return text.substr(begin, end - begin);
}

Fields fields(const std::string& heading) {
  const std::string text = section(heading);
  const std::regex row(R"(\| (\d+) \| (\d+) \| `(\w+)` \|)");
  Fields found;
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    found[(*it)[3]] = {std::stoul((*it)[1]), std::stoul((*it)[2])};
  }
  return found;
}

std::size_t end_of(const Fields& fields) {
  std::map<std::size_t, std::size_t> by_offset;
  for (const auto& [name, field] : fields) by_offset[field.offset] = field.size;
  std::size_t end = 0;
  for (const auto& [offset, size] : by_offset) {
    EXPECT_EQ(offset, end) << "a hole or an overlap";
    end = offset + size;
  }
  return end;
}

TEST(SegmentFormat, HeaderTableIsWhatTheCodeUses) {
  namespace at = segment_header_offset;
  const Fields expected = {{"magic", {at::magic, 8}},
                           {"major", {at::major, 1}},
                           {"level", {at::level, 1}},
                           {"flags", {at::flags, 2}},
                           {"frames", {at::frames, 4}},
                           {"group", {at::group, 16}},
                           {"origin", {at::origin, 16}},
                           {"publisher", {at::publisher, 16}},
                           {"first", {at::first, 8}},
                           {"next", {at::next, 8}},
                           {"body_bytes", {at::body_bytes, 8}},
                           {"chain_before", {at::chain_before, 32}},
                           {"zero", {at::zero, 4}},
                           {"crc", {at::crc, 4}}};
  EXPECT_EQ(fields("### Header"), expected);
  EXPECT_EQ(end_of(expected), kSegmentHeaderBytes);
}

TEST(SegmentFormat, TrailerTableIsWhatTheCodeUses) {
  namespace at = segment_trailer_offset;
  const Fields expected = {{"magic", {at::magic, 8}},           {"next", {at::next, 8}},
                           {"body_bytes", {at::body_bytes, 8}}, {"frames", {at::frames, 4}},
                           {"file_hash", {at::file_hash, 32}},  {"crc", {at::crc, 4}}};
  EXPECT_EQ(fields("### Trailer"), expected);
  EXPECT_EQ(end_of(expected), kSegmentTrailerBytes);
}

TEST(SegmentFormat, EveryClassIsExplained) {
  const std::string text = section("## Readers");
  for (std::size_t i = 0; i < kFileClasses; ++i) {
    const std::string row = std::string("| `") + to_text(FileClass(i)) + "` |";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace tidemark::filelog
