// Any bytes as a segment file in a sync folder. Strategy: first as they are; then with header,
// trailer and file hash made right, so that the frames are reached; then with the frames' own
// headers made to follow each other, so that a whole segment of odd frames is served.
// Invariants: nothing is served but from a file that verifies; what is served is one run without
// holes; a file that verifies is found again by its own name; frames that verify give the segment
// that they came from.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "filelog/file_log_replica.h"
#include "filelog/segment_name.h"
#include "filelog/segment_writer.h"
#include "oplog/chain.h"
#include "oplog/check.h"
#include "oplog/hash.h"
#include "proto/frame_format.h"

namespace tidemark::filelog {
namespace {

constexpr std::string_view kPath = "l/any.tmseg";

class MemoryFile final : public StoredFile {
 public:
  explicit MemoryFile(ByteView content) : content_(content) {}
  std::uint64_t bytes() const override { return content_.size(); }
  std::size_t read(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= content_.size()) return 0;
    const ByteView rest = content_.subspan(static_cast<std::size_t>(offset));
    const std::size_t size = std::min(rest.size(), out.size());
    std::copy_n(rest.begin(), size, out.begin());
    return size;
  }

 private:
  ByteView content_;
};

// A folder of one file that nobody may write to.
class OneFile final : public Storage {
 public:
  explicit OneFile(ByteView content) : content_(content) {}
  Listing list(const ListLimits&) override { return {{facts()}, false}; }
  std::optional<FileInfo> info(std::string_view) override { return facts(); }
  std::unique_ptr<StoredFile> open(std::string_view) override {
    return std::make_unique<MemoryFile>(content_);
  }
  bool write_new(std::string_view, ByteView) override { TIDEMARK_CHECK(false); }
  void replace(std::string_view, ByteView) override { TIDEMARK_CHECK(false); }
  void remove(std::string_view) override { TIDEMARK_CHECK(false); }

 private:
  FileInfo facts() const { return {std::string(kPath), content_.size(), 1, 0, true}; }
  ByteView content_;
};

class StoppedClock final : public Clock {
 public:
  std::int64_t unix_ms() override { return 0; }
  std::int64_t steady_ms() override { return 0; }
};

class NoLedger final : public SegmentLedger {
 public:
  std::vector<OwnSegment> list() override { return {}; }
  void add(const OwnSegment&) override { TIDEMARK_CHECK(false); }
  void remove(std::string_view) override { TIDEMARK_CHECK(false); }
};

void check_run(FileLogReplica& folder, const SegmentHeader& header) {
  EntryIndex reached = header.first;
  while (reached < header.next) {
    const auto frames = folder.read_frames(header.origin, reached, {64, 64 * 1024});
    TIDEMARK_CHECK(!frames.empty());
    for (const Frame& frame : frames) {
      TIDEMARK_CHECK(frame.origin == header.origin && frame.first == reached);
      reached = frame.next();
    }
  }
  TIDEMARK_CHECK(reached == header.next);
}

void check_folder(ByteView bytes, const SegmentCheck& check) {
  OneFile storage(bytes);
  StoppedClock clock;
  NoLedger ledger;
  const FileLogOptions options{&storage, &clock, check.header.group, PeerId{}, &ledger, false};
  FileLogReplica folder(options);
  const bool whole = check.reject == SegmentReject::none;
  TIDEMARK_CHECK(folder.list_peers().empty() != whole);
  if (!whole) return;
  check_run(folder, check.header);
  // Decoding may stop at a bad frame, but never skips one.
  FileLogReplica decoding(options);
  EntryIndex expected = check.header.first;
  for (const auto& entry : decoding.read_since(check.header.origin, expected, {})) {
    TIDEMARK_CHECK(entry.index == expected);
    expected = advanced(expected, 1);
  }
}

void check_bytes(ByteView bytes) {
  MemoryFile file(bytes);
  const SegmentCheck check = check_segment(file);
  check_folder(bytes, check);
  if (check.reject != SegmentReject::none) return;
  TIDEMARK_CHECK(bytes.size() == check.header.file_bytes());
  const std::string name = segment_name(check.header.origin, check.header.first, check.file_hash);
  TIDEMARK_CHECK(parse_segment_name(name).has_value());
  TIDEMARK_CHECK(chain_at(file, check.header, check.header.first) == check.header.chain_before);
  TIDEMARK_CHECK(chain_at(file, check.header, check.header.next) == check.chain_after);
  std::vector<Frame> frames;
  SegmentReader reader(file, check.header);
  while (auto frame = reader.next()) frames.push_back(std::move(*frame));
  TIDEMARK_CHECK(reader.at_end() && frames.size() == check.header.frames);
  const auto again = build_segment(check.header.publisher, check.header.level, frames);
  TIDEMARK_CHECK(std::ranges::equal(again.bytes, bytes));
}

// Header and trailer that are right about the body between them.
Bytes enclose(SegmentHeader header, ByteView body) {
  header.body_bytes = body.size();
  Bytes bytes;
  append(bytes, encode(header));
  append(bytes, body);
  SegmentTrailer trailer{header.next, header.body_bytes, header.frames, {}};
  const SegmentTrailerBytes unhashed = encode(trailer);
  trailer.file_hash = hash256(kFileHashPersonal,
                              {bytes, ByteView(unhashed).first(segment_trailer_offset::file_hash)});
  append(bytes, encode(trailer));
  return bytes;
}

template <typename Field>
void put(Bytes& bytes, std::size_t at, const Field& field) {
  std::ranges::copy(std::as_bytes(std::span(field)),
                    bytes.begin() + static_cast<std::ptrdiff_t>(at));
}

void put_number(Bytes& bytes, std::size_t at, std::uint64_t number, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    bytes[at + i] = static_cast<std::byte>(number >> (8 * i) & 0xFFU);
  }
}

// Makes frame after frame continue the one before, as far as their lengths lead; what is left over
// is dropped. The header becomes that of these frames.
void align(SegmentHeader& header, Bytes& body) {
  namespace at = proto::frame_offset;
  std::size_t offset = 0;
  Hash chain = header.chain_before;
  header.next = header.first;
  header.frames = 0;
  while (body.size() - offset > proto::kFrameHeaderBytes) {
    put(body, offset + at::magic, proto::kFrameMagic);
    put_number(body, offset + at::major, proto::kFrameMajor, 1);
    put_number(body, offset + at::incompatible, 0, 2);
    put_number(body, offset + at::zero_a, 0, 2);
    put(body, offset + at::group, header.group.bytes);
    put(body, offset + at::origin, header.origin.bytes);
    put_number(body, offset + at::first, to_number(header.next), 8);
    put_number(body, offset + at::epoch, 0, 4);
    put(body, offset + at::chain_before, chain);
    put(body, offset + at::zero_b, std::array<std::byte, 12>{});
    const ByteView frame = ByteView(body).subspan(offset);
    put_number(body, offset + at::crc, crc32c(frame.first(at::crc)), 4);
    proto::Envelope envelope;
    if (proto::parse_envelope(frame, envelope) != proto::FrameReject::none) break;
    if (envelope.frame_bytes() > frame.size()) break;
    chain = envelope.chain_after;
    header.next = envelope.next();
    ++header.frames;
    offset += envelope.frame_bytes();
  }
  body.resize(offset);
}

void check_repaired(ByteView bytes) {
  if (bytes.size() <= kSegmentFixedBytes) return;
  SegmentHeaderBytes raw;
  std::ranges::copy(bytes.first(raw.size()), raw.begin());
  // Whatever the header's fields are, they get the right magic, version and CRC.
  SegmentHeader header;
  std::ranges::copy(std::as_bytes(std::span(kSegmentMagic)), raw.begin());
  raw[segment_header_offset::major] = std::byte{kSegmentMajor};
  Bytes fixed(raw.begin(), raw.end());
  put_number(fixed, segment_header_offset::crc,
             crc32c(ByteView(fixed).first(segment_header_offset::crc)), 4);
  decode(fixed, header);
  const ByteView body = bytes.subspan(kSegmentHeaderBytes, bytes.size() - kSegmentFixedBytes);
  if (body.size() > kSegmentBodyBytesMax) return;
  check_bytes(enclose(header, body));

  if (header.first == EntryIndex{0}) header.chain_before = chain_start(header.origin);
  if (to_number(header.first) >= kIndexEnd) return;
  Bytes aligned(body.begin(), body.end());
  align(header, aligned);
  check_bytes(enclose(header, aligned));
}

}  // namespace
}  // namespace tidemark::filelog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  tidemark::filelog::check_bytes(bytes);
  tidemark::filelog::check_repaired(bytes);
  return 0;
}
