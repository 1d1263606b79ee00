// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/evidence_templates.hpp"

#include <array>

namespace bench {

namespace {

#define NESTED(type)                                  \
  R"("@odata.type":"#microsoft.graph.security.)" type \
  R"(Evidence","createdDateTime":"%date%","verdict":"unknown","remediationStatus":"none","roles":[],)"
#define USER_ACCOUNT \
  R"("userAccount":{"accountName":"%user%","domainName":"CONTOSO","userSid":"S-1-5-21-%n%-%n%","azureAdUserId":"%guid%","userPrincipalName":"%user%@contoso.com","displayName":"%name%"})"
#define FILE_DETAILS \
  R"({"sha1":"%sha1%","sha256":"%sha256%","md5":"%md5%","fileName":"%file%","filePath":"%dir%","fileSize":%n%,"filePublisher":"Contoso","signer":null,"issuer":null})"
#define NESTED_IP "{" NESTED("ip") R"("ipAddress":"%ip%","countryLetterCode":"%cc%"})"
#define AZURE \
  "{" NESTED( \
      "azureResource") R"("resourceId":"/subscriptions/%guid%/resourceGroups/rg-%word%/providers/Microsoft.Compute/virtualMachines/%host%","resourceType":"Microsoft.Compute/virtualMachines","resourceName":"%host%"})"
#define CLUSTER                                                                                                                       \
  "{" NESTED(                                                                                                                         \
      "kubernetesCluster") R"("name":"aks-%word%","distribution":"AKS","platform":"aks","version":"1.29.%d%","cloudResource":)" AZURE \
                           "}"
#define K8S_NAMESPACE \
  "{" NESTED("kubernetesNamespace") R"("name":"%word%","labels":{"team":"%word%"},"cluster":)" CLUSTER "}"
#define IMAGE "{" NESTED("containerImage") R"("imageId":"registry.contoso.com/%word%:1.%d%"})"

constexpr std::array table =
    {
        EvidenceTemplate{"user", 150, USER_ACCOUNT R"(,"stream":null)"},
        EvidenceTemplate{
            "device", 140,
            R"("firstSeenDateTime":"%date%","mdeDeviceId":"%sha1%","azureAdDeviceId":"%guid%","deviceDnsName":"%host%.contoso.com","hostName":"%host%","ntDomain":null,"dnsDomain":"contoso.com","osPlatform":"Windows11","osBuild":%n%,"version":"23H2","healthStatus":"active","riskScore":"medium","rbacGroupId":%d%,"rbacGroupName":"Clients","onboardingStatus":"onboarded","defenderAvStatus":"updated","lastIpAddress":"%ip%","lastExternalIpAddress":"%ip%","ipInterfaces":["%ip%","fe80::%d%"],"vmMetadata":null,"loggedOnUsers":[{"accountName":"%user%","domainName":"CONTOSO"}],"resourceAccessEvents":[])"},
        EvidenceTemplate{
            "process", 150,
            R"("processId":%n%,"parentProcessId":%n%,"processCommandLine":"%cmd%","processCreationDateTime":"%date%","parentProcessCreationDateTime":"%date%","detectionStatus":"detected","mdeDeviceId":"%sha1%","imageFile":)" FILE_DETAILS
            R"(,"parentProcessImageFile":)" FILE_DETAILS "," USER_ACCOUNT},
        EvidenceTemplate{"file", 140,
                         R"("detectionStatus":"prevented","mdeDeviceId":"%sha1%","fileDetails":)" FILE_DETAILS},
        EvidenceTemplate{
            "ip", 120,
            R"("ipAddress":"%ip%","countryLetterCode":"%cc%","stream":null,"location":{"countryName":"Examplia","state":null,"city":"%word%","longitude":%d%.25,"latitude":-%d%.5})"},
        EvidenceTemplate{"url", 60, R"("url":"https://%word%.example/%word%?id=%n%")"},
        EvidenceTemplate{
            "analyzedMessage", 40,
            R"("networkMessageId":"%guid%","internetMessageId":"<%guid%@mail.example>","subject":"Invoice %n% is overdue","language":"en","senderIp":"%ip%","recipientEmailAddress":"%user%@contoso.com","antiSpamDirection":"Inbound","deliveryAction":"Delivered","deliveryLocation":"Inbox","urn":"urn:MailEntity:%sha1%","receivedDateTime":"%date%","attachmentsCount":%d%,"urlCount":2,"urls":["https://%word%.example/a","https://%word%.example/b"],"threats":["ZapPhish"],"threatDetectionMethods":["URLReputation"],"p1Sender":{"emailAddress":"bounce@%word%.example","displayName":"bounce","domainName":"%word%.example"},"p2Sender":{"emailAddress":"billing@%word%.example","displayName":"Billing","domainName":"%word%.example"})"},
        EvidenceTemplate{
            "mailbox", 30,
            R"("primaryAddress":"%user%@contoso.com","upn":"%user%@contoso.com","displayName":"%name%",)" USER_ACCOUNT},
        EvidenceTemplate{"fileHash", 20, R"("algorithm":"sha256","value":"%sha256%")"},
        EvidenceTemplate{
            "registryValue", 20,
            R"("registryHive":"HKEY_LOCAL_MACHINE","registryKey":"SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run","registryValueName":"%word%","registryValue":"%dir%\\%file%","registryValueType":"String","mdeDeviceId":"%sha1%")"},
        EvidenceTemplate{"registryKey", 10, R"("registryHive":"HKLM","registryKey":"SOFTWARE\\%word%")"},
        EvidenceTemplate{
            "cloudApplication", 15,
            R"("appId":%n%,"displayName":"Microsoft 365","instanceId":0,"instanceName":"Microsoft 365","saasAppId":%n%,"stream":null)"},
        EvidenceTemplate{"oauthApplication", 8,
                         R"("appId":"%guid%","displayName":"%word% sync","objectId":"%guid%","publisher":"%word%")"},
        EvidenceTemplate{"malware", 12,
                         R"("name":"Trojan:Win32/%word%.%d%","category":"Trojan","files":[{)" NESTED(
                             "file") R"("fileDetails":)" FILE_DETAILS R"(}],"processes":[])"},
        EvidenceTemplate{
            "mailCluster", 8,
            R"("networkMessageIds":["%guid%","%guid%"],"emailCount":%d%,"clusterBy":"Subject;P2SenderDomain;ContentType","clusterByValue":"%sha1%","query":"Subject:\"Invoice\" AND SenderDomain:\"%word%.example\"","urn":"urn:MailClusterEntity:%sha1%")"},
        EvidenceTemplate{"cloudLogonRequest", 6, R"("requestId":"%guid%")"},
        EvidenceTemplate{
            "cloudLogonSession", 6,
            R"("sessionId":"%guid%","userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0","operatingSystem":"Linux","browser":"Firefox","deviceName":"%host%","protocol":"OAuth2:Authorize","startUtcDateTime":"%date%","previousLogonDateTime":"%date%","account":{)" NESTED(
                "user") USER_ACCOUNT "}"},
        EvidenceTemplate{
            "securityGroup", 5,
            R"("displayName":"%word% admins","securityGroupId":"%guid%","sid":"S-1-5-21-%n%","distinguishedName":"CN=%word% admins,OU=Groups,DC=contoso,DC=com","friendlyName":null,"activeDirectoryObjectGuid":"%guid%")"},
        EvidenceTemplate{
            "azureResource", 5,
            R"("resourceId":"/subscriptions/%guid%/resourceGroups/rg-%word%/providers/Microsoft.Storage/storageAccounts/%word%","resourceType":"Microsoft.Storage/storageAccounts","resourceName":"%word%")"},
        EvidenceTemplate{
            "amazonResource", 3,
            R"("amazonAccountId":"%n%","amazonResourceId":"arn:aws:ec2:eu-west-1:%n%:instance/i-%n%","resourceName":"i-%n%","resourceType":"AWS::EC2::Instance")"},
        EvidenceTemplate{
            "googleCloudResource", 3,
            R"("resourceName":"%host%","resourceType":"compute.googleapis.com/Instance","location":"europe-west1-b","locationType":"zonal","projectId":"%word%-prod","projectNumber":%n%,"fullResourceName":"//compute.googleapis.com/projects/%word%-prod/zones/europe-west1-b/instances/%host%")"},
        EvidenceTemplate{"networkConnection", 5,
                         R"("sourceAddress":)" NESTED_IP R"(,"destinationAddress":)" NESTED_IP
                         R"(,"sourcePort":%n%,"destinationPort":443,"protocol":"tcp")"},
        EvidenceTemplate{"dns", 4,
                         R"("domainName":"%word%.example","ipAddresses":[)" NESTED_IP R"(],"dnsServerIp":)" NESTED_IP
                         R"(,"hostIpAddress":)" NESTED_IP},
        EvidenceTemplate{
            "hostLogonSession", 4,
            R"("sessionId":"%n%","startUtcDateTime":"%date%","endUtcDateTime":null,"account":{)" NESTED("user")
                USER_ACCOUNT
            R"(},"host":{)" NESTED("device") R"("deviceDnsName":"%host%.contoso.com","hostName":"%host%"})"},
        EvidenceTemplate{
            "mailboxConfiguration", 3,
            R"("configurationId":"%guid%","configurationType":"mailForwardingRule","displayName":"forward","externalDirectoryObjectId":"%guid%","mailboxPrimaryAddress":"%user%@contoso.com","upn":"%user%@contoso.com")"},
        EvidenceTemplate{
            "servicePrincipal", 3,
            R"("appId":"%guid%","appOwnerTenantId":"%guid%","servicePrincipalName":"%word%-deploy","servicePrincipalObjectId":"%guid%","servicePrincipalType":"application","tenantId":"%guid%")"},
        EvidenceTemplate{
            "submissionMail", 3,
            R"("networkMessageId":"%guid%","recipient":"%user%@contoso.com","reportType":"Phish","sender":"info@%word%.example","senderIp":"%ip%","subject":"Payroll %n%","submissionDateTime":"%date%","submissionId":"%guid%","submitter":"%user%@contoso.com")"},
        EvidenceTemplate{
            "teamsMessage", 3,
            R"("messageId":"%n%","threadId":"19:%guid%@thread.v2","threadType":"chat","subject":null,"senderFromAddress":"help@%word%.example","senderIP":"%ip%","recipients":["%user%@contoso.com"],"urls":[{)" NESTED(
                "url") R"("url":"https://%word%.example/login"}],"files":[],"isExternal":true,"isOwned":false,"receivedDateTime":"%date%","deliveryAction":"delivered","messageDirection":"inbound")"},
        EvidenceTemplate{"nic", 2, R"("macAddress":"00-15-5D-01-02-%mac%","vlans":["%d%"],"ipAddress":)" NESTED_IP},
        EvidenceTemplate{
            "ioTDevice", 2,
            R"("deviceId":"%guid%","deviceName":"camera-%d%","deviceType":"Camera","manufacturer":"%word%","model":"X%d%","operatingSystem":"Linux","macAddress":"00:15:5d:01:02:03","ipAddress":)" NESTED_IP
            R"(,"importance":"normal","isAuthorized":true,"isProgramming":false,"isScanner":false,"protocols":["RTSP"],"owners":[],"nics":[],"site":"HQ","zone":"%word%")"},
        EvidenceTemplate{"activeDirectoryDomain", 2,
                         R"("activeDirectoryDomainName":"%word%.contoso.com","trustedDomains":[])"},
        EvidenceTemplate{
            "blob", 2,
            R"("name":"%file%","url":"https://%word%.blob.core.windows.net/uploads/%file%","etag":"0x%n%","fileHashes":[{"algorithm":"md5","value":"%md5%"}],"blobContainer":{)" NESTED(
                "blobContainer") R"("name":"uploads","url":"https://%word%.blob.core.windows.net/uploads","storageResource":)" AZURE
                                 "}"},
        EvidenceTemplate{
            "blobContainer", 1,
            R"("name":"uploads","url":"https://%word%.blob.core.windows.net/uploads","storageResource":)" AZURE},
        EvidenceTemplate{"sasToken", 1, R"("allowedIpAddresses":"%ip%","allowedResourceTypes":["service"],"allowedServices":["blob"],"permissions":["read","list"],"protocol":"https","signatureHash":"%sha256%","signedWith":"key1","startDateTime":"%date%","expiryDateTime":"%date%","storageResource":)" AZURE},
        EvidenceTemplate{
            "kubernetesCluster", 1,
            R"("name":"aks-%word%","distribution":"AKS","platform":"aks","version":"1.29.%d%","cloudResource":)" AZURE},
        EvidenceTemplate{"kubernetesNamespace", 1, R"("name":"%word%","labels":{"team":"%word%"},"cluster":)" CLUSTER},
        EvidenceTemplate{"kubernetesController", 1,
                         R"("name":"%word%","type":"Deployment","labels":{"app":"%word%"},"namespace":)" K8S_NAMESPACE},
        EvidenceTemplate{
            "kubernetesPod", 2,
            R"("name":"%word%-%n%","labels":{"app":"%word%"},"podIp":)" NESTED_IP
            R"(,"containers":[],"initContainers":[],"ephemeralContainers":[],"controller":null,"serviceAccount":null,"namespace":)" K8S_NAMESPACE},
        EvidenceTemplate{
            "kubernetesService", 1,
            R"("name":"%word%","serviceType":"clusterIP","clusterIP":)" NESTED_IP
            R"(,"externalIPs":[],"labels":{},"selector":{"app":"%word%"},"servicePorts":[{"name":"http","port":80,"targetPort":"8080","nodePort":null,"protocol":"tcp","appProtocol":null}],"namespace":)" K8S_NAMESPACE},
        EvidenceTemplate{"kubernetesServiceAccount", 1, R"("name":"%word%","namespace":)" K8S_NAMESPACE},
        EvidenceTemplate{"kubernetesSecret", 1,
                         R"("name":"%word%-tls","secretType":"kubernetes.io/tls","namespace":)" K8S_NAMESPACE},
        EvidenceTemplate{
            "container", 1,
            R"("containerId":"%sha256%","name":"%word%","isPrivileged":false,"args":["--port","80"],"command":["/bin/%word%"],"pod":null,"image":)" IMAGE},
        EvidenceTemplate{"containerImage", 1,
                         R"("imageId":"registry.contoso.com/%word%:1.%d%","digestImage":null,"registry":{)" NESTED(
                             "containerRegistry") R"("registry":"registry.contoso.com"})"},
        EvidenceTemplate{"containerRegistry", 1, R"("registry":"registry.contoso.com")"},
        EvidenceTemplate{
            "gitHubOrganization", 1,
            R"("login":"%word%","displayName":"%word%","orgId":"%n%","company":null,"email":"owner@%word%.example","webUrl":"https://github.com/%word%")"},
        EvidenceTemplate{
            "gitHubRepo", 1,
            R"("repoId":"%n%","login":"%word%","owner":"%user%","ownerType":"User","baseUrl":"https://github.com/%user%/%word%")"},
        EvidenceTemplate{
            "gitHubUser", 1,
            R"("userId":"%n%","login":"%user%","name":"%name%","email":"%user%@%word%.example","webUrl":"https://github.com/%user%")"},
        EvidenceTemplate{
            "aiAgent", 1,
            R"("agentId":"%guid%","agentName":"%word% assistant","hostingPlatformType":"copilotStudio","instructions":"Answer questions about %word%.")"},
};

}  // namespace

std::span<const EvidenceTemplate> evidence_templates() { return table; }

}  // namespace bench
