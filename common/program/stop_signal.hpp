// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>

namespace common {

/// Around a blocking call that a signal must end. A signal that comes just before the call would go unnoticed by it:
/// while an object of this lives, the process is therefore woken again every second once a signal has come, so that the
/// call fails with EINTR.
class WakeOnSignal {
 public:
  WakeOnSignal();
  ~WakeOnSignal();
  WakeOnSignal(const WakeOnSignal&) = delete;
  WakeOnSignal& operator=(const WakeOnSignal&) = delete;
  /// The signal's number, or 0 while none has come; to be asked before each try.
  static int received();
};

/// Turns SIGTERM and SIGINT into something that can be polled. One per process; made in main before any thread.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  /// The signal's number, or 0 while none has come.
  int received() const;
  /// A descriptor that becomes readable, and stays so, once a signal has come.
  int fd() const { return read_end_; }
  /// As if a signal had come, for tests and for a thread that ends the tool. `number` may be any positive number.
  void raise(int number);

 private:
  int read_end_ = -1;
  int write_end_ = -1;
};

}  // namespace common
