// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/incident/workspace.hpp"

namespace map_stix {

/// Writes the description of a case in the order in which a person reads: where it was merged into another, that;
/// summary and description; a short list of what one looks for first; then, under a heading, every value that no
/// property holds.
void put_case_description(const IncidentScope& incident, ObjectRef object);

/// The same for an alert's STIX incident: description and recommended actions as Microsoft wrote them, a short list,
/// and the rest.
void put_alert_description(const AlertScope& alert);

}  // namespace map_stix
