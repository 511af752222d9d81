// Frames of every mode, written by a script that shares no code with the library.
#include <sodium.h>

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "tests/proto/frame_bytes.h"
#include "tests/support/hex.h"

namespace tidemark::proto {
namespace {

namespace at = frame_offset;
using test::counting_bytes;

Bytes golden(const std::string& name) {
  return test::read_file(TIDEMARK_SOURCE_DIR "/tests/golden/" + name);
}

GroupId group_of(const std::string& name) {
  GroupSpec spec;
  EXPECT_EQ(decode(golden(name), spec), GroupSpecReject::none);
  return group_id(spec);
}

OpenedFrame opened(const std::string& name) {
  return open(group_of("plain.tmgroup"), golden(name));
}

FrameReject refusal(const std::string& name) {
  return opened(name).reject;
}

template <std::size_t Size>
std::array<std::byte, Size> filled(unsigned value) {
  std::array<std::byte, Size> bytes;
  bytes.fill(static_cast<std::byte>(value));
  return bytes;
}

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes out;
  for (const unsigned value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

Cell omitted_blob(std::uint64_t total_bytes) {
  Cell cell;
  cell.type = CellType::omitted;
  cell.of = CellType::blob;
  cell.total_bytes = total_bytes;
  return cell;
}

RowChange row_of(const EntryView& entry) {
  RowChange row;
  EXPECT_EQ(entry.kind, EntryKind::row);
  EXPECT_EQ(decode(entry.payload, row), RecordReject::none);
  return row;
}

TEST(Golden, GroupsAreRead) {
  GroupSpec spec;
  ASSERT_EQ(decode(golden("plain.tmgroup"), spec), GroupSpecReject::none);
  EXPECT_TRUE(spec.plain());
  EXPECT_EQ(spec.nonce, filled<16>(1));
  EXPECT_EQ(spec.created_ms, 1'700'000'000'001U);
  EXPECT_EQ(to_text(group_id(spec)), to_text(opened("plain.tmframe").envelope.group));
  ASSERT_EQ(decode(golden("secure.tmgroup"), spec), GroupSpecReject::none);
  EXPECT_EQ(spec.policy, 0b1011);
  EXPECT_NE(spec.admin_key, Hash{});
}

TEST(Golden, AFrameOfOneEntryIsRead) {
  const OpenedFrame frame = opened("genesis.tmframe");
  ASSERT_EQ(frame.reject, FrameReject::none);
  ASSERT_EQ(frame.entries.size(), 1U);
  Genesis genesis;
  ASSERT_EQ(decode(frame.entries[0].payload, genesis), RecordReject::none);
  EXPECT_EQ(genesis.device_name, "phone");
  EXPECT_EQ(genesis.nonce, filled<16>(2));
  EXPECT_EQ(genesis.key, Hash{});
  EXPECT_EQ(genesis.reason, "restored");
  const OpenedFrame before = opened("plain.tmframe");
  const Genesis::Predecessor expected{before.envelope.origin, before.envelope.next(),
                                      before.envelope.chain_after};
  EXPECT_EQ(genesis.predecessor, expected);
}

TEST(Golden, EveryKindOfEntryIsRead) {
  const OpenedFrame frame = opened("plain.tmframe");
  ASSERT_EQ(frame.reject, FrameReject::none);
  std::string kinds;
  std::string commits;
  for (const EntryView& entry : frame.entries) {
    kinds += std::to_string(static_cast<int>(entry.kind)) + " ";
    commits += entry.commit ? '1' : '0';
  }
  EXPECT_EQ(kinds, "1 2 9 3 3 3 10 3 12 ");
  EXPECT_EQ(commits, "100010011");
  EXPECT_EQ(frame.entries[0].hlc, Hlc{std::uint64_t{1'700'000'000'000} << 16});
  EXPECT_EQ(frame.entries[8].hlc.bits - frame.entries[0].hlc.bits, 192U);
  EXPECT_EQ(as_text(frame.entries[8].payload), "hello");
  SaltSequence salts(counting_bytes<16>(32));
  EXPECT_EQ(frame.salt(7), salts.at(EntryIndex{7}));
}

TEST(Golden, ASchemaIsRead) {
  TableDecl table;
  ASSERT_EQ(decode(opened("plain.tmframe").entries[1].payload, table), RecordReject::none);
  TableDecl expected;
  expected.table = 3;
  expected.name = "notes";
  expected.key = {{0, Collation::binary}};
  expected.columns = {{0, "id", "TEXT", ColumnKind::plain, 0, {}},
                      {1, "title", "TEXT", ColumnKind::plain, 0, {}},
                      {2, "count", "INTEGER", ColumnKind::plain, 0, OwnedCell(Cell::of_integer(0))},
                      {9, "list", "TEXT", ColumnKind::plain, 0, {}}};
  expected.foreign_keys = {{{9}, "lists", {}, true}};
  EXPECT_EQ(table, expected);
}

TEST(Golden, AContextIsRead) {
  ContextDelta context;
  ASSERT_EQ(decode(opened("plain.tmframe").entries[2].payload, context), RecordReject::none);
  ASSERT_EQ(context.moved.size(), 2U);
  EXPECT_EQ(context.moved[0], std::pair(PeerId{filled<16>(5)}, EntryIndex{7}));
  EXPECT_EQ(context.moved[1], std::pair(PeerId{filled<16>(9)}, EntryIndex{300}));
}

TEST(Golden, RowsAreRead) {
  const OpenedFrame frame = opened("plain.tmframe");
  const RowChange insert = row_of(frame.entries[3]);
  EXPECT_EQ(insert.operation, Operation::insert);
  EXPECT_EQ(insert.table, 3U);
  EXPECT_FALSE(insert.seed);
  EXPECT_EQ(insert.lift, 0U);
  EXPECT_EQ(insert.key, std::vector{Cell::of_text("n-1")});
  const Bytes blob = bytes_of({0, 255});
  const std::vector<std::pair<std::uint16_t, Cell>> columns = {{1, Cell::of_text("Grüße")},
                                                               {2, Cell::of_integer(-3)},
                                                               {4, Cell::null()},
                                                               {9, Cell::of_blob(blob)},
                                                               {10, Cell::of_real(0.5)}};
  EXPECT_EQ(insert.columns, columns);

  const RowChange update = row_of(frame.entries[4]);
  EXPECT_EQ(update.operation, Operation::update);
  EXPECT_EQ(update.lift, 5U);
  Cell increment = Cell::of_integer(2);
  increment.type = CellType::increment;
  const std::vector<std::pair<std::uint16_t, Cell>> changed = {{2, increment},
                                                               {9, omitted_blob(2'000'000'000)}};
  EXPECT_EQ(update.columns, changed);

  const RowChange seed = row_of(frame.entries[5]);
  const Bytes k = bytes_of({'k'});
  EXPECT_TRUE(seed.seed);
  EXPECT_EQ(seed.key, (std::vector{Cell::of_real(1.5), Cell::of_blob(k)}));
  EXPECT_TRUE(seed.columns.empty());

  const RowChange remove = row_of(frame.entries[7]);
  EXPECT_EQ(remove.operation, Operation::remove);
  EXPECT_EQ(remove.key, std::vector{Cell::of_integer(std::numeric_limits<std::int64_t>::min())});
}

TEST(Golden, AYieldIsRead) {
  const OpenedFrame frame = opened("plain.tmframe");
  Yield yield;
  ASSERT_EQ(decode(frame.entries[6].payload, yield), RecordReject::none);
  EXPECT_EQ(yield.table, 3U);
  EXPECT_EQ(yield.lift, 900U);
  EXPECT_EQ(yield.key, std::vector{Cell::of_text("n-2")});
}

TEST(Golden, ACompressedBodyIsTheSameBody) {
  const OpenedFrame raw = opened("plain.tmframe");
  const OpenedFrame zstd = opened("zstd.tmframe");
  ASSERT_EQ(zstd.reject, FrameReject::none);
  EXPECT_EQ(zstd.body, raw.body);
  EXPECT_EQ(zstd.envelope.chain_after, raw.envelope.chain_after);
}

TEST(Golden, AMixOfSaltRunsIsRead) {
  const OpenedFrame frame = opened("later.tmframe");
  ASSERT_EQ(frame.reject, FrameReject::none);
  EXPECT_EQ(frame.envelope.first, EntryIndex{9});
  EXPECT_EQ(frame.envelope.chain_before, opened("plain.tmframe").envelope.chain_after);
  SaltSequence seeded(counting_bytes<16>(64));
  EXPECT_EQ(frame.salt(0), seeded.at(EntryIndex{9}));
  EXPECT_EQ(frame.salt(1), seeded.at(EntryIndex{10}));
  EXPECT_EQ(frame.salt(2), filled<16>(21));
  EXPECT_EQ(frame.salt(4), filled<16>(23));
  EXPECT_EQ(as_text(frame.entries[4].payload), "later 4");
}

TEST(Golden, AChunkedValueIsRead) {
  const OpenedFrame frame = opened("chunked.tmframe");
  ASSERT_EQ(frame.reject, FrameReject::none);
  const RowChange row = row_of(frame.entries[3]);
  ASSERT_EQ(row.columns.size(), 2U);
  const Cell& cell = row.columns[0].second;
  EXPECT_EQ(cell.type, CellType::chunked);
  EXPECT_EQ(cell.of, CellType::text);
  EXPECT_EQ(cell.total_bytes, 80U);
  std::string whole;
  for (std::uint32_t i = 0; i < cell.chunks; ++i) {
    ByteView piece;
    ASSERT_EQ(decode_chunk(frame.entries[3 - cell.back + i].payload, piece), RecordReject::none);
    whole += as_text(piece);
  }
  EXPECT_EQ(whole, std::string(40, 'A') + std::string(40, 'B'));
}

TEST(Golden, TheLibraryWritesTheSameBytes) {
  for (const char* name : {"plain.tmframe", "chunked.tmframe", "genesis.tmframe"}) {
    const OpenedFrame frame = opened(name);
    FrameBuilder::Options options;
    options.group = frame.envelope.group;
    options.origin = frame.envelope.origin;
    options.zstd_level = 0;
    FrameBuilder builder(options, {EntryIndex{0}, chain_start(options.origin), EntryIndex{0}});
    for (const EntryView& e : frame.entries) builder.add(e.hlc, e.kind, e.commit, e.payload);
    EXPECT_EQ(builder.finish(counting_bytes<16>(32))->bytes, golden(name)) << name;
  }
}

TEST(Golden, WhatIsNotHonouredYetIsRefusedByName) {
  EXPECT_EQ(refusal("encrypted.tmframe"), FrameReject::encrypted);
  EXPECT_EQ(refusal("sealed.tmframe"), FrameReject::encrypted);
  EXPECT_EQ(refusal("scrubbed_sealed.tmframe"), FrameReject::encrypted);
  EXPECT_EQ(refusal("signed.tmframe"), FrameReject::signed_frame);
  EXPECT_EQ(refusal("control.tmframe"), FrameReject::control);
  EXPECT_EQ(refusal("rewritten.tmframe"), FrameReject::rewritten);
  EXPECT_EQ(refusal("scrubbed.tmframe"), FrameReject::scrubbed);
}

TEST(Golden, AnExpungedPayloadIsGone) {
  EXPECT_NE(as_text(golden("signed.tmframe")).find("for members"), std::string_view::npos);
  for (const char* name : {"rewritten.tmframe", "scrubbed.tmframe"}) {
    const Bytes frame = golden(name);
    EXPECT_EQ(as_text(frame).find("for members"), std::string_view::npos) << name;
    EXPECT_NE(as_text(frame).find("only"), std::string_view::npos) << name;
  }
}

TEST(Golden, AReaderCanStepOverWhatItCanNotRead) {
  for (const char* name : {"encrypted.tmframe", "sealed.tmframe", "signed.tmframe",
                           "scrubbed_sealed.tmframe", "scrubbed.tmframe"}) {
    Envelope envelope;
    const Bytes bytes = golden(name);
    parse_envelope(bytes, envelope);
    EXPECT_EQ(envelope.frame_bytes(), bytes.size()) << name;
  }
}

const unsigned char* raw(const Bytes& bytes, std::size_t offset = 0) {
  return reinterpret_cast<const unsigned char*>(bytes.data() + offset);
}

// The generator brings its own cryptography: libsodium says whether it is right.
TEST(Golden, SignaturesAreEd25519) {
  ASSERT_GE(sodium_init(), 0);
  std::array<unsigned char, 32> seed;
  std::array<unsigned char, 32> key;
  std::array<unsigned char, 64> secret;
  seed.fill(1);
  crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
  for (const char* name : {"signed.tmframe", "sealed.tmframe"}) {
    const Bytes frame = golden(name);
    Bytes message;
    append(message, as_bytes("tidemark.frame.1"));
    append(message, ByteView(frame).first(kFrameHeaderBytes));
    EXPECT_EQ(crypto_sign_verify_detached(raw(frame, kFrameHeaderBytes), raw(message),
                                          message.size(), key.data()),
              0);
    message[40] ^= std::byte{1};
    EXPECT_NE(crypto_sign_verify_detached(raw(frame, kFrameHeaderBytes), raw(message),
                                          message.size(), key.data()),
              0);
  }
}

TEST(Golden, EncryptionIsXChaCha20Poly1305) {
  const Bytes frame = golden("encrypted.tmframe");
  constexpr std::size_t kNonce = 24;
  const auto key = counting_bytes<32>(100);
  const ByteView cipher = ByteView(frame).subspan(kFrameHeaderBytes + kNonce);
  Bytes plain(cipher.size() - 16);
  ASSERT_EQ(crypto_aead_xchacha20poly1305_ietf_decrypt(
                reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr,
                raw(frame, kFrameHeaderBytes + kNonce), cipher.size(), raw(frame), at::payload_hash,
                raw(frame, kFrameHeaderBytes), reinterpret_cast<const unsigned char*>(key.data())),
            0);
  EXPECT_NE(as_text(plain).find("for members"), std::string_view::npos);
  EXPECT_EQ(as_text(frame).find("for members"), std::string_view::npos);
}

}  // namespace
}  // namespace tidemark::proto
