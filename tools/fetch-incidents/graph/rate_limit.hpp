// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>

#include "common/time.hpp"

namespace fetch_incidents {

/// Allows at most a given number of requests within any minute.
class RateLimit {
 public:
  /// `per_minute` 0: no limit.
  RateLimit(std::int64_t per_minute, common::Clock& clock) : per_minute_(per_minute), clock_(clock) {}

  /// Waits until one more request is allowed, and counts it. Returns false when a stop signal arrived.
  bool wait();

 private:
  std::int64_t per_minute_;
  common::Clock& clock_;
  std::deque<std::chrono::steady_clock::time_point> sent_;
};

}  // namespace fetch_incidents
