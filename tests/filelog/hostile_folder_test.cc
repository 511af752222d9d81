// A sync client at its worst: files come in any order, cut short, twice, under other names, late,
// and go again. Whatever is served on the way is true, and has no holes (Invariant no-holes); what
// goes takes nothing with it (Invariant absence-is-no-information); in the end all is there.
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "filelog/file_log_replica.h"
#include "tests/filelog/segment_bytes.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_ledger.h"
#include "tests/support/memory_log.h"
#include "tests/support/seeded_rng.h"

namespace tidemark {
namespace {

using test::group_of;
using test::OriginWriter;
using test::SeededRng;

// Logs of several devices, and their segments: small ones, joined ones, overlapping ones.
struct World {
  explicit World(SeededRng& rng) {
    for (std::uint8_t number = 1; number <= 3; ++number) {
      OriginWriter& writer = writers.emplace_back(group_of(), number);
      std::vector<Frame> all;
      for (int i = 0; i < 12; ++i) {
        all.push_back(writer.frame(1 + static_cast<std::uint32_t>(rng.below(4))));
      }
      for (std::size_t at = 0; at < all.size();) {
        const std::size_t count = std::min<std::size_t>(1 + rng.below(3), all.size() - at);
        add(writer, std::span(all).subspan(at, count));
        at += count;
      }
      const std::uint64_t end = to_number(writer.next());
      const std::uint64_t from = rng.below(end - 2);
      const Frame joined = writer.joined(from, from + 1 + rng.below(end - from));
      add(writer, std::span(&joined, 1));
    }
  }

  void add(const OriginWriter& writer, std::span<const Frame> frames) {
    const auto built = filelog::build_segment(writer.origin(), 0, frames);
    segments[test::path_of(built)] = built.bytes;
  }

  std::vector<OriginWriter> writers;
  std::map<std::string, Bytes> segments;
};

class HostileClient {
 public:
  HostileClient(SeededRng& rng, World& world, test::FaultyStorage& storage)
      : rng_(rng), world_(world), storage_(storage) {}

  void act() {
    const auto& [path, bytes] = *std::next(
        world_.segments.begin(), static_cast<std::ptrdiff_t>(rng_.below(world_.segments.size())));
    switch (rng_.below(8)) {
      case 0:
        storage_.put(path + " (conflicted copy)", bytes);
        break;
      case 1:
        storage_.put("l 2/x/" + std::to_string(rng_.below(5)), bytes);
        break;
      case 2:
        part(path, bytes);
        break;
      case 3:
        storage_.put(path, Bytes(bytes.size()));
        break;
      case 4:
        if (storage_.has(path)) storage_.erase(path);
        break;
      case 5:
        damage(path, bytes);
        break;
      default:
        storage_.put(path, bytes);
        break;
    }
  }
  void bring_all() {
    for (const auto& [path, bytes] : world_.segments) storage_.put(path, bytes);
  }

 private:
  void part(const std::string& path, const Bytes& bytes) {
    storage_.put(path, bytes);
    storage_.cut(path, rng_.below(bytes.size()));
  }
  void damage(const std::string& path, const Bytes& bytes) {
    storage_.put(path, bytes);
    storage_.flip(path, rng_.below(bytes.size()));
  }

  SeededRng& rng_;
  World& world_;
  test::FaultyStorage& storage_;
};

// All that the folder says it can give from `have` on is given, true, and without a hole.
void check_served(FileLogReplica& folder, const OriginWriter& writer, EntryIndex have) {
  PeerCursors cursors;
  cursors.advance(writer.origin(), have);
  const EntryIndex end = folder.offered(cursors).at(writer.origin());
  if (end <= have) return;
  EntryIndex reached = have;
  while (reached < end) {
    const auto frames = folder.read_frames(writer.origin(), reached, {3, 1 << 20});
    ASSERT_FALSE(frames.empty()) << "offered, but not given";
    ASSERT_LE(frames.front().first, reached);
    for (const Frame& frame : frames) {
      ASSERT_LE(frame.first, reached);
      const auto opened = proto::open(group_of(), frame.bytes);
      ASSERT_EQ(opened.reject, proto::FrameReject::none);
      ASSERT_EQ(opened.envelope.chain_after, writer.chain(to_number(frame.next())));
      reached = std::max(reached, frame.next());
    }
  }
  ASSERT_GE(reached, end);
}

TEST(HostileFolder, NeverServesAHoleOrALieAndHealsWhenAllHasArrived) {
  for (const std::uint64_t seed : test::seeds(100)) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRng rng(seed);
    World world(rng);
    test::FakeClock clock;
    test::FaultyStorage storage(clock);
    test::MemoryLedger ledger;
    HostileClient client(rng, world, storage);
    FileLogReplica folder({&storage, &clock, group_of(), PeerId{}, &ledger, false});
    for (int round = 0; round < 40; ++round) {
      for (std::uint64_t i = rng.below(4); i > 0; --i) client.act();
      clock.pass(static_cast<std::int64_t>(rng.below(100'000)));
      folder.refresh();
      for (const OriginWriter& writer : world.writers) {
        check_served(folder, writer, EntryIndex{rng.below(to_number(writer.next()))});
      }
      if (testing::Test::HasFatalFailure()) return;
    }
    client.bring_all();
    folder.refresh();
    for (const OriginWriter& writer : world.writers) {
      ASSERT_EQ(folder.cursor(writer.origin()), writer.next());
      ASSERT_EQ(folder.read_since(writer.origin(), EntryIndex{0}, {}), writer.entries());
    }
  }
}

// The owner publishes while its own copy of the folder is harmed; failures come and go.
TEST(HostileFolder, TheOwnersSegmentsAreAllThereAfterAQuietRepair) {
  for (const std::uint64_t seed : test::seeds(100)) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SeededRng rng(seed);
    test::FakeClock clock;
    test::FaultyStorage storage(clock);
    test::MemoryLedger ledger;
    OriginWriter writer(group_of());
    test::MemoryLog oplog(group_of());
    FileLogReplica folder({&storage, &clock, group_of(), writer.origin(), &ledger, true});
    const auto sync = [&] {
      folder.refresh();
      folder.repair(oplog);
      const auto frames = oplog.read_frames(writer.origin(), folder.extent(), {});
      if (!frames.empty()) static_cast<void>(folder.write(frames));
    };
    for (int round = 0; round < 20; ++round) {
      const Frame said = writer.frame(1 + static_cast<std::uint32_t>(rng.below(5)));
      oplog.apply(std::span(&said, 1));
      for (const std::string& path : storage.paths()) {
        if (rng.chance(15)) storage.cut(path, rng.below(storage.bytes(path).size() + 1));
        if (rng.chance(10)) storage.rename(path, path + " (1)");
      }
      if (rng.chance(20)) storage.fail(test::StorageCall::write_new, 1);
      if (rng.chance(20)) storage.fail(test::StorageCall::read, 2, 1);
      if (rng.chance(20)) storage.crash_after(rng.below(1000));
      try {
        sync();
      } catch (const Error&) {
      } catch (const test::Crash&) {
      }
    }
    storage.heal();
    sync();
    ASSERT_EQ(folder.extent(), writer.next());
    FileLogReplica reader({&storage, &clock, group_of(), PeerId{}, &ledger, false});
    ASSERT_EQ(reader.read_since(writer.origin(), EntryIndex{0}, {}), writer.entries());
    for (const auto& own : ledger.list()) {
      ASSERT_TRUE(storage.has(filelog::segment_path(writer.origin(), own.name)));
    }
  }
}

}  // namespace
}  // namespace tidemark
