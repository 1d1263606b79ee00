// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace common {

/// Scheme, host and port of an http or https URL, as they are written: "https://graph.microsoft.com". A token's scope
/// names this.
std::string url_origin(std::string_view url);

/// The address of Graph's incidents. `base` is SENTINEL_INCIDENTS_API_BASE_URL, which may hold the beginning of the
/// path
/// ("https://graph.microsoft.com/v1.0"). `path` is SENTINEL_INCIDENTS_INCIDENT_PATH, "" where the user gave none: then
/// it is /v1.0/security/incidents, or /security/incidents behind a base that has a path. A path that repeats the base's
/// is not doubled.
std::string graph_incidents_address(std::string_view base, std::string_view path);

}  // namespace common
