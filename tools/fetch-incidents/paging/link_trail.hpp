// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>
#include <unordered_set>

#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents {

/// The way from page to page of one question: notices when it does not come to an end.
class LinkTrail {
 public:
  /// Called before the page behind this one is asked for; `found` is how many different incidents the walk has brought
  /// so far. Throws Failure(stopped_early) when a link comes again, or when many more pages came than incidents: a
  /// server may write a new link to the same page each time, or, where it leaves links out, not know $skip.
  void follow(const Page& page, std::size_t found);

 private:
  std::unordered_set<std::string> links_;
  std::size_t pages_ = 0;
};

}  // namespace fetch_incidents
