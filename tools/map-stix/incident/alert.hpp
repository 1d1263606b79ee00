// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

/// Maps one alert with all that hangs on it: its STIX incident, techniques, evidence, malware family,
/// vulnerabilities, actor and comments.
void map_alert(IncidentScope& incident, Json alert, std::size_t position);

}  // namespace map_stix
