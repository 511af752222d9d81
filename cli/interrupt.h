// Ctrl-C asks to stop; a second one ends the process at once, which the database survives.
#pragma once

#include <stop_token>
#include <thread>

namespace tidemark::cli {

/// While it lives, SIGINT and SIGTERM request a stop of token().
/// Thread: made on the main thread, before any other thread is; owns one.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::thread waiter_;
};

}  // namespace tidemark::cli
