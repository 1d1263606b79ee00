// SPDX-License-Identifier: Apache-2.0
// Evidence that holds nothing, and values that identify nobody, become text.
#include <array>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using common::Json;

namespace {

std::string description_of_alert(Mapped& mapped) {
  return std::string(mapped.all("incident")[0]["description"].text());
}

}  // namespace

TEST_CASE("evidence without any value is one line of the alert, and one warning for its type") {
  const std::string device = evidence_of(
      "device", R"("roles":["source"],"verdict":"unknown","hostName":null,"deviceDnsName":"","ipInterfaces":[],)"
                R"("vmMetadata":{"vmId":null},"riskScore":"none","osBuild":null,"healthStatus":"unknown")");
  const std::string user = evidence_of("user", R"("userAccount":{"accountName":null,"resourceAccessEvents":[]})");
  const std::string cluster = evidence_of("mailCluster", R"("query":null,"emailCount":0,"urn":"")");
  Mapped mapped(incident_with(device + "," + device + "," + user + "," + cluster + "," +
                              evidence_of("tomorrow", R"("deep":{"x":[null]})")));
  const std::string text = description_of_alert(mapped);
  CHECK_THAT(
      text,
      contains_text(
          "- `deviceEvidence (2 times): riskScore: none; healthStatus: unknown; verdict: unknown; roles.0: source`"));
  CHECK_THAT(text, contains_text("- `userEvidence without a value`"));
  CHECK_THAT(text, contains_text("- `mailClusterEvidence: emailCount: 0`"));
  CHECK_THAT(text, contains_text("- `tomorrowEvidence without a value`"));
  CHECK(mapped.bundle().find("null") == std::string::npos);
  CHECK(mapped.all("note").empty());
  CHECK(mapped.warnings("empty evidence deviceEvidence") == 1);
  CHECK(mapped.warnings("no object possible") == 0);
}

TEST_CASE("a note leaves out members that are null or empty, at any depth") {
  Mapped mapped(incident_with(evidence_of(
      "user",
      R"("roles":[],"userAccount":{"accountName":null,"displayName":"Mara","events":[{"ip":null}],"more":{"a":""}})")));
  REQUIRE(mapped.all("note").size() == 1);
  const std::string content(mapped.all("note")[0]["content"].text());
  CHECK_THAT(content, contains_text("\"userAccount\": {\n    \"displayName\": \"Mara\"\n  }\n}"));
  CHECK(content.find("null") == std::string::npos);
  CHECK(content.find("roles") == std::string::npos);
}

TEST_CASE("addresses that every machine has are text, wherever they stand") {
  for (const std::string address : {"0.0.0.0", "255.255.255.255", "127.8.9.1", "169.254.7.7", "::", "::1", "fe80::9",
                                    "fe80::9%eth0", "::ffff:127.0.0.1", "127.0.0.1:8080", "[::1]:80", "0.0.0.0/0"}) {
    INFO(address);
    Mapped mapped(incident_with(
        evidence_of("ip", R"("ipAddress":")" + address + "\"") + "," +
        evidence_of("dns", R"("domainName":"a.example","ipAddresses":[{"ipAddress":")" + address + "\"}]") + "," +
        evidence_of("analyzedMessage", R"("subject":"s","senderIp":")" + address + "\"")));
    CHECK(mapped.all("ipv4-addr").empty());
    CHECK(mapped.all("ipv6-addr").empty());
    CHECK(mapped.all("note").empty());
    CHECK_THAT(description_of_alert(mapped), contains_text("- `ipEvidence: ipAddress: " + address + "`"));
    CHECK_THAT(mapped.bundle(), contains_text("ipAddresses.0.ipAddress: " + address));
    CHECK_THAT(mapped.bundle(), contains_text("senderIp: " + address));
    CHECK(mapped.warnings("no address") == 0);
  }
}

TEST_CASE("such an address in the place of a URL or name, or at both ends of traffic, is text of the alert") {
  const std::string local = R"({"ipAddress":"127.0.0.1"})";
  for (const std::string& evidence :
       {bad_url("127.0.0.1"), bad_url("127.0.0.1:80"), evidence_of("dns", R"("domainName":"127.0.0.1")"),
        evidence_of("networkConnection", R"("sourceAddress":)" + local + R"(,"destinationAddress":)" + local)}) {
    INFO(evidence);
    Mapped mapped(incident_with(evidence));
    CHECK(mapped.all("relationship").empty());
    CHECK(mapped.all("note").empty());
    CHECK_THAT(description_of_alert(mapped), contains_text("127.0.0.1"));
  }
  Mapped named(incident_with(evidence_of("dns", R"("domainName":"203.0.113.9")")));
  CHECK(named.find("ipv4-addr", "value", "203.0.113.9"));
}

TEST_CASE("evidence that holds only evidence without values has none either") {
  Mapped mapped(incident_with(
      evidence_of("hostLogonSession",
                  R"("account":{"createdDateTime":"2026-03-02T08:00:00Z","roles":["source"],"userAccount":null},)"
                  R"("host":{"verdict":"unknown","hostName":null,"firstSeenDateTime":"0001-01-01T00:00:00Z"})")));
  CHECK(mapped.all("note").empty());
  CHECK_THAT(description_of_alert(mapped), contains_text("- `hostLogonSessionEvidence: account.createdDateTime: "));
}

TEST_CASE("a port is taken off an address") {
  for (const auto& [given, type, value] :
       std::vector<std::array<std::string, 3>>{{"203.0.113.9:443", "ipv4-addr", "203.0.113.9"},
                                               {"[2001:db8::9]:443", "ipv6-addr", "2001:db8::9"},
                                               {"2001:db8::9", "ipv6-addr", "2001:db8::9"}}) {
    Mapped mapped(incident_with(evidence_of("ip", R"("ipAddress":")" + given + "\"")));
    CHECK(mapped.find(type, "value", value));
    CHECK((given == value) != (mapped.bundle().find("ipAddress: " + given) != std::string::npos));
  }
}

TEST_CASE("a path that includes the file's name gives the folder without it") {
  for (const auto& [path, name, folder] :
       std::vector<std::array<std::string, 3>>{{R"(C:\\x\\y.exe)", "y.exe", R"(C:\x)"},
                                               {R"(C:\\x\\Y.EXE)", "y.exe", R"(C:\x)"},
                                               {R"(C:\\y.exe)", "y.exe", R"(C:\)"},
                                               {"/y", "y", "/"},
                                               {"/opt/x/y", "y", "/opt/x"},
                                               {R"(C:\\x)", "y.exe", R"(C:\x)"},
                                               {R"(C:\\my.exe)", "y.exe", R"(C:\my.exe)"}}) {
    INFO(path);
    const std::string details = R"("fileDetails":{"fileName":")" + name + R"(","filePath":")" + path + "\"";
    Mapped hashed(incident_with(evidence_of("file", details + R"(,"md5":"11111111111111111111111111111111"})")));
    REQUIRE(hashed.all("directory").size() == 1);
    CHECK(hashed.all("directory")[0]["path"].text() == folder);
  }
  Mapped note(incident_with(evidence_of("file", R"("fileDetails":{"fileName":"y.exe","filePath":"C:\\x\\y.exe"})")));
  CHECK_THAT(std::string(note.all("note")[0]["content"].text()), contains_text("\n`C:\\x\\y.exe`\n"));
  Mapped nameless(incident_with(evidence_of(
      "file", R"("fileDetails":{"md5":"11111111111111111111111111111111","fileName":"y","filePath":"y"})")));
  CHECK(nameless.all("directory").empty());
}

TEST_CASE("the host of a URL without a scheme becomes an object, and so does a name with the dot of the root") {
  for (const auto& [url, type, host] :
       std::vector<std::array<std::string, 3>>{{"bad.example/x?y=1", "domain-name", "bad.example"},
                                               {"//bad.example/x", "domain-name", "bad.example"},
                                               {"bad.example:8080/x", "domain-name", "bad.example"},
                                               {"me@bad.example./x", "domain-name", "bad.example"},
                                               {"203.0.113.9/x", "ipv4-addr", "203.0.113.9"},
                                               {"bad.example.", "domain-name", "bad.example"}}) {
    INFO(url);
    Mapped mapped(incident_with(bad_url(url)));
    CHECK(mapped.find(type, "value", host));
  }
  for (const std::string url : {"not a url/x", "C:/x", "https://bad.example/x", "127.0.0.1/x"}) {
    INFO(url);
    Mapped mapped(incident_with(bad_url(url)));
    CHECK(mapped.all("domain-name").empty());
    CHECK(mapped.all("ipv4-addr").empty());
  }
  Mapped mapped(incident_with(evidence_of("dns", R"("domainName":"bad.example.")")));
  CHECK(mapped.find("domain-name", "value", "bad.example"));
  CHECK_THAT(mapped.bundle(), contains_text("domainName: bad.example."));
}

TEST_CASE("incidents that keep the Python connectors' ids have the files and addresses of these") {
  map_stix::MappingOptions options;
  options.python_ids_before = common::parse_instant("2026-03-02T08:00:01Z");
  const std::string evidence =
      evidence_of("file", R"("fileDetails":{"sha1":"3395856ce81f2b7382dee72602f798b642f14140","fileName":"evil.exe",)"
                          R"("filePath":"C:\\temp"})") +
      "," + evidence_of("ip", R"("ipAddress":"fe80::9")");
  Mapped before(incident_with(evidence), options);
  // The test vector of the Python connectors' own ids: SHA-1, name and folder.
  CHECK(before.all("file")[0]["id"].text() == "file--3464a4d6-3d57-5dda-8013-dc41242a28f4");
  CHECK_FALSE(before.all("file")[0]["parent_directory_ref"]);
  CHECK(before.all("ipv6-addr").size() == 1);
  options.python_ids_before = common::parse_instant("2026-03-02T08:00:00Z");
  Mapped after(incident_with(evidence), options);
  CHECK(after.all("file")[0]["id"].text() != "file--3464a4d6-3d57-5dda-8013-dc41242a28f4");
  CHECK(after.all("ipv6-addr").empty());
}
