// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>

#include "common/time.hpp"

namespace fetch_incidents {

/// Lets at most so many requests go within any minute.
class RateLimit {
 public:
  /// `per_minute` 0: no limit.
  RateLimit(std::int64_t per_minute, common::Clock& clock) : per_minute_(per_minute), clock_(clock) {}

  /// Waits until one more request may go, and counts it. False when a stop signal came meanwhile.
  bool wait();

 private:
  std::int64_t per_minute_;
  common::Clock& clock_;
  std::deque<std::chrono::steady_clock::time_point> sent_;
};

}  // namespace fetch_incidents
