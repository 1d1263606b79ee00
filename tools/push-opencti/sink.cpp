// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/sink.hpp"

#include <utility>

namespace push_opencti {

std::string refused_too_often(int in_a_row, const std::string& reason) {
  return "OpenCTI refuses every bundle, " + std::to_string(in_a_row) + " in a row: " + reason +
         "; stopped, and the state is not moved past them: look at OpenCTI's own log";
}

void NoQueue::take(std::shared_ptr<const Bundle> bundle) {
  outcomes_.push_back({bundle->number, Outcome::Kind::sent, {}, {}});
}

std::vector<Outcome> NoQueue::collect(std::chrono::milliseconds) { return std::exchange(outcomes_, {}); }

}  // namespace push_opencti
