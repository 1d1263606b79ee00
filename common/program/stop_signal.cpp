// SPDX-License-Identifier: Apache-2.0
#include "common/program/stop_signal.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "common/program/failure.hpp"

namespace common {

namespace {

std::atomic<int> number_received{0};
std::atomic<int> wake_fd{-1};
std::atomic<int> interruptible_calls{0};

// Async-signal-safe, as alarm(2) is.
void wake_calls(int) {
  if (interruptible_calls > 0) ::alarm(1);
}

// Async-signal-safe: atomics and write(2) only. The byte is never read, so the descriptor stays readable.
void note(int number) {
  int expected = 0;
  if (!number_received.compare_exchange_strong(expected, number)) return;
  const int saved = errno;
  const char byte = 0;
  if (wake_fd >= 0 && ::write(wake_fd, &byte, 1) < 0) errno = saved;
  wake_calls(0);
  errno = saved;
}

}  // namespace

WakeOnSignal::WakeOnSignal() { ++interruptible_calls; }
WakeOnSignal::~WakeOnSignal() { --interruptible_calls; }
int WakeOnSignal::received() { return number_received; }

StopSignal::StopSignal() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw Failure(ExitStatus::internal, "no descriptor left for a pipe");
  read_end_ = ends[0];
  write_end_ = ends[1];
  number_received = 0;
  wake_fd = write_end_;
  struct sigaction action = {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  struct sigaction waking = {};
  waking.sa_handler = wake_calls;
  sigemptyset(&waking.sa_mask);
  sigaction(SIGALRM, &waking, nullptr);
  for (const int number : {SIGTERM, SIGINT}) {
    // A signal that was ignored when the tool started (nohup, background jobs of sh) stays ignored.
    struct sigaction before = {};
    if (sigaction(number, nullptr, &before) == 0 && before.sa_handler == SIG_IGN && number == SIGINT) continue;
    sigaction(number, &action, nullptr);
  }
}

StopSignal::~StopSignal() {
  wake_fd = -1;
  number_received = 0;
  ::alarm(0);
  signal(SIGALRM, SIG_IGN);
  signal(SIGTERM, SIG_DFL);
  signal(SIGINT, SIG_DFL);
  ::close(read_end_);
  ::close(write_end_);
}

int StopSignal::received() const { return number_received; }
void StopSignal::raise(int number) { note(number); }

}  // namespace common
