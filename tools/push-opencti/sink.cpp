// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/sink.hpp"

namespace push_opencti {

std::string refused_too_often(int in_a_row, const std::string& reason) {
  return "OpenCTI refuses every bundle, " + std::to_string(in_a_row) + " in a row: " + reason +
         "; stopped, and the state is not moved past them: look at OpenCTI's own log";
}

}  // namespace push_opencti
