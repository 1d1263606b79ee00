// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/table.hpp"

#include <algorithm>
#include <iterator>

#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

constexpr EvidenceType types[] = {
    {.name = "activeDirectoryDomainEvidence",
     .map = map_active_directory_domain,
     .said = {"activeDirectoryDomainName"}},
    {.name = "aiAgentEvidence",
     .map = map_ai_agent,
     .said = {"agentName", "agentId", "hostingPlatformType", "instructions"},
     .key = "agentId"},
    {.name = "amazonResourceEvidence",
     .map = map_amazon_resource,
     .said = {"resourceName", "amazonAccountId"},
     .key = "amazonResourceId"},
    {.name = "analyzedMessageEvidence", .map = map_analyzed_message, .said = {"subject"}, .key = "urn"},
    {.name = "azureResourceEvidence", .map = map_azure_resource, .said = {"resourceName"}, .key = "resourceId"},
    {.name = "blobContainerEvidence", .map = map_blob_container, .said = {"url"}},
    {.name = "blobEvidence", .map = map_blob, .key = "etag"},
    {.name = "cloudApplicationEvidence",
     .map = map_cloud_application,
     .said = {"displayName", "instanceName"},
     .key = "appId"},
    {.name = "cloudLogonRequestEvidence", .map = map_cloud_logon_request, .key = "requestId", .is_note = true},
    {.name = "cloudLogonSessionEvidence", .map = map_cloud_logon_session, .key = "sessionId"},
    {.name = "containerEvidence", .map = map_container, .said = {"name", "containerId"}, .key = "containerId"},
    {.name = "containerImageEvidence", .map = map_container_image, .said = {"imageId"}, .key = "imageId"},
    {.name = "containerRegistryEvidence", .map = map_container_registry, .said = {"registry"}},
    {.name = "deviceEvidence", .map = map_device, .said = {"deviceDnsName"}, .key = "mdeDeviceId", .is_device = true},
    {.name = "dnsEvidence", .map = map_dns, .said = {"domainName"}},
    {.name = "fileEvidence",
     .map = map_file,
     .said = {"fileDetails.md5", "fileDetails.sha1", "fileDetails.sha256", "fileDetails.fileName",
              "fileDetails.fileSize"},
     .rank = 1},
    {.name = "fileHashEvidence", .map = map_file_hash, .said = {"value"}, .rank = 2, .key = "value"},
    {.name = "gitHubOrganizationEvidence", .map = map_github_organization, .said = {"login"}, .key = "orgId"},
    {.name = "gitHubRepoEvidence", .map = map_github_repo, .said = {"baseUrl"}, .key = "repoId"},
    {.name = "gitHubUserEvidence", .map = map_github_user, .said = {"login", "userId"}, .key = "userId"},
    {.name = "googleCloudResourceEvidence",
     .map = map_google_cloud_resource,
     .said = {"resourceName", "projectId"},
     .key = "fullResourceName"},
    {.name = "hostLogonSessionEvidence", .map = map_host_logon_session, .key = "sessionId"},
    {.name = "ioTDeviceEvidence", .map = map_iot_device, .said = {"deviceName", "deviceId"}, .key = "deviceId"},
    {.name = "ipEvidence", .map = map_ip, .said = {"ipAddress"}},
    {.name = "kubernetesClusterEvidence", .map = map_kubernetes_cluster, .said = {"name"}},
    {.name = "kubernetesControllerEvidence", .map = map_kubernetes_controller, .said = {"name", "type"}},
    {.name = "kubernetesNamespaceEvidence", .map = map_kubernetes_namespace, .said = {"name"}},
    {.name = "kubernetesPodEvidence", .map = map_kubernetes_pod, .said = {"name"}},
    {.name = "kubernetesSecretEvidence", .map = map_kubernetes_secret, .said = {"name"}},
    {.name = "kubernetesServiceAccountEvidence", .map = map_kubernetes_service_account, .said = {"name"}},
    {.name = "kubernetesServiceEvidence", .map = map_kubernetes_service, .said = {"name"}},
    {.name = "mailboxConfigurationEvidence",
     .map = map_mailbox_configuration,
     .said = {"mailboxPrimaryAddress"},
     .key = "configurationId"},
    {.name = "mailboxEvidence", .map = map_mailbox, .said = {"primaryAddress"}},
    {.name = "mailClusterEvidence", .map = map_mail_cluster, .key = "urn", .is_note = true},
    {.name = "malwareEvidence", .map = map_malware, .said = {"name"}},
    {.name = "networkConnectionEvidence",
     .map = map_network_connection,
     .said = {"protocol", "sourcePort", "destinationPort", "sourceAddress.ipAddress", "destinationAddress.ipAddress"}},
    {.name = "nicEvidence", .map = map_nic, .said = {"macAddress"}},
    {.name = "oauthApplicationEvidence",
     .map = map_oauth_application,
     .said = {"displayName", "publisher"},
     .key = "appId"},
    {.name = "processEvidence", .map = map_process, .said = {"processCommandLine"}, .rank = 0},
    {.name = "registryKeyEvidence", .map = map_registry_key, .said = {"registryKey", "registryHive"}},
    {.name = "registryValueEvidence", .map = map_registry_value, .said = {"registryKey", "registryHive"}},
    {.name = "sasTokenEvidence", .map = map_sas_token, .key = "signatureHash", .is_note = true},
    {.name = "securityGroupEvidence",
     .map = map_security_group,
     .said = {"distinguishedName", "displayName", "friendlyName", "sid", "securityGroupId"},
     .key = "securityGroupId"},
    {.name = "servicePrincipalEvidence",
     .map = map_service_principal,
     .said = {"servicePrincipalName", "appId"},
     .key = "servicePrincipalObjectId"},
    {.name = "submissionMailEvidence", .map = map_submission_mail, .said = {"subject"}, .key = "submissionId"},
    {.name = "teamsMessageEvidence", .map = map_teams_message, .key = "messageId", .is_note = true},
    {.name = "urlEvidence", .map = map_url, .said = {"url"}},
    {.name = "userEvidence", .map = map_user, .said = {"userAccount.accountName"}},
};

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
