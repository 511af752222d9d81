// The tables of FRAME.md and RECORD.md are the numbers of the code.
#include <map>
#include <regex>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "oplog/entry.h"
#include "proto/frame_codec.h"
#include "proto/frame_format.h"
#include "proto/group_spec.h"
#include "proto/record.h"
#include "tests/proto/frame_bytes.h"

namespace tidemark::proto {
namespace {

using Table = std::map<std::string, std::size_t>;
using Span = std::pair<std::size_t, std::size_t>;

std::string document(const std::string& name) {
  return std::string(as_text(test::read_file(TIDEMARK_SOURCE_DIR "/proto/" + name)));
}

// The lines of one section, up to the next heading of any level.
std::string section(const std::string& text, const std::string& heading) {
  const auto begin = text.find("\n" + heading + "\n");
  EXPECT_NE(begin, std::string::npos) << heading;
  const auto end = text.find("\n#", begin + 1 + heading.size());
  return text.substr(begin, end - begin);
}

// Rows `| off | size | `field` | ...`.
std::map<std::string, Span> fields(const std::string& text) {
  std::map<std::string, Span> found;
  const std::regex row(R"(\n\| (\d+) \| (\d+) \| `(\w+)` \|)");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    found[(*it)[3]] = {std::stoul((*it)[1]), std::stoul((*it)[2])};
  }
  return found;
}

// Rows `| number | `name` |`.
Table numbers(const std::string& text) {
  Table found;
  const std::regex row(R"(\n\| (\d+) \| `(\w+)` \|)");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    found[(*it)[2]] = std::stoul((*it)[1]);
  }
  return found;
}

template <typename Number>
std::size_t number(Number value) {
  return static_cast<std::size_t>(value);
}

TEST(FrameDocument, HasTheHeaderOfTheCode) {
  namespace at = frame_offset;
  const std::map<std::string, Span> code = {
      {"magic", {at::magic, 8}},
      {"major", {at::major, 1}},
      {"codec", {at::codec, 1}},
      {"incompatible", {at::incompatible, 2}},
      {"info", {at::info, 2}},
      {"zero_a", {at::zero_a, 2}},
      {"group", {at::group, 16}},
      {"origin", {at::origin, 16}},
      {"first", {at::first, 8}},
      {"count", {at::count, 4}},
      {"epoch", {at::epoch, 4}},
      {"raw_length", {at::raw_length, 4}},
      {"stored_length", {at::stored_length, 4}},
      {"hlc_max", {at::hlc_max, 8}},
      {"chain_before", {at::chain_before, 32}},
      {"chain_after", {at::chain_after, 32}},
      {"payload_hash", {at::payload_hash, 32}},
      {"zero_b", {at::zero_b, 12}},
      {"crc", {at::crc, 4}},
  };
  EXPECT_EQ(fields(section(document("FRAME.md"), "## Frame")), code);
}

TEST(FrameDocument, LeavesNoByteOutOfATable) {
  const auto tiles = [](const std::string& heading, std::size_t size) {
    std::map<std::size_t, std::size_t> by_offset;
    for (const auto& [name, span] : fields(section(document("FRAME.md"), heading))) {
      by_offset[span.first] = span.second;
    }
    std::size_t at = 0;
    for (const auto& [offset, length] : by_offset) {
      EXPECT_EQ(offset, at) << heading;
      at += length;
    }
    EXPECT_EQ(at, size) << heading;
  };
  tiles("## Frame", kFrameHeaderBytes);
  tiles("## Body", kBodyPrefixBytes);
  tiles("## Group and origin", kGroupSpecBytes);
}

TEST(FrameDocument, HasTheBodyPrefixOfTheCode) {
  const std::map<std::string, Span> code = {{"version", {body_offset::version, 1}},
                                            {"zero", {body_offset::zero, 3}},
                                            {"count", {body_offset::count, 4}},
                                            {"salt_bytes", {body_offset::salt_bytes, 4}},
                                            {"column_bytes", {body_offset::column_bytes, 4}}};
  EXPECT_EQ(fields(section(document("FRAME.md"), "## Body")), code);
}

TEST(FrameDocument, HasTheFlagsOfTheCode) {
  const Table bits = numbers(section(document("FRAME.md"), "### Incompatible flags"));
  const Table code = {
      {"encrypted", 0}, {"signed", 1}, {"control", 2}, {"rewritten", 3}, {"scrubbed", 4}};
  EXPECT_EQ(bits, code);
  unsigned all = 0;
  for (const auto& [name, bit] : bits) all |= 1U << bit;
  EXPECT_EQ(all, kFlagsKnown);
  EXPECT_EQ(1U << bits.at("encrypted"), kFlagEncrypted);
  EXPECT_EQ(1U << bits.at("signed"), kFlagSigned);
  EXPECT_EQ(1U << bits.at("control"), kFlagControl);
  EXPECT_EQ(1U << bits.at("rewritten"), kFlagRewritten);
  EXPECT_EQ(1U << bits.at("scrubbed"), kFlagScrubbed);
}

TEST(FrameDocument, NamesEveryRefusalAndWhetherItWaits) {
  const std::string text = section(document("FRAME.md"), "## Checks, in order");
  std::map<std::string, bool> said;
  const std::regex row(R"(\n\| `(\w+)` \| ([^\n]*))");
  for (std::sregex_iterator it(text.begin(), text.end(), row), end; it != end; ++it) {
    said[(*it)[1]] = (*it)[2].str().starts_with("*waits*");
  }
  std::map<std::string, bool> code;
  for (int i = 1; i <= static_cast<int>(FrameReject::chain_after); ++i) {
    const auto reject = static_cast<FrameReject>(i);
    code[to_text(reject)] = is_newer(reject);
  }
  EXPECT_EQ(said, code);
}

TEST(RecordDocument, HasTheKindsOfTheCode) {
  const Table code = {
      {"genesis", number(EntryKind::genesis)}, {"schema", number(EntryKind::schema)},
      {"row", number(EntryKind::row)},         {"chunk", number(EntryKind::chunk)},
      {"expunge", number(EntryKind::expunge)}, {"rehome", number(EntryKind::rehome)},
      {"keyring", number(EntryKind::keyring)}, {"forget", number(EntryKind::forget)},
      {"context", number(EntryKind::context)}, {"yield", number(EntryKind::yield)},
      {"floor", number(EntryKind::floor)},     {"application", number(EntryKind::application)}};
  EXPECT_EQ(numbers(section(document("RECORD.md"), "## Kinds")), code);
}

TEST(RecordDocument, HasTheValueTagsOfTheCode) {
  const Table code = {
      {"null", number(CellType::null)},       {"integer", number(CellType::integer)},
      {"real", number(CellType::real)},       {"text", number(CellType::text)},
      {"blob", number(CellType::blob)},       {"chunked", number(CellType::chunked)},
      {"omitted", number(CellType::omitted)}, {"increment", number(CellType::increment)}};
  EXPECT_EQ(numbers(section(document("RECORD.md"), "## Values")), code);
}

TEST(RecordDocument, HasTheOperationsOfTheCode) {
  const Table code = {{"insert", number(Operation::insert)},
                      {"update", number(Operation::update)},
                      {"remove", number(Operation::remove)}};
  EXPECT_EQ(numbers(section(document("RECORD.md"), "## Row")), code);
}

TEST(RecordDocument, HasTheSchemaNumbersOfTheCode) {
  const Table code = {
      {"binary", number(Collation::binary)},    {"nocase", number(Collation::nocase)},
      {"rtrim", number(Collation::rtrim)},      {"plain", number(ColumnKind::plain)},
      {"counter", number(ColumnKind::counter)}, {"set", number(ColumnKind::set)},
      {"text", number(ColumnKind::text)}};
  EXPECT_EQ(numbers(section(document("RECORD.md"), "## Schema")), code);
}

}  // namespace
}  // namespace tidemark::proto
