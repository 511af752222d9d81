#include "convergence/publish_step.h"

#include <gtest/gtest.h>

#include "filelog/file_log_replica.h"
#include "oplog/error.h"
#include "tests/convergence/scripted_logs.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_storage.h"
#include "tests/support/memory_ledger.h"

namespace tidemark {
namespace {

using test::OriginWriter;
using Outcome = Applied::Outcome;

class PublishStepTest : public testing::Test {
 protected:
  void say(std::uint32_t count) {
    const Frame said = writer_.frame(count);
    oplog_.apply(std::span(&said, 1));
  }
  Step publish(const ReadLimits& cut = kPublishCut) {
    return publish_step(oplog_, folder_, folder_.extent(), cut);
  }

  test::FakeClock clock_;
  test::FaultyStorage storage_{clock_};
  test::MemoryLedger ledger_;
  OriginWriter writer_{test::test_group()};
  test::MemoryLog oplog_{test::test_group()};
  FileLogReplica folder_{
      {&storage_, &clock_, test::test_group(), writer_.origin(), &ledger_, false}};
};

TEST_F(PublishStepTest, WritesOneSegmentOfWhatIsNew) {
  say(7);
  const Step step = publish();
  EXPECT_EQ(step.entries, 7U);
  EXPECT_EQ(step.frames, 3U);
  EXPECT_GT(step.bytes, 0U);
  EXPECT_FALSE(step.drained) << "only an empty read says that nothing is left";
  EXPECT_EQ(storage_.paths().size(), 1U);
  EXPECT_TRUE(publish().drained);
  EXPECT_EQ(storage_.paths().size(), 1U);
}

TEST_F(PublishStepTest, CutsAtTheLimits) {
  say(9);
  EXPECT_EQ(publish({3, 1 << 20}).entries, 3U);
  EXPECT_EQ(publish({1000, 1}).entries, 3U);
  EXPECT_EQ(publish().entries, 3U);
  EXPECT_EQ(storage_.paths().size(), 3U);
}

TEST_F(PublishStepTest, ContinuesAFrameThatWasPublishedInPart) {
  say(4);
  EXPECT_EQ(publish().entries, 4U);
  say(4);
  EXPECT_EQ(publish().entries, 4U);
  EXPECT_EQ(folder_.extent(), EntryIndex{8});
}

TEST_F(PublishStepTest, ARefusalIsToldAndWritesNothing) {
  say(3);
  EXPECT_EQ(publish().entries, 3U);
  const Step step = publish_step(oplog_, folder_, EntryIndex{0}, kPublishCut);
  EXPECT_EQ(step.entries, 0U);
  EXPECT_TRUE(step.troubles.empty()) << "a duplicate is none";
  say(6);
  const Step beyond = publish_step(oplog_, folder_, EntryIndex{6}, kPublishCut);
  ASSERT_EQ(beyond.troubles.size(), 1U);
  EXPECT_EQ(beyond.troubles[0].kind, OriginTrouble::Kind::refused);
  EXPECT_EQ(beyond.troubles[0].applied.outcome, Outcome::gap);
  EXPECT_EQ(storage_.paths().size(), 1U);
}

TEST_F(PublishStepTest, AFolderThatFailsIsAFailureAndTheNextStepSucceeds) {
  say(3);
  storage_.fail(test::StorageCall::write_new);
  EXPECT_THROW(publish(), Error);
  EXPECT_EQ(publish().entries, 3U);
}

}  // namespace
}  // namespace tidemark
