// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/heartbeat.hpp"

#include "tools/push-opencti/threads.hpp"

namespace push_opencti {

Heartbeat::Heartbeat(std::function<void()> beat, std::chrono::milliseconds interval)
    : beat_(std::move(beat)), interval_(interval), thread_(start_thread([this] { run(); })) {}

void Heartbeat::run() {
  auto next = std::chrono::steady_clock::now() + interval_;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_until(lock, next, [this] { return stopping_; })) {
    lock.unlock();
    beat_();
    lock.lock();
    next += interval_;
    // Beats that were missed during a long one are not made up for.
    next = std::max(next, std::chrono::steady_clock::now());
  }
}

void Heartbeat::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace push_opencti
