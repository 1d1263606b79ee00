// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string_view>

namespace bench {

/// One evidence type as a JSON text with %placeholders%, and how often it stands among a thousand evidence objects.
struct EvidenceTemplate {
  std::string_view type;  ///< without the suffix Evidence
  int weight;
  std::string_view members;  ///< everything but what all evidence types share
};

/// All 48 evidence types of Microsoft Graph v1.0, weighted as in the incidents of an ordinary tenant.
std::span<const EvidenceTemplate> evidence_templates();

}  // namespace bench
