// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/map-stix/evidence/evidence.hpp"

namespace map_stix {

// One mapper for each evidence type, by subject. Each returns the primary object, or none where no object is possible.

// identity.cpp
ObjectRef map_user(Evidence& evidence);
ObjectRef map_security_group(Evidence& evidence);
ObjectRef map_service_principal(Evidence& evidence);
ObjectRef map_cloud_logon_request(Evidence& evidence);
ObjectRef map_cloud_logon_session(Evidence& evidence);
ObjectRef map_host_logon_session(Evidence& evidence);

// device.cpp
ObjectRef map_device(Evidence& evidence);
ObjectRef map_iot_device(Evidence& evidence);
ObjectRef map_nic(Evidence& evidence);

// file.cpp
ObjectRef map_file(Evidence& evidence);
ObjectRef map_file_hash(Evidence& evidence);
ObjectRef map_malware(Evidence& evidence);

// process.cpp
ObjectRef map_process(Evidence& evidence);

// registry.cpp
ObjectRef map_registry_key(Evidence& evidence);
ObjectRef map_registry_value(Evidence& evidence);

// network.cpp
ObjectRef map_ip(Evidence& evidence);
ObjectRef map_url(Evidence& evidence);
ObjectRef map_dns(Evidence& evidence);
ObjectRef map_network_connection(Evidence& evidence);
ObjectRef map_active_directory_domain(Evidence& evidence);

// mail.cpp
ObjectRef map_analyzed_message(Evidence& evidence);
ObjectRef map_submission_mail(Evidence& evidence);
ObjectRef map_mailbox(Evidence& evidence);
ObjectRef map_mailbox_configuration(Evidence& evidence);
ObjectRef map_mail_cluster(Evidence& evidence);
ObjectRef map_teams_message(Evidence& evidence);

// cloud.cpp
ObjectRef map_azure_resource(Evidence& evidence);
ObjectRef map_amazon_resource(Evidence& evidence);
ObjectRef map_google_cloud_resource(Evidence& evidence);
ObjectRef map_blob_container(Evidence& evidence);
ObjectRef map_blob(Evidence& evidence);
ObjectRef map_sas_token(Evidence& evidence);

// container.cpp
ObjectRef map_kubernetes_cluster(Evidence& evidence);
ObjectRef map_kubernetes_namespace(Evidence& evidence);
ObjectRef map_kubernetes_controller(Evidence& evidence);
ObjectRef map_kubernetes_pod(Evidence& evidence);
ObjectRef map_kubernetes_service(Evidence& evidence);
ObjectRef map_kubernetes_service_account(Evidence& evidence);
ObjectRef map_kubernetes_secret(Evidence& evidence);
ObjectRef map_container(Evidence& evidence);
ObjectRef map_container_image(Evidence& evidence);
ObjectRef map_container_registry(Evidence& evidence);

// application.cpp
ObjectRef map_oauth_application(Evidence& evidence);
ObjectRef map_cloud_application(Evidence& evidence);
ObjectRef map_ai_agent(Evidence& evidence);
ObjectRef map_github_organization(Evidence& evidence);
ObjectRef map_github_repo(Evidence& evidence);
ObjectRef map_github_user(Evidence& evidence);

}  // namespace map_stix
