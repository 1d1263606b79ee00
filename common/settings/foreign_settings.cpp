// SPDX-License-Identifier: Apache-2.0
// Names and defaults: settings.py of the connectors microsoft-defender-incidents and microsoft-sentinel-incidents.
// Settings without effect: those that pycti and connectors-sdk read and that mean nothing here.
#include "common/settings/foreign_settings.hpp"

namespace common {

namespace {

constexpr Namespace namespaces[] = {
    {.prefix = "MICROSOFT_DEFENDER_INCIDENTS_",
     .section = "microsoft_defender_incidents",
     .connector = "microsoft-defender-incidents",
     .defaults = {{{"CONNECTOR_NAME", "Microsoft Defender Incidents"},
                   {"CONNECTOR_SCOPE", "defender"},
                   {"CONNECTOR_LOG_LEVEL", "error"},
                   {"SENTINEL_INCIDENTS_TARGET_PRODUCT", "Microsoft Defender"}}}},
    {.prefix = "MICROSOFT_SENTINEL_INCIDENTS_",
     .section = "microsoft_sentinel_incidents",
     .connector = "microsoft-sentinel-incidents",
     .log_analytics = true,
     .defaults = {{{"CONNECTOR_ID", "34936E68-9C5B-4AA9-A1DE-372D9134C534"},
                   {"CONNECTOR_NAME", "Microsoft Sentinel Incidents"},
                   {"CONNECTOR_SCOPE", "sentinel"},
                   {"CONNECTOR_LOG_LEVEL", "error"},
                   {"SENTINEL_INCIDENTS_IMPORT_START_DATE", "2020-01-01T00:00:00Z"}}}},
};

constexpr std::string_view unneeded = "is not needed with Microsoft Graph: leave it out";
constexpr std::string_view no_effect = "has no effect here: leave it out";

constexpr IneffectiveSetting ineffective[] = {
    {"SENTINEL_INCIDENTS_WORKSPACE_ID", unneeded, "SENTINEL_INCIDENTS_TENANT_ID"},
    {"SENTINEL_INCIDENTS_SUBSCRIPTION_ID", unneeded, "SENTINEL_INCIDENTS_TENANT_ID"},
    {"SENTINEL_INCIDENTS_RESOURCE_GROUP", unneeded, "SENTINEL_INCIDENTS_TENANT_ID"},
    {"SENTINEL_INCIDENTS_FILTER_LABELS", "has no effect with Microsoft Graph: see SENTINEL_INCIDENTS_FILTER",
     "SENTINEL_INCIDENTS_FILTER"},
    {"CONNECTOR_EXPOSE_METRICS", "has no effect here: see SENTINEL_INCIDENTS_METRICS_FILE", "OPENCTI_URL"},
    {"CONNECTOR_METRICS_*", "has no effect here: see SENTINEL_INCIDENTS_METRICS_FILE", "OPENCTI_URL"},
    {"CONNECTOR_SEND_TO_S3*", no_effect, "OPENCTI_URL"},
    {"S3_*", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_AUTO_CREATE_SERVICE_ACCOUNT*", "has no effect here: make the user in OpenCTI", "OPENCTI_URL"},
    {"CONNECTOR_AUTO", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_AUTO_UPDATE", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_ONLY_CONTEXTUAL", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_ENRICHMENT_RESOLUTION", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_LIVE_STREAM_*", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_LISTEN_PROTOCOL*", no_effect, "OPENCTI_URL"},
    {"CONNECTOR_XTM_ONE_INTENT", no_effect, "OPENCTI_URL"},
    {"LISTEN_PROTOCOL_API_*", no_effect, "OPENCTI_URL"},
    {"OPENCTI_REQUESTS_TIMEOUT", "has no effect here: see push-opencti --request-timeout", "OPENCTI_URL"},
};

constexpr SettingAlias aliases[] = {{"QUEUE_PROTOCOL", "CONNECTOR_QUEUE_PROTOCOL"}};

}  // namespace

std::span<const Namespace> foreign_namespaces() { return namespaces; }
std::span<const IneffectiveSetting> ineffective_settings() { return ineffective; }
std::span<const SettingAlias> setting_aliases() { return aliases; }

}  // namespace common
