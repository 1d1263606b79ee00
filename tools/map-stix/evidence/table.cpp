// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/table.hpp"

#include <algorithm>
#include <iterator>

#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

constexpr EvidenceType types[] = {
    {.name = "activeDirectoryDomainEvidence", .map = map_active_directory_domain},
    {.name = "aiAgentEvidence", .map = map_ai_agent, .key = "agentId"},
    {.name = "amazonResourceEvidence", .map = map_amazon_resource, .key = "amazonResourceId"},
    {.name = "analyzedMessageEvidence", .map = map_analyzed_message, .key = "urn"},
    {.name = "azureResourceEvidence", .map = map_azure_resource, .key = "resourceId"},
    {.name = "blobContainerEvidence", .map = map_blob_container},
    {.name = "blobEvidence", .map = map_blob, .key = "etag"},
    {.name = "cloudApplicationEvidence", .map = map_cloud_application, .key = "appId"},
    {.name = "cloudLogonRequestEvidence", .map = map_cloud_logon_request, .key = "requestId", .is_note = true},
    {.name = "cloudLogonSessionEvidence", .map = map_cloud_logon_session, .key = "sessionId"},
    {.name = "containerEvidence", .map = map_container, .key = "containerId"},
    {.name = "containerImageEvidence", .map = map_container_image, .key = "imageId"},
    {.name = "containerRegistryEvidence", .map = map_container_registry},
    {.name = "deviceEvidence", .map = map_device, .key = "mdeDeviceId"},
    {.name = "dnsEvidence", .map = map_dns},
    {.name = "fileEvidence", .map = map_file, .rank = 1},
    {.name = "fileHashEvidence", .map = map_file_hash, .rank = 2, .key = "value"},
    {.name = "gitHubOrganizationEvidence", .map = map_github_organization, .key = "orgId"},
    {.name = "gitHubRepoEvidence", .map = map_github_repo, .key = "repoId"},
    {.name = "gitHubUserEvidence", .map = map_github_user, .key = "userId"},
    {.name = "googleCloudResourceEvidence", .map = map_google_cloud_resource, .key = "fullResourceName"},
    {.name = "hostLogonSessionEvidence", .map = map_host_logon_session, .key = "sessionId"},
    {.name = "ioTDeviceEvidence", .map = map_iot_device, .key = "deviceId"},
    {.name = "ipEvidence", .map = map_ip},
    {.name = "kubernetesClusterEvidence", .map = map_kubernetes_cluster},
    {.name = "kubernetesControllerEvidence", .map = map_kubernetes_controller},
    {.name = "kubernetesNamespaceEvidence", .map = map_kubernetes_namespace},
    {.name = "kubernetesPodEvidence", .map = map_kubernetes_pod},
    {.name = "kubernetesSecretEvidence", .map = map_kubernetes_secret},
    {.name = "kubernetesServiceAccountEvidence", .map = map_kubernetes_service_account},
    {.name = "kubernetesServiceEvidence", .map = map_kubernetes_service},
    {.name = "mailboxConfigurationEvidence", .map = map_mailbox_configuration, .key = "configurationId"},
    {.name = "mailboxEvidence", .map = map_mailbox},
    {.name = "mailClusterEvidence", .map = map_mail_cluster, .key = "urn", .is_note = true},
    {.name = "malwareEvidence", .map = map_malware},
    {.name = "networkConnectionEvidence", .map = map_network_connection},
    {.name = "nicEvidence", .map = map_nic},
    {.name = "oauthApplicationEvidence", .map = map_oauth_application, .key = "appId"},
    {.name = "processEvidence", .map = map_process, .rank = 0},
    {.name = "registryKeyEvidence", .map = map_registry_key},
    {.name = "registryValueEvidence", .map = map_registry_value},
    {.name = "sasTokenEvidence", .map = map_sas_token, .key = "signatureHash", .is_note = true},
    {.name = "securityGroupEvidence", .map = map_security_group, .key = "securityGroupId"},
    {.name = "servicePrincipalEvidence", .map = map_service_principal, .key = "servicePrincipalObjectId"},
    {.name = "submissionMailEvidence", .map = map_submission_mail, .key = "submissionId"},
    {.name = "teamsMessageEvidence", .map = map_teams_message, .key = "messageId", .is_note = true},
    {.name = "urlEvidence", .map = map_url},
    {.name = "userEvidence", .map = map_user},
};
static_assert(std::size(types) == Report::known_types);

}  // namespace

std::span<const EvidenceType> evidence_types() { return types; }

std::string_view short_type_name(std::string_view odata_type) {
  const std::size_t dot = odata_type.rfind('.');
  if (dot != std::string_view::npos) return odata_type.substr(dot + 1);
  return odata_type.starts_with('#') ? odata_type.substr(1) : odata_type;
}

const EvidenceType* find_evidence_type(std::string_view odata_type) {
  const std::string_view name = short_type_name(odata_type);
  // Nearly all are told apart by their lengths alone.
  const auto found = std::find_if(std::begin(types), std::end(types),
                                  [name](const EvidenceType& type) { return equals_ignoring_case(type.name, name); });
  return found != std::end(types) ? &*found : nullptr;
}

}  // namespace map_stix
