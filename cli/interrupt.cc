#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "cli/exit_code.h"
#include "oplog/check.h"

namespace tidemark::cli {
namespace {

constexpr int kEndWaiting = SIGUSR2;

sigset_t awaited() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, kEndWaiting}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

// A handler may not touch a stop_source, so the signals are blocked everywhere and one thread
// waits.
Interrupt::Interrupt() {
  const sigset_t signals = awaited();
  TIDEMARK_CHECK(pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  waiter_ = std::thread([this, signals] {
    int signal = 0;
    while (sigwait(&signals, &signal) == 0 && signal != kEndWaiting) {
      if (!source_.request_stop()) ::_exit(to_number(ExitCode::interrupted));
    }
  });
}

Interrupt::~Interrupt() {
  pthread_kill(waiter_.native_handle(), kEndWaiting);
  waiter_.join();
  const sigset_t signals = awaited();
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

}  // namespace tidemark::cli
