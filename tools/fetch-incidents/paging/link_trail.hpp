// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <unordered_set>

#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents {

/// Follows the pages of one question and notices when they have no end.
class LinkTrail {
 public:
  /// Call before requesting the page after this one; `found` is the number of different incidents so far. Throws
  /// Failure(stopped_early) when a link repeats, or when there were many more pages than incidents: a server may write
  /// a new link to the same page each time, or leave links out and ignore $skip.
  void follow(const Page& page, std::size_t found);

 private:
  std::unordered_set<std::string> links_;
  std::size_t pages_ = 0;
};

}  // namespace fetch_incidents
