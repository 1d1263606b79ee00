// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-token/follow.hpp"

#include <poll.h>

#include <algorithm>
#include <array>

namespace fetch_token {

std::chrono::seconds renewal_delay(std::chrono::seconds lifetime) {
  return lifetime - std::min(std::chrono::seconds(300), lifetime / 2);
}

bool wait_while_read(int output_fd, const common::StopSignal& stop, std::chrono::milliseconds span) {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + span;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    if (stop.received() != 0) return false;
    // No event is asked for: a pipe whose reader has gone reports POLLERR all the same.
    std::array<pollfd, 2> ends = {pollfd{output_fd, 0, 0}, pollfd{stop.fd(), POLLIN, 0}};
    const auto wait = std::clamp<std::int64_t>(left.count(), 0, 3'600'000);
    const int ready = ::poll(ends.data(), ends.size(), static_cast<int>(wait));
    if (ready > 0 && (ends[0].revents != 0 || ends[1].revents != 0)) return false;
    if (steady_clock::now() >= until) return true;
  }
}

}  // namespace fetch_token
