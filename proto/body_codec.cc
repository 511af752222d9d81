#include "proto/body_codec.h"

#include <algorithm>

#include "oplog/check.h"
#include "oplog/limits.h"
#include "proto/frame_format.h"
#include "proto/leb.h"

namespace tidemark::proto {
namespace {

constexpr std::uint8_t kEntryCommit = 1;
constexpr std::size_t kLengthBytesMax = 3;  // LEB of kPayloadBytesMax
static_assert(leb_size(kPayloadBytesMax) == kLengthBytesMax);
static_assert(kFrameRawBytesMax <= ~std::uint32_t{0});

std::byte* put_columns(std::byte* to, std::span<const EntryHead> entries) {
  to = put_number(to, entries.front().hlc.bits);
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const std::uint64_t delta = entries[i].hlc.bits - entries[i - 1].hlc.bits;
    to = put_leb(to, zigzag(static_cast<std::int64_t>(delta)));
  }
  for (const EntryHead& e : entries) *to++ = static_cast<std::byte>(e.kind);
  for (const EntryHead& e : entries) *to++ = std::byte{e.commit ? kEntryCommit : std::uint8_t{0}};
  for (const EntryHead& e : entries) to = put_leb(to, e.length);
  return to;
}

std::size_t columns_bytes_max(std::size_t count) {
  return count * (kLebBytesMax + 2 + kLengthBytesMax);
}

// The prefix, room for all that may follow, then the salts by `put_salts`.
template <typename PutSalts>
void put_body(std::span<const EntryHead> entries, std::size_t salt_bytes_max, PutSalts put_salts,
              ByteView blob, Bytes& out) {
  out.resize(kBodyPrefixBytes + salt_bytes_max + columns_bytes_max(entries.size()) + blob.size());
  std::byte* const prefix = out.data();
  std::byte* const salts = prefix + kBodyPrefixBytes;
  std::byte* const columns = put_salts(salts);
  std::byte* const payloads = put_columns(columns, entries);
  std::byte* const end = put_bytes(payloads, blob);
  put_number(prefix + body_offset::version, std::uint32_t{kBodyVersion});
  put_number(prefix + body_offset::count, static_cast<std::uint32_t>(entries.size()));
  put_number(prefix + body_offset::salt_bytes, static_cast<std::uint32_t>(columns - salts));
  put_number(prefix + body_offset::column_bytes, static_cast<std::uint32_t>(payloads - columns));
  out.resize(static_cast<std::size_t>(end - prefix));
}

bool read_salts(ByteReader salts, const std::byte* body, std::uint32_t count,
                std::vector<SaltRun>& runs) {
  std::uint32_t position = 0;
  while (position < count && salts.ok()) {
    const auto entries = static_cast<std::uint32_t>(salts.leb(count - position));
    const std::uint8_t form = salts.u8(1);
    if (entries == 0) return false;
    const ByteView content = salts.take(form == 0 ? sizeof(Salt) : entries * sizeof(Salt));
    if (!salts.ok()) return false;
    const auto offset = static_cast<std::uint32_t>(content.data() - body);
    runs.push_back({position, entries, offset, form == 0});
    position += entries;
  }
  return salts.done();
}

FrameReject read_hlcs(ByteReader& columns, std::vector<EntryView>& entries) {
  std::uint64_t hlc = columns.number<std::uint64_t>();
  entries.front().hlc.bits = hlc;
  bool rises = true;
  for (std::size_t i = 1; i < entries.size(); ++i) {
    const std::uint64_t before = hlc;
    hlc += static_cast<std::uint64_t>(columns.signed_leb());
    rises = rises && hlc > before;
    entries[i].hlc.bits = hlc;
  }
  if (!columns.ok()) return FrameReject::bad_body;
  return rises && hlc < kHlcEnd ? FrameReject::none : FrameReject::bad_entry;
}

FrameReject read_kinds_and_flags(ByteReader& columns, std::vector<EntryView>& entries) {
  const ByteView kinds = columns.take(entries.size());
  const ByteView flags = columns.take(entries.size());
  if (!columns.ok()) return FrameReject::bad_body;
  FrameReject reject = FrameReject::none;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto flag = std::to_integer<std::uint8_t>(flags[i]);
    if (flag > kEntryCommit) return FrameReject::bad_body;
    entries[i].kind = static_cast<EntryKind>(kinds[i]);
    entries[i].commit = flag != 0;
    if (kinds[i] == std::byte{0}) reject = FrameReject::bad_entry;
  }
  return reject;
}

FrameReject read_payloads(ByteReader& columns, ByteReader& blob, std::vector<EntryView>& entries) {
  bool too_large = false;
  for (EntryView& entry : entries) {
    const std::uint64_t length = columns.leb(kFrameRawBytesMax);
    too_large = too_large || length > kPayloadBytesMax;
    entry.payload = blob.take(length);
  }
  if (!columns.done() || !blob.done()) return FrameReject::bad_body;
  return too_large ? FrameReject::bad_entry : FrameReject::none;
}

}  // namespace

void encode_body(std::span<const EntryHead> entries, const Salt& seed, ByteView blob, Bytes& out) {
  TIDEMARK_CHECK(!entries.empty());
  const auto put_salts = [&](std::byte* to) {
    to = put_leb(to, entries.size());
    *to++ = std::byte{0};
    return put_bytes(to, seed);
  };
  put_body(entries, kLebBytesMax + 1 + sizeof seed, put_salts, blob, out);
}

void encode_body(std::span<const EntryHead> entries, std::span<const Salt> salts, ByteView blob,
                 Bytes& out) {
  TIDEMARK_CHECK(!entries.empty() && entries.size() == salts.size());
  const auto put_salts = [&](std::byte* to) {
    to = put_leb(to, entries.size());
    *to++ = std::byte{1};
    return put_bytes(to, std::as_bytes(salts));
  };
  put_body(entries, kLebBytesMax + 1 + salts.size_bytes(), put_salts, blob, out);
}

FrameReject decode_body(ByteView body, std::uint32_t count, std::vector<EntryView>& entries,
                        std::vector<SaltRun>& runs) {
  entries.clear();
  runs.clear();
  ByteReader reader(body);
  // Version and three zero bytes are one number.
  const bool known = reader.number<std::uint32_t>() == kBodyVersion;
  const bool same_count = reader.number<std::uint32_t>() == count;
  const auto salt_bytes = reader.number<std::uint32_t>();
  const auto column_bytes = reader.number<std::uint32_t>();
  const ByteView salts = reader.take(salt_bytes);
  const ByteView column_view = reader.take(column_bytes);
  // An entry takes a byte in each column: what is allocated below is in proportion to the bytes.
  const bool enough = column_bytes / 3 >= count;
  if (!reader.ok() || !known || !same_count || !enough || count == 0) return FrameReject::bad_body;
  if (!read_salts(ByteReader(salts), body.data(), count, runs)) return FrameReject::bad_body;

  entries.resize(count);
  ByteReader columns(column_view);
  const std::array<FrameReject, 3> found = {read_hlcs(columns, entries),
                                            read_kinds_and_flags(columns, entries),
                                            read_payloads(columns, reader, entries)};
  // A broken layout explains a strange entry, not the other way round.
  if (std::ranges::find(found, FrameReject::bad_body) != found.end()) return FrameReject::bad_body;
  return *std::ranges::max_element(found);
}

}  // namespace tidemark::proto
