// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "tools/map-stix/incident/workspace.hpp"
#include "tools/map-stix/stix/bundle_writer.hpp"

namespace map_stix {

/// The incident's member that is nearly all of it.
inline constexpr std::string_view alerts_member = "alerts";

/// Whether an object is an incident of Graph at all: it has alerts, or an id or name together with what only
/// incidents have.
bool is_incident(Json json);

/// Whether it is an alert by itself. That has its incident's address, but no alerts, and is no incident.
bool is_alert(Json json);

/// Maps one incident and appends its bundle, or with --explain its account, without LF. False when nothing
/// was appended, as the incident is left out on purpose: merged into another one, or resolved where these are
/// not wanted. `source` is its JSON text, which names the bundle where the incident has no date of update;
/// `flush_output` is BundleWriter's.
bool map_incident(Workspace& work, BundleWriter& writer, Json json, std::string_view source, common::TextBuffer& out,
                  const std::function<void()>& flush_output);

}  // namespace map_stix
