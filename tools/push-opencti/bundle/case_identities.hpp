// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "tools/push-opencti/bundle/bundle.hpp"

namespace push_opencti {

/// Which incident each case of this run belongs to. Two incidents of one name, created in the same millisecond, have
/// one case id, and the platform makes one case of them. Remembers the last cases only, so that memory stays bounded.
class CaseIdentities {
 public:
  static constexpr std::size_t most = 100'000;

  /// Notes the bundle's case. The id of another incident that had the same case, if there was one.
  std::optional<std::string> note(const Bundle& bundle);
  /// Whether this case was noted.
  bool knows(const std::string& case_id) const { return incidents_.contains(std::hash<std::string>{}(case_id)); }

 private:
  std::unordered_map<std::size_t, std::string> incidents_;  // by the hash of the case's id
  std::deque<std::size_t> order_;                           // oldest first
};

}  // namespace push_opencti
