// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/bundle/case_identities.hpp"

#include <functional>

namespace push_opencti {

std::optional<std::string> CaseIdentities::note(const Bundle& bundle) {
  if (bundle.case_id.empty() || bundle.incident.empty()) return {};
  const std::size_t key = std::hash<std::string>{}(bundle.case_id);
  const auto [known, is_new] = incidents_.try_emplace(key, bundle.incident);
  if (!is_new) return known->second == bundle.incident ? std::nullopt : std::optional(known->second);
  order_.push_back(key);
  if (order_.size() > most) {
    incidents_.erase(order_.front());
    order_.pop_front();
  }
  return {};
}

}  // namespace push_opencti
