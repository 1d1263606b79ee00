// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace push_opencti {

/// Calls a function at an interval, on its own thread, so that neither input nor a push in progress delays it. The
/// first call comes one interval after the start.
class Heartbeat {
 public:
  Heartbeat(std::function<void()> beat, std::chrono::milliseconds interval);
  ~Heartbeat() { stop(); }
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

  /// Waits for a beat in progress, then ends.
  void stop();

 private:
  void run();

  std::function<void()> beat_;
  std::chrono::milliseconds interval_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace push_opencti
