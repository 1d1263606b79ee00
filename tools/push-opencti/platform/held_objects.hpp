// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "common/console/log.hpp"
#include "tools/push-opencti/platform/graphql_client.hpp"

namespace push_opencti {

/// What the platform holds of what this connector pushed before. Asked with the rights of the role Connector; where the
/// platform does not tell, the answer is the one after which nothing is left out and nothing is changed.
class HeldObjects {
 public:
  HeldObjects(GraphqlClient client, common::Log& log) : client_(std::move(client)), log_(log) {}

  /// Whether the platform holds this case.
  bool holds_case(const std::string& id);
  /// Whether the platform holds this indicator as this connector takes one back: revoked, with a score of 0. Asks once
  /// a run for all of them; what the run itself does is told by note_taken_back() and note_brought_back().
  bool is_taken_back(std::string_view indicator);
  void note_taken_back(std::string_view indicator);
  void note_brought_back(std::string_view indicator);

 private:
  void read_taken_back();

  GraphqlClient client_;
  common::Log& log_;
  std::optional<std::unordered_set<std::string>> taken_back_;
};

}  // namespace push_opencti
