#include "cli/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>

#include <gtest/gtest.h>

namespace tidemark::cli {
namespace {

/// Waits until a stop is requested; the test's own time limit ends it otherwise.
void wait_for_stop(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable changed;
  std::stop_callback wake(token, [&] {
    const std::lock_guard lock(mutex);
    changed.notify_all();
  });
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return token.stop_requested(); });
}

TEST(Interrupt, StopsOnCtrlC) {
  const Interrupt interrupt;
  EXPECT_FALSE(interrupt.token().stop_requested());
  ASSERT_EQ(::kill(::getpid(), SIGINT), 0);
  wait_for_stop(interrupt.token());
  EXPECT_TRUE(interrupt.token().stop_requested());
}

TEST(Interrupt, StopsOnTerminate) {
  const Interrupt interrupt;
  ASSERT_EQ(::kill(::getpid(), SIGTERM), 0);
  wait_for_stop(interrupt.token());
  EXPECT_TRUE(interrupt.token().stop_requested());
}

TEST(Interrupt, EndsWithoutASignal) {
  std::stop_token token;
  {
    const Interrupt interrupt;
    token = interrupt.token();
  }
  EXPECT_FALSE(token.stop_requested());
}

TEST(InterruptDeathTest, TheSecondCtrlCEndsTheProcess) {
  EXPECT_EXIT(
      {
        const Interrupt interrupt;
        ::kill(::getpid(), SIGINT);
        wait_for_stop(interrupt.token());
        ::kill(::getpid(), SIGINT);
        for (;;) ::pause();
      },
      testing::ExitedWithCode(130), "");
}

}  // namespace
}  // namespace tidemark::cli
