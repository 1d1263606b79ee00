// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/stix/bundle_writer.hpp"

namespace map_stix {

/// The member that holds the incident's alerts.
inline constexpr std::string_view alerts_member = "alerts";

/// Whether an object is an incident of Graph at all: it has alerts, or an id or name together with what only
/// incidents have.
bool is_incident(Json json);

/// Whether an object is an alert on its own. An alert has the address of its incident too, but no alerts.
bool is_alert(Json json);

/// Maps one incident and appends its bundle, or with --explain its account, without LF. False when nothing
/// was appended because the incident is resolved and --skip-resolved is set. `source` is its JSON text, from which the
/// bundle's id is made where the incident has no date of update;
/// `flush_output` is BundleWriter's.
bool map_incident(Workspace& work, BundleWriter& writer, Json json, std::string_view source, common::TextBuffer& out,
                  const std::function<void()>& flush_output);

}  // namespace map_stix
