// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/rate_limit.hpp"

namespace fetch_incidents {

bool RateLimit::wait() {
  if (per_minute_ <= 0) return true;
  constexpr std::chrono::minutes window{1};
  while (static_cast<std::int64_t>(sent_.size()) >= per_minute_) {
    const auto left = sent_.front() + window - clock_.steady();
    if (left.count() > 0 && !clock_.sleep(std::chrono::ceil<std::chrono::milliseconds>(left))) return false;
    if (sent_.front() + window <= clock_.steady()) sent_.pop_front();
  }
  sent_.push_back(clock_.steady());
  return true;
}

}  // namespace fetch_incidents
