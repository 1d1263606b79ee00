// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <unordered_set>
#include <vector>

#include "tools/fetch-incidents/graph/incident.hpp"

namespace fetch_incidents {

/// Which versions of incidents need not be written: those that the state lists as delivered, and those that this run
/// wrote. Since incidents are written in ascending order, only those of the last lastUpdateDateTime need to be
/// remembered.
class Written {
 public:
  explicit Written(const std::vector<std::string>& delivered) : delivered_(delivered.begin(), delivered.end()) {}

  /// Returns whether this version is new, and records it as written. Incidents must come in ascending order.
  bool admit(const Incident& incident);
  /// Whether admit() would be true.
  bool is_new(const Incident& incident) const;
  /// How many versions were left out because the state lists them.
  std::size_t known() const { return known_; }

 private:
  std::unordered_set<std::string> delivered_;
  std::optional<common::Instant> at_;
  std::unordered_set<std::string> at_that_time_;
  std::size_t known_ = 0;
};

}  // namespace fetch_incidents
