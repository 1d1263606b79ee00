// SPDX-License-Identifier: Apache-2.0
// What a malicious verdict must not reach: each case names one road by which a score or an indicator could come
// about.
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

namespace {

const std::string bad = R"("verdict":"malicious",)";
const std::string sha1 = "5d7a8e0b9c1f2e3d4a5b6c7d8e9f0a1b2c3d4e5f";

std::string mail_from(std::string_view sender) {
  return evidence_of("analyzedMessage",
                     bad + R"("subject":"s","p2Sender":{"emailAddress":")" + std::string(sender) + "\"}");
}

// How many objects that are no indicators have a score.
std::size_t scored(Mapped& mapped) {
  std::size_t count = 0;
  for (const char* type : {"ipv4-addr", "ipv6-addr", "url", "domain-name", "file", "email-addr", "user-account",
                           "hostname", "identity", "text", "process", "software"}) {
    for (const common::Json object : mapped.all(type)) count += object["x_opencti_score"] ? 1 : 0;
  }
  return count;
}

void check_nothing(const std::string& evidence) {
  INFO(evidence);
  Mapped mapped(incident_with(evidence));
  CHECK(scored(mapped) == 0);
  CHECK(mapped.all("indicator").empty());
}

}  // namespace

TEST_CASE("roles exclude whatever their case, and as a text of their own too") {
  for (const char* roles : {R"(["ATTACKED"])", R"("Compromised")", R"("attacked")", R"(["source","Compromised"])"})
    check_nothing(bad_ip("198.51.100.7", std::string(R"(,"roles":)") + roles));
  Mapped other(incident_with(bad_ip("198.51.100.7", R"(,"roles":["source","contextual"])")));
  CHECK(scored(other) == 1);
}

TEST_CASE("the attacked get no score by whatever evidence they come") {
  const std::string attacked = bad + R"("roles":["attacked"],)";
  check_nothing(evidence_of("url", attacked + R"("url":"https://shop.example/")"));
  check_nothing(evidence_of("dns", attacked + R"("domainName":"shop.example")"));
  check_nothing(evidence_of("file", attacked + R"("fileDetails":{"sha1":")" + sha1 + R"("})"));
  check_nothing(evidence_of("fileHash", attacked + R"("algorithm":"sha1","value":")" + sha1 + "\""));
  check_nothing(
      evidence_of("analyzedMessage", attacked + R"("subject":"s","p2Sender":{"emailAddress":"a@shop.example"})"));
}

TEST_CASE("internal networks and the broadcast address are not scored") {
  for (const char* address : {"10.0.0.0/8", "fd00::/8", "255.255.255.255"}) check_nothing(bad_ip(address));
}

TEST_CASE("a device without a name excludes no link that names no host") {
  for (const char* device : {".", "..", " "}) {
    for (const char* url : {"http:///x", "file:///c/x", "mailto:a@shop.example", "http://./x", "http://:80/x"}) {
      INFO(device << " " << url);
      Mapped mapped(incident_with(
          evidence_of("device", R"("hostName":")" + std::string(device) + R"(","deviceDnsName":"d.corp.example")") +
          "," + bad_url(url)));
      CHECK(mapped.score(url) == "90");
    }
  }
}

TEST_CASE("links to internal hosts are not scored") {
  for (const char* url :
       {"http://localhost/x", "http://10.0.0.7/x", "http://[::1]/x", "http://[FD00::7]:8080/", "http://localhost./"})
    check_nothing(bad_url(url));
  Mapped outside(incident_with(bad_url("http://198.51.100.7/x")));
  CHECK(scored(outside) == 1);
}

TEST_CASE("each name and address of a device keeps it from being scored") {
  const auto device = [](std::string_view members) { return evidence_of("device", members); };
  const std::string by_name = device(R"("deviceDnsName":"ws7.corp.example","hostName":"front.corp.example")");
  check_nothing(bad_url("https://front.corp.example/x") + "," + by_name);
  check_nothing(bad_url("https://WS7.corp.example./x") + "," + by_name);
  const std::string joined = device(R"("hostName":"ws7","dnsDomain":"corp.example")");
  check_nothing(bad_url("https://ws7.corp.example/x") + "," + joined);
  for (const char* member : {R"("lastIpAddress":"198.51.100.7")", R"("lastExternalIpAddress":"198.51.100.7")",
                             R"("ipInterfaces":["198.51.100.9","198.51.100.7"])"})
    check_nothing(bad_ip("198.51.100.7") + "," + device(std::string(R"("hostName":"ws7",)") + member));
}

TEST_CASE("an IPv6 address of a device counts however it is written") {
  const std::string device = evidence_of("device", R"("hostName":"ws7","lastExternalIpAddress":"2001:DB8:0:0::7")");
  check_nothing(bad_ip("2001:db8::7") + "," + device);
  check_nothing(bad_url("https://[2001:db8::0:7]/x") + "," + device);
}

TEST_CASE("the addresses of a device without a name are still the organisation's own") {
  check_nothing(bad_ip("198.51.100.7") + "," + evidence_of("device", R"("lastExternalIpAddress":"198.51.100.7")"));
}

TEST_CASE("a host with a port and no scheme is a host") {
  check_nothing(bad_url("localhost:8080/x"));
  check_nothing(bad_url("ws7.corp.example:8080/x") + "," +
                evidence_of("device", R"("deviceDnsName":"ws7.corp.example")"));
  Mapped other(incident_with(bad_url("tel:8080x") + "," + evidence_of("device", R"("hostName":"tel")")));
  CHECK(scored(other) == 1);
}

TEST_CASE("name and addresses of an IoT device keep it from being scored") {
  const std::string device = evidence_of(
      "ioTDevice", R"("deviceName":"camera.corp.example","ipAddress":{"ipAddress":"198.51.100.7"},)"
                   R"("nics":[{"macAddress":"00:1a:2b:3c:4d:5e","ipAddress":{"ipAddress":"198.51.100.8"}}])");
  check_nothing(bad_ip("198.51.100.7") + "," + device);
  check_nothing(bad_ip("198.51.100.8") + "," + device);
  check_nothing(bad_url("http://camera.corp.example/x") + "," + device);
  const std::string nameless = evidence_of("ioTDevice", R"("ipAddress":{"ipAddress":"198.51.100.7"})");
  check_nothing(bad_ip("198.51.100.7") + "," + nameless);
}

TEST_CASE("an address is not scored for the verdict of a name that resolves to it") {
  Mapped mapped(incident_with(
      evidence_of("dns", bad + R"("domainName":"evil.example","ipAddresses":[{"ipAddress":"198.51.100.7"}])")));
  CHECK(mapped.score("198.51.100.7").empty());
  CHECK(mapped.score("evil.example") == "90");
  CHECK(mapped.all("indicator").size() == 1);
}

TEST_CASE("directories, accounts, host names and parent images are never scored") {
  check_nothing(evidence_of("activeDirectoryDomain", bad + R"("activeDirectoryDomainName":"corp.example")"));
  check_nothing(
      evidence_of("user", bad + R"("userAccount":{"accountName":"mara","userPrincipalName":"mara@corp.example"})"));
  check_nothing(evidence_of("device", bad + R"("deviceDnsName":"ws7.corp.example")"));
  check_nothing(evidence_of("process", bad + R"("processId":1,"processCommandLine":"x","parentProcessImageFile":)" +
                                           R"({"sha1":")" + sha1 + R"(","fileName":"explorer.exe"})"));
  check_nothing(evidence_of("malware", bad + R"("name":"Acme.A","processes":[{"processId":1,)" +
                                           R"("processCommandLine":"x","imageFile":{"sha1":")" + sha1 + R"("}}])"));
}

TEST_CASE("every known address of the organisation makes its domain the organisation's own") {
  for (const std::string& own :
       {evidence_of("mailbox", R"("upn":"ola@sub.example")"),
        evidence_of("mailboxConfiguration", R"("mailboxPrimaryAddress":"ola@sub.example")"),
        evidence_of("mailboxConfiguration", R"("upn":"ola@sub.example")"),
        evidence_of("teamsMessage", R"("messageId":"1","recipients":["ola@sub.example"])"),
        evidence_of("submissionMail", R"("subject":"r","submitter":"ola@sub.example")"),
        evidence_of("submissionMail", R"("subject":"r","recipient":"ola@sub.example")"),
        evidence_of("submissionMail", R"("recipient":"ola@sub.example")"),
        evidence_of("user", R"("userAccount":{"accountName":"ola@sub.example"})"),
        evidence_of("user", R"("userAccount":{"accountName":"ola","domainName":"sub.example"})")})
    check_nothing(mail_from("boss@SUB.example") + "," + own);
}

TEST_CASE("repositories, registries, blobs and chats are scored but make no indicators") {
  for (const std::string& evidence :
       {evidence_of("gitHubRepo", bad + R"("baseUrl":"https://git.example/a/b")"),
        evidence_of("containerRegistry", bad + R"("registry":"images.example")"),
        evidence_of("blobContainer", bad + R"("url":"https://blobs.example/c")"),
        evidence_of("blob", bad + R"("url":"https://blobs.example/c/b")"),
        evidence_of("blob", bad + R"("name":"b","fileHashes":[{"algorithm":"sha1","value":")" + sha1 + R"("}])"),
        evidence_of("teamsMessage", bad + R"("messageId":"1","senderFromAddress":"a@evil.example")")}) {
    INFO(evidence);
    Mapped mapped(incident_with(evidence));
    CHECK(scored(mapped) == 1);
    CHECK(mapped.all("indicator").empty());
  }
}

TEST_CASE("an empty file is told by its SHA-256 alone") {
  check_nothing(evidence_of(
      "file", bad + R"("fileDetails":{"sha256":"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"})"));
}

TEST_CASE("an indicator does not point to the malware of another alert") {
  const std::string malware = evidence_of("malware", R"("name":"Acme.A")");
  std::string incident = incident_with(bad_ip("198.51.100.7"));
  incident.insert(
      incident.size() - 2,
      R"(,{"id":"a2","title":"Two","createdDateTime":"2026-03-02T08:10:00Z","evidence":[)" + malware + "]}");
  Mapped mapped(incident);
  REQUIRE(mapped.all("malware").size() == 1);
  REQUIRE(mapped.all("indicator").size() == 1);
  CHECK_FALSE(mapped.relationship("indicates", mapped.all("indicator")[0], mapped.all("malware")[0]));
}

TEST_CASE("an internal address with the dot of the root is internal, too") {
  Mapped mapped(incident_with(bad_url("http://10.0.0.7./x") + "," + bad_url("http://203.0.113.9./x") + "," +
                              bad_ip("203.0.113.9") + "," +
                              evidence_of("device", R"("hostName":"ws","lastExternalIpAddress":"203.0.113.9")")));
  CHECK(mapped.score("http://10.0.0.7./x").empty());
  CHECK(mapped.score("http://203.0.113.9./x").empty());
  CHECK(mapped.all("indicator").empty());
}
