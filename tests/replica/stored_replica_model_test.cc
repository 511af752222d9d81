// StoredReplica against the model: after any offers the two agree on every answer.

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "replica/schema.h"
#include "replica/sqlite_frame_store.h"
#include "replica/stored_replica.h"
#include "tests/support/fake_clock.h"
#include "tests/support/frames.h"
#include "tests/support/memory_log.h"
#include "tests/support/temp_dir.h"

namespace tidemark::replica {
namespace {

constexpr ReadLimits kAll{1'000'000, std::size_t{1} << 30};
constexpr std::uint64_t kEntries = 24;

// What three logs, and forks of them, once said, as any frames that a peer might offer.
class Peers {
 public:
  explicit Peers(const GroupId& group) {
    for (std::uint8_t number = 1; number <= 3; ++number) {
      test::OriginWriter writer(group, number);
      writer.frame(1);
      writer.frame(7);
      test::OriginWriter fork = writer;
      fork.change_voice();
      while (to_number(writer.next()) < kEntries) writer.frame(2, writer.next() > EntryIndex{12});
      while (to_number(fork.next()) < kEntries) fork.frame(3);
      voices_.push_back(std::move(writer));
      voices_.push_back(std::move(fork));
    }
  }

  const test::OriginWriter& draw_voice() const {
    // Mostly the true logs: a replica that met a fork at once would learn little more.
    const auto draw =
        *rc::gen::weightedElement<std::size_t>({{10, 0}, {10, 2}, {10, 4}, {1, 1}, {1, 3}, {1, 5}});
    return voices_[draw];
  }
  Frame draw_frame(EntryIndex near) const {
    const test::OriginWriter& voice = draw_voice();
    const auto from = *rc::gen::weightedOneOf<std::uint64_t>(
        {{3, rc::gen::just(std::min(to_number(near), kEntries - 1))},
         {1, rc::gen::inRange<std::uint64_t>(0, kEntries)}});
    const auto to = *rc::gen::inRange<std::uint64_t>(from + 1, kEntries + 1);
    Frame frame = voice.joined(from, to);
    if (*rc::gen::inRange(0, 12) == 0) {
      // In the header, where both stores look before they look at the position.
      const auto at = *rc::gen::inRange<std::size_t>(0, proto::kFrameHeaderBytes);
      frame.bytes[at] ^= std::byte{0x40};
    }
    return frame;
  }
  const std::vector<test::OriginWriter>& voices() const { return voices_; }

 private:
  std::vector<test::OriginWriter> voices_;
};

RC_GTEST_PROP(StoredReplicaModel, AgreesWithTheModelAfterAnyOffers, ()) {
  const proto::GroupSpec spec = test::plain_group();
  const GroupId group = proto::group_id(spec);
  static const Peers peers(group);
  test::TempDir directory;
  test::FakeClock clock;
  Connection connection({.path = directory.file("x.db"), .create = true});
  connection.execute("PRAGMA synchronous = OFF");
  SqliteFrameStore store(connection);
  auto setup = store.begin();
  migrate(connection);
  set_meta(connection, meta_key::group, proto::Cell::of_blob(proto::encode(spec)));
  setup->commit();
  setup.reset();
  std::optional<StoredReplica> replica(std::in_place, store, clock, std::nullopt);
  test::MemoryLog model(group);

  const auto steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    const test::OriginWriter& voice = peers.draw_voice();
    const EntryIndex cursor = model.cursor(voice.origin());
    if (*rc::gen::inRange(0, 4) == 0) {
      const auto at =
          std::min(to_number(cursor) + *rc::gen::inRange<std::uint64_t>(0, 2), kEntries - 1);
      const IndexedEntry& entry = voice.entries()[at];
      RC_ASSERT(replica->apply(voice.origin(), entry.index, entry.entry) ==
                model.apply(voice.origin(), entry.index, entry.entry));
    } else {
      std::vector<Frame> frames;
      for (int i = *rc::gen::inRange(1, 4); i > 0; --i) frames.push_back(peers.draw_frame(cursor));
      RC_ASSERT(replica->apply(frames) == model.apply(frames));
    }
    RC_ASSERT(replica->cursors() == model.cursors());
    if (*rc::gen::inRange(0, 6) == 0) replica.emplace(store, clock, std::nullopt);
  }
  for (const test::OriginWriter& voice : peers.voices()) {
    const auto from = EntryIndex{*rc::gen::inRange<std::uint64_t>(0, kEntries)};
    const ReadLimits few{*rc::gen::inRange<std::size_t>(1, 9),
                         *rc::gen::inRange<std::size_t>(1, 200)};
    RC_ASSERT(replica->read_since(voice.origin(), EntryIndex{0}, kAll) ==
              model.read_since(voice.origin(), EntryIndex{0}, kAll));
    RC_ASSERT(replica->read_since(voice.origin(), from, few) ==
              model.read_since(voice.origin(), from, few));
  }
}

}  // namespace
}  // namespace tidemark::replica
