// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/operations.hpp"

namespace push_opencti::operations {

const Operation about{"about", "query About { about { version } }"};

const Operation me{"me", "query Me { me { name capabilities { name } } }"};

const Operation register_connector{
    "registerConnector",
    "mutation Register($input: RegisterConnectorInput) { registerConnector(input: $input) { id connector_state "
    "connector_user_id config { connection { host vhost use_ssl port user pass } push push_routing push_exchange } } }",
    false, "registerConnector.id"};

const Operation ping{"pingConnector",
                     "mutation Ping($id: ID!, $state: String, $connectorInfo: ConnectorInfoInput) { pingConnector(id: "
                     "$id, state: $state, "
                     "connectorInfo: $connectorInfo) { id connector_state } }",
                     true, "pingConnector.id"};

const Operation read_queue{"connector",
                           "query Queue($id: String!) { connector(id: $id) { id connector_queue_details { "
                           "messages_number messages_size } } }"};

const Operation read_case{"caseIncident", "query Case($id: String!) { caseIncident(id: $id) { id } }"};

const Operation revoked_indicators{
    "indicators",
    "query Revoked($filters: FilterGroup, $first: Int, $after: ID, $orderBy: IndicatorsOrdering, $orderMode: "
    "OrderingMode) { indicators(filters: $filters, first: $first, after: $after, orderBy: $orderBy, orderMode: "
    "$orderMode) { edges { node { standard_id x_opencti_stix_ids } } pageInfo { hasNextPage endCursor } } }"};

const Operation work_processed{"toProcessed",
                               "mutation Processed($id: ID!, $message: String, $inError: Boolean) { workEdit(id: $id) "
                               "{ toProcessed(message: $message, "
                               "inError: $inError) } }",
                               true};

const Operation work_add_expectations{"addExpectations",
                                      "mutation Expect($id: ID!, $expectations: Int) { workEdit(id: $id) { "
                                      "addExpectations(expectations: $expectations) } }",
                                      true};

const Operation work_report_expectation{
    "reportExpectation",
    "mutation Report($id: ID!, $error: WorkErrorInput) { workEdit(id: $id) { reportExpectation(error: $error) } }",
    true};

const Operation work_alive{"isWorkAlive", "query Alive($id: ID!) { isWorkAlive(id: $id) }"};

const Operation read_work{"work",
                          "query Work($id: ID!) { work(id: $id) { status tracking { import_expected_number "
                          "import_processed_number } errors { "
                          "message source } } }"};

const Operation work_draft_context{"addDraftContext",
                                   "mutation Draft($id: ID!, $draftContext: String) { workEdit(id: $id) { "
                                   "addDraftContext(draftContext: $draftContext) } }"};

const Operation draft_add{
    "draftWorkspaceAdd",
    "mutation DraftAdd($input: DraftWorkspaceAddInput!) { draftWorkspaceAdd(input: $input) { id } }"};

namespace {

const Operation work_add_plain{
    "workAdd",
    "mutation WorkAdd($connectorId: String!, $friendlyName: String) { workAdd(connectorId: $connectorId, friendlyName: "
    "$friendlyName) { id } }",
    true};

const Operation work_add_multi{
    "workAdd",
    "mutation WorkAdd($connectorId: String!, $friendlyName: String, $isMultiPartWork: Boolean) { workAdd(connectorId: "
    "$connectorId, friendlyName: $friendlyName, isMultiPartWork: $isMultiPartWork) { id } }",
    true};

const Operation push_plain{"stixBundlePush",
                           "mutation Push($connectorId: String!, $bundle: String!) { stixBundlePush(connectorId: "
                           "$connectorId, bundle: $bundle) }"};

const Operation push_with_work{"stixBundlePush",
                               "mutation Push($connectorId: String!, $bundle: String!, $work_id: String) { "
                               "stixBundlePush(connectorId: $connectorId, "
                               "bundle: $bundle, work_id: $work_id) }"};

}  // namespace

const Operation& work_add(const PlatformVersion& version) {
  return has_feature(version, Feature::multi_part_work) ? work_add_multi : work_add_plain;
}

const Operation& push_bundle(const PlatformVersion& version) {
  return has_feature(version, Feature::push_names_work) ? push_with_work : push_plain;
}

}  // namespace push_opencti::operations
