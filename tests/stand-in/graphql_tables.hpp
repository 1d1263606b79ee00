// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace stand_in {

// The part of the platform's schema that an external-import connector meets. To let the stand-in know one
// more operation, add its rows here and its behaviour in OpenCti::resolve.

/// A field of an output type, or (in schema_input_fields) of an input type. The last column is the first
/// platform version that has it, read from the published schemas and the platform's history.
struct SchemaField {
  std::string_view owner;
  std::string_view name;
  std::string_view type;
  std::string_view since = "6.4.0";
};

struct SchemaArgument {
  /// "Type.field".
  std::string_view field;
  std::string_view name;
  std::string_view type;
  std::string_view since = "6.4.0";
};

inline constexpr SchemaField schema_fields[] = {
    {"Query", "about", "AppInfo"},
    {"Query", "connector", "Connector"},
    {"Query", "me", "MeUser!"},
    {"Query", "work", "Work"},
    {"Query", "isWorkAlive", "Boolean", "6.8.7"},
    {"Query", "caseIncident", "CaseIncident"},
    {"Query", "indicators", "IndicatorConnection"},
    {"Mutation", "registerConnector", "Connector"},
    {"Mutation", "pingConnector", "Connector"},
    {"Mutation", "resetStateConnector", "Connector"},
    {"Mutation", "deleteConnector", "ID!"},
    {"Mutation", "workAdd", "Work!"},
    {"Mutation", "workEdit", "WorkEditMutations"},
    {"Mutation", "stixBundlePush", "Boolean"},
    {"Mutation", "draftWorkspaceAdd", "DraftWorkspace"},
    {"AppInfo", "version", "String!"},
    {"MeUser", "name", "String!"},
    {"MeUser", "capabilities", "[Capability!]!"},
    {"Capability", "name", "String!"},
    {"Connector", "id", "ID!"},
    {"Connector", "standard_id", "String!"},
    {"Connector", "entity_type", "String!"},
    {"Connector", "name", "String!"},
    {"Connector", "active", "Boolean"},
    {"Connector", "auto", "Boolean"},
    {"Connector", "auto_update", "Boolean", "6.8.9"},
    {"Connector", "enrichment_resolution", "String", "6.8.9"},
    {"Connector", "only_contextual", "Boolean"},
    {"Connector", "playbook_compatible", "Boolean"},
    {"Connector", "connector_type", "String"},
    {"Connector", "connector_scope", "[String!]"},
    {"Connector", "connector_state", "String"},
    {"Connector", "connector_state_reset", "Boolean"},
    {"Connector", "connector_user_id", "ID"},
    {"Connector", "connector_queue_details", "ConnectorQueueDetails!"},
    {"Connector", "connector_info", "ConnectorInfo"},
    {"Connector", "updated_at", "DateTime"},
    {"Connector", "created_at", "DateTime"},
    {"Connector", "config", "ConnectorConfig"},
    {"Connector", "xtm_one_intent", "String", "7.260527"},
    {"Connector", "jwks", "String!", "7.260224"},
    {"ConnectorConfig", "connection", "RabbitMQConnection!"},
    {"ConnectorConfig", "s3", "S3Connection!", "6.9.10"},
    {"ConnectorConfig", "listen", "String!"},
    {"ConnectorConfig", "listen_routing", "String!"},
    {"ConnectorConfig", "listen_exchange", "String!"},
    {"ConnectorConfig", "listen_callback_uri", "String", "6.5.7"},
    {"ConnectorConfig", "push", "String!"},
    {"ConnectorConfig", "push_routing", "String!"},
    {"ConnectorConfig", "push_exchange", "String!"},
    {"ConnectorConfig", "dead_letter_routing", "String!", "6.8.7"},
    {"RabbitMQConnection", "host", "String!"},
    {"RabbitMQConnection", "vhost", "String!"},
    {"RabbitMQConnection", "use_ssl", "Boolean!"},
    {"RabbitMQConnection", "port", "Int!"},
    {"RabbitMQConnection", "user", "String!"},
    {"RabbitMQConnection", "pass", "String!"},
    {"S3Connection", "endpoint", "String!"},
    {"S3Connection", "port", "Int!"},
    {"S3Connection", "use_ssl", "Boolean!"},
    {"S3Connection", "bucket_name", "String!"},
    {"S3Connection", "bucket_region", "String!"},
    {"S3Connection", "access_key", "String!"},
    {"S3Connection", "secret_key", "String!"},
    {"ConnectorQueueDetails", "messages_number", "Float!"},
    {"ConnectorQueueDetails", "messages_size", "Float!"},
    {"ConnectorInfo", "run_and_terminate", "Boolean!"},
    {"ConnectorInfo", "buffering", "Boolean!"},
    {"ConnectorInfo", "queue_threshold", "Float!"},
    {"ConnectorInfo", "queue_messages_size", "Float!"},
    {"ConnectorInfo", "next_run_datetime", "DateTime"},
    {"ConnectorInfo", "last_run_datetime", "DateTime"},
    {"Work", "id", "ID!"},
    {"Work", "name", "String"},
    {"Work", "connector", "Connector"},
    {"Work", "timestamp", "DateTime!"},
    {"Work", "status", "State!"},
    {"Work", "event_source_id", "String"},
    {"Work", "received_time", "DateTime"},
    {"Work", "processed_time", "DateTime"},
    {"Work", "completed_time", "DateTime"},
    {"Work", "completed_number", "Int"},
    {"Work", "messages", "[WorkMessage]"},
    {"Work", "errors", "[WorkMessage]"},
    {"Work", "tracking", "WorkTracking"},
    {"Work", "draft_context", "String", "6.5.0"},
    {"WorkMessage", "timestamp", "DateTime"},
    {"WorkMessage", "message", "String"},
    {"WorkMessage", "sequence", "Int"},
    {"WorkMessage", "source", "String"},
    {"WorkTracking", "import_expected_number", "Int"},
    {"WorkTracking", "import_last_processed", "DateTime"},
    {"WorkTracking", "import_processed_number", "Int"},
    {"WorkEditMutations", "delete", "ID!"},
    {"WorkEditMutations", "ping", "ID!"},
    {"WorkEditMutations", "reportExpectation", "ID!"},
    {"WorkEditMutations", "addExpectations", "ID!"},
    {"WorkEditMutations", "addDraftContext", "ID!", "6.5.0"},
    {"WorkEditMutations", "toReceived", "ID!"},
    {"WorkEditMutations", "toProcessed", "ID!"},
    {"DraftWorkspace", "id", "ID!"},
    {"DraftWorkspace", "name", "String!"},
    {"DraftWorkspace", "entity_type", "String!"},
    {"CaseIncident", "id", "ID!"},
    {"CaseIncident", "standard_id", "String!"},
    {"IndicatorConnection", "edges", "[IndicatorEdge]"},
    {"IndicatorConnection", "pageInfo", "PageInfo!"},
    {"IndicatorEdge", "cursor", "String!"},
    {"IndicatorEdge", "node", "Indicator!"},
    {"Indicator", "id", "ID!"},
    {"Indicator", "standard_id", "String!"},
    {"Indicator", "x_opencti_stix_ids", "[StixId]"},
    {"Indicator", "revoked", "Boolean!"},
    {"Indicator", "x_opencti_score", "Int"},
    {"Indicator", "valid_until", "DateTime"},
    {"PageInfo", "hasNextPage", "Boolean!"},
    {"PageInfo", "endCursor", "String!"},
};

inline constexpr SchemaArgument schema_arguments[] = {
    {"Query.connector", "id", "String!"},
    {"Query.work", "id", "ID!"},
    {"Query.isWorkAlive", "id", "ID!"},
    {"Query.caseIncident", "id", "String!"},
    {"Query.indicators", "first", "Int"},
    {"Query.indicators", "after", "ID"},
    {"Query.indicators", "orderBy", "IndicatorsOrdering"},
    {"Query.indicators", "orderMode", "OrderingMode"},
    {"Query.indicators", "filters", "FilterGroup"},
    {"Mutation.registerConnector", "input", "RegisterConnectorInput"},
    {"Mutation.pingConnector", "id", "ID!"},
    {"Mutation.pingConnector", "state", "String"},
    {"Mutation.pingConnector", "connectorInfo", "ConnectorInfoInput"},
    {"Mutation.resetStateConnector", "id", "ID!"},
    {"Mutation.deleteConnector", "id", "ID!"},
    {"Mutation.workAdd", "connectorId", "String!"},
    {"Mutation.workAdd", "friendlyName", "String"},
    {"Mutation.workAdd", "isMultiPartWork", "Boolean", "7.260422"},
    {"Mutation.workEdit", "id", "ID!"},
    {"Mutation.stixBundlePush", "connectorId", "String!"},
    {"Mutation.stixBundlePush", "bundle", "String!"},
    {"Mutation.stixBundlePush", "work_id", "String", "6.5.7"},
    {"Mutation.draftWorkspaceAdd", "input", "DraftWorkspaceAddInput!"},
    {"WorkEditMutations.reportExpectation", "error", "WorkErrorInput"},
    {"WorkEditMutations.addExpectations", "expectations", "Int"},
    {"WorkEditMutations.addDraftContext", "draftContext", "String"},
    {"WorkEditMutations.toReceived", "message", "String"},
    {"WorkEditMutations.toProcessed", "message", "String"},
    {"WorkEditMutations.toProcessed", "inError", "Boolean"},
};

inline constexpr SchemaField schema_input_fields[] = {
    {"RegisterConnectorInput", "id", "ID!"},
    {"RegisterConnectorInput", "name", "String!"},
    {"RegisterConnectorInput", "type", "ConnectorType!"},
    {"RegisterConnectorInput", "scope", "[String!]"},
    {"RegisterConnectorInput", "auto", "Boolean"},
    {"RegisterConnectorInput", "only_contextual", "Boolean"},
    {"RegisterConnectorInput", "playbook_compatible", "Boolean"},
    {"RegisterConnectorInput", "listen_callback_uri", "String", "6.5.7"},
    {"RegisterConnectorInput", "auto_update", "Boolean", "6.8.9"},
    {"RegisterConnectorInput", "enrichment_resolution", "String", "6.8.9"},
    {"RegisterConnectorInput", "xtm_one_intent", "String", "7.260527"},
    {"RegisterConnectorInput", "version", "String", "7.260914"},
    {"RegisterConnectorInput", "slug", "String", "7.260914"},
    {"ConnectorInfoInput", "run_and_terminate", "Boolean!"},
    {"ConnectorInfoInput", "buffering", "Boolean!"},
    {"ConnectorInfoInput", "queue_threshold", "Float!"},
    {"ConnectorInfoInput", "queue_messages_size", "Float!"},
    {"ConnectorInfoInput", "next_run_datetime", "DateTime"},
    {"ConnectorInfoInput", "last_run_datetime", "DateTime"},
    {"WorkErrorInput", "error", "String"},
    {"WorkErrorInput", "source", "String"},
    {"DraftWorkspaceAddInput", "name", "String!"},
    {"DraftWorkspaceAddInput", "entity_id", "String"},
    {"FilterGroup", "mode", "FilterMode!"},
    {"FilterGroup", "filters", "[Filter!]!"},
    {"FilterGroup", "filterGroups", "[FilterGroup!]!"},
    {"Filter", "key", "[String!]!"},
    {"Filter", "values", "[Any!]!"},
    {"Filter", "operator", "FilterOperator"},
    {"Filter", "mode", "FilterMode"},
};

/// The capability that a field asks for (@auth); what is not here needs a known user only.
struct SchemaRight {
  std::string_view field;
  std::string_view capability;
};

inline constexpr SchemaRight schema_rights[] = {
    {"registerConnector", "CONNECTORAPI"},
    {"pingConnector", "CONNECTORAPI"},
    {"stixBundlePush", "CONNECTORAPI"},
    {"connector", "MODULES"},
    {"work", "MODULES"},
    {"isWorkAlive", "MODULES"},
    {"caseIncident", "KNOWLEDGE"},
    {"indicators", "KNOWLEDGE"},
    {"resetStateConnector", "MODULES_MODMANAGE"},
    {"deleteConnector", "MODULES_MODMANAGE"},
};

inline constexpr std::array<std::string_view, 6> connector_types = {"EXTERNAL_IMPORT",      "INTERNAL_IMPORT_FILE",
                                                                    "INTERNAL_ENRICHMENT",  "INTERNAL_ANALYSIS",
                                                                    "INTERNAL_EXPORT_FILE", "STREAM"};

}  // namespace stand_in
