// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/foreign_records.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

/// A record that has both members (the second may be "") is of that source. None of the first members is one that
/// Graph's incidents have.
struct ForeignRecord {
  std::string_view member;
  std::string_view also;
  std::string_view source;
};
constexpr ForeignRecord foreign_records[] = {
    {"alertCreationTime", "", "the alerts API of Microsoft Defender for Endpoint (/api/alerts)"},
    {"machineId", "incidentId", "the alerts API of Microsoft Defender for Endpoint (/api/alerts)"},
    {"incidentName", "", "the incidents API of Microsoft Defender XDR (/api/incidents)"},
    {"incidentUri", "", "the incidents API of Microsoft Defender XDR (/api/incidents)"},
    {"incidentId", "alerts", "the incidents API of Microsoft Defender XDR (/api/incidents)"},
    {"alertId", "creationTime", "the incidents API of Microsoft Defender XDR (an alert of /api/incidents)"},
    {"vendorInformation", "", "the legacy alerts API of Microsoft Graph (/security/alerts)"},
    {"azureTenantId", "", "the legacy alerts API of Microsoft Graph (/security/alerts)"},
    {"IncidentNumber", "", "the table SecurityIncident of a Log Analytics workspace"},
    {"IncidentName", "", "the table SecurityIncident of a Log Analytics workspace"},
    {"SystemAlertId", "", "the table SecurityAlert of a Log Analytics workspace"},
    {"AlertName", "ProviderName", "the table SecurityAlert of a Log Analytics workspace"},
    {"AlertId", "Timestamp", "advanced hunting in Microsoft Defender XDR"},
    {"ReportId", "Timestamp", "advanced hunting in Microsoft Defender XDR"},
    {"operationName", "properties", "a stream of Azure's event hubs"},
    {"schemaId", "data", "the alerts of Azure Monitor"},
    {"RecordType", "Workload", "the Office 365 Management Activity API"},
    {"userPrincipalName", "", "another collection of Microsoft Graph (it names a userPrincipalName)"},
    {"userDisplayName", "", "another collection of Microsoft Graph (it names a userDisplayName)"},
    {"activityDisplayName", "", "the audit logs of Microsoft Graph"},
};

// Azure Resource Manager's ids are paths, and what it knows stands below "properties".
std::string_view resource_source(Json record) {
  const Json resource = record["object"].is(JsonKind::object) ? record["object"] : record;
  if (!resource["properties"].is(JsonKind::object)) return {};
  const std::string id =
      ascii_lower(std::string(usable_text(resource["id"])) + " " + std::string(usable_text(resource["type"])));
  if (id.find("microsoft.securityinsights") != std::string::npos || resource["properties"]["incidentNumber"])
    return "the API of Microsoft Sentinel in Azure Resource Manager (Microsoft.SecurityInsights)";
  return id.starts_with("/subscriptions/") ? "Azure Resource Manager" : std::string_view{};
}

}  // namespace

std::string foreign_source(Json record) {
  if (const std::string_view source = resource_source(record); !source.empty()) return std::string(source);
  const auto found = std::find_if(
      std::begin(foreign_records), std::end(foreign_records),
      [record](const ForeignRecord& row) { return record[row.member] && (row.also.empty() || record[row.also]); });
  if (found != std::end(foreign_records)) return std::string(found->source);
  constexpr std::string_view graph_types = "#microsoft.graph.";
  const std::string_view type = usable_text(record["@odata.type"]);
  if (!type.starts_with(graph_types) || type.ends_with(".incident") || type.ends_with(".alert")) return {};
  return "Microsoft Graph of type " + std::string(type.substr(graph_types.size()));
}

}  // namespace map_stix
