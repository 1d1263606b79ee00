// SPDX-License-Identifier: Apache-2.0
// Scores and indicators: each exclusion has a case beside one that lacks the reason for it.
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

namespace {

const std::string bad = R"("verdict":"malicious",)";
const std::string sha1 = "5d7a8e0b9c1f2e3d4a5b6c7d8e9f0a1b2c3d4e5f";

std::string mail_from(std::string_view sender) {
  return evidence_of("analyzedMessage", bad + R"("subject":"s","p2Sender":{"emailAddress":")" + std::string(sender) +
                                            R"("},"recipientEmailAddress":"mara@corp.example")");
}
std::size_t indicators(Mapped& mapped) { return mapped.all("indicator").size(); }

}  // namespace

TEST_CASE("a malicious address scores 90 and makes an indicator") {
  Mapped mapped(incident_with(bad_ip("198.51.100.7")));
  CHECK(mapped.score("198.51.100.7") == "90");
  const auto indicator = mapped.find("indicator", "pattern", "[ipv4-addr:value = '198.51.100.7']");
  REQUIRE(indicator);
  CHECK(mapped.relationship("based-on", indicator, mapped.all("ipv4-addr")[0]));
  CHECK(mapped.relationship("indicates", indicator, mapped.all("incident")[0]));
}

TEST_CASE("a suspicious address scores 60 and makes an indicator on request only") {
  const std::string incident = incident_with(evidence_of("ip", R"("verdict":"suspicious","ipAddress":"198.51.100.7")"));
  Mapped usual(incident);
  CHECK(usual.score("198.51.100.7") == "60");
  CHECK(indicators(usual) == 0);
  map_stix::MappingOptions options;
  options.indicators = map_stix::IndicatorLevel::suspicious;
  Mapped asked(incident, options);
  CHECK(indicators(asked) == 1);
}

TEST_CASE("no indicators are made where none are wanted, scores stay") {
  map_stix::MappingOptions options;
  options.indicators = map_stix::IndicatorLevel::none;
  Mapped mapped(incident_with(bad_ip("198.51.100.7")), options);
  CHECK(indicators(mapped) == 0);
  CHECK(mapped.score("198.51.100.7") == "90");
}

TEST_CASE("the highest verdict in the bundle decides") {
  Mapped mapped(incident_with(evidence_of("ip", R"("verdict":"suspicious","ipAddress":"198.51.100.7")") + "," +
                              bad_ip("198.51.100.7") + "," +
                              evidence_of("ip", R"("verdict":"suspicious","ipAddress":"198.51.100.7")")));
  CHECK(mapped.score("198.51.100.7") == "90");
}

TEST_CASE("other verdicts give no score") {
  for (const std::string verdict : {"unknown", "noThreatsFound", "unknownFutureValue", "new"}) {
    Mapped mapped(incident_with(evidence_of("ip", R"("verdict":")" + verdict + R"(","ipAddress":"198.51.100.7")")));
    CHECK(mapped.score("198.51.100.7").empty());
  }
}

TEST_CASE("internal addresses get neither score nor indicator") {
  for (const std::string address : {"10.1.2.3", "172.31.0.1", "192.168.7.7", "100.64.0.9", "224.0.0.251", "fd00::7",
                                    "ff02::1", "::ffff:10.0.0.1"}) {
    Mapped mapped(incident_with(bad_ip(address)));
    INFO(address);
    CHECK(mapped.score(address).empty());
    CHECK(indicators(mapped) == 0);
  }
}

TEST_CASE("neighbours of internal networks are scored") {
  for (const std::string address :
       {"11.0.0.1", "172.32.0.1", "192.169.0.1", "100.128.0.1", "169.253.0.1", "2001:db8::1"}) {
    Mapped mapped(incident_with(bad_ip(address)));
    INFO(address);
    CHECK(mapped.score(address) == "90");
  }
}

TEST_CASE("a network scores but makes no indicator") {
  Mapped mapped(incident_with(bad_ip("198.51.100.0/24")));
  CHECK(mapped.score("198.51.100.0/24") == "90");
  CHECK(indicators(mapped) == 0);
}

TEST_CASE("powershell.exe in a malicious process gets neither score nor indicator") {
  Mapped mapped(incident_with(
      evidence_of("process", bad + R"("processId":1,"processCommandLine":"powershell -enc A","imageFile":{"sha1":")" +
                                 sha1 + R"(","fileName":"powershell.exe"})")));
  CHECK(mapped.score("powershell.exe").empty());
  CHECK(indicators(mapped) == 0);
}

TEST_CASE("the same file as evidence of its own does") {
  Mapped mapped(
      incident_with(evidence_of("file", bad + R"("fileDetails":{"sha1":")" + sha1 + R"(","fileName":"run.exe"})")));
  CHECK(mapped.score("run.exe") == "90");
  CHECK(mapped.find("indicator", "pattern", "[file:hashes.'SHA-1' = '" + sha1 + "']"));
}

TEST_CASE("the hash of an empty file makes no indicator") {
  Mapped mapped(incident_with(
      evidence_of("file",
                  bad + R"("fileDetails":{"sha1":"da39a3ee5e6b4b0d3255bfef95601890afd80709","fileName":"empty"})") +
      "," + evidence_of("fileHash", bad + R"("algorithm":"md5","value":"D41D8CD98F00B204E9800998ECF8427E")")));
  CHECK(mapped.all("file").size() == 2);
  CHECK(indicators(mapped) == 0);
}

TEST_CASE("what was attacked or compromised is no attacker") {
  for (const std::string role : {"attacked", "compromised"}) {
    Mapped mapped(incident_with(bad_ip("198.51.100.7", R"(,"roles":["source",")" + role + R"("])")));
    CHECK(mapped.score("198.51.100.7").empty());
    CHECK(indicators(mapped) == 0);
  }
}

TEST_CASE("a malicious sender makes an indicator, unless the domain is the organisation's own") {
  Mapped outside(incident_with(mail_from("boss@evil.example")));
  CHECK(outside.score("boss@evil.example") == "90");
  CHECK(indicators(outside) == 1);
  Mapped spoofed(incident_with(mail_from("boss@CORP.example")));
  CHECK(spoofed.score("boss@CORP.example").empty());
  CHECK(indicators(spoofed) == 0);
}

TEST_CASE("the domain of a user or mailbox anywhere in the incident is the organisation's own") {
  const std::string user =
      evidence_of("user", R"("userAccount":{"accountName":"ola","userPrincipalName":"ola@sub.example"})");
  const std::string mailbox = evidence_of("mailbox", R"("primaryAddress":"ola@sub.example")");
  for (const std::string& other : {user, mailbox}) {
    Mapped mapped(incident_with(mail_from("boss@sub.example") + "," + other));
    CHECK(indicators(mapped) == 0);
  }
}

TEST_CASE("hosts of the incident's devices make no indicator") {
  const std::string device =
      evidence_of("device", R"("deviceDnsName":"ws7.corp.example","lastExternalIpAddress":"198.51.100.7")");
  Mapped url(incident_with(bad_url("https://WS7.corp.example/x") + "," + device));
  CHECK(indicators(url) == 0);
  Mapped domain(incident_with(evidence_of("dns", bad + R"("domainName":"ws7.corp.example")") + "," + device));
  CHECK(indicators(domain) == 0);
  Mapped address(incident_with(bad_ip("198.51.100.7") + "," + device));
  CHECK(indicators(address) == 0);
  Mapped other(incident_with(bad_url("https://ws8.corp.example/x") + "," + device));
  CHECK(indicators(other) == 1);
}

TEST_CASE("accounts, host names, mailboxes and recipients are never scored") {
  Mapped mapped(incident_with(
      evidence_of("user", bad + R"("userAccount":{"accountName":"mara","userPrincipalName":"mara@corp.example"})") +
      "," + evidence_of("device", bad + R"("deviceDnsName":"ws7.corp.example")") + "," +
      evidence_of("mailbox", bad + R"("primaryAddress":"ola@corp.example")") + "," + mail_from("boss@evil.example")));
  for (const auto* value : {"mara@corp.example", "ws7.corp.example", "ola@corp.example"})
    CHECK(mapped.score(value).empty());
}

TEST_CASE("links and relay of a malicious message are not judged by it") {
  Mapped mapped(incident_with(evidence_of(
      "analyzedMessage", bad + R"("subject":"s","senderIp":"198.51.100.7","urls":["https://news.example/"])")));
  CHECK(mapped.score("198.51.100.7").empty());
  CHECK(mapped.score("https://news.example/").empty());
}

TEST_CASE("an indicator points to the malware that names its file as its own, and to no other") {
  const std::string hash = R"("md5":"4f1d0e2c3b5a69788796a5b4c3d2e1f0")";
  const std::string malware = evidence_of("malware", R"("name":"Acme.A","files":[{"fileDetails":{)" + hash + "}}]") +
                              "," +
                              evidence_of("malware", R"("name":"Acme.B","processes":[{"processCommandLine":"x",)"
                                                     R"("imageFile":{"fileName":"a.exe",)" +
                                                         hash + "}}]") +
                              "," + evidence_of("malware", R"("name":"Acme.C")");
  Mapped mapped(incident_with(bad_ip("198.51.100.7") + "," +
                              evidence_of("file", bad + R"("fileDetails":{"fileName":"a.exe",)" + hash + "}") + "," +
                              malware));
  const common::Json of_file = mapped.find("indicator", "name", "a.exe");
  const common::Json of_address = mapped.find("indicator", "name", "198.51.100.7");
  for (const auto* name : {"Acme.A", "Acme.B"}) {
    CHECK(mapped.relationship("indicates", of_file, mapped.find("malware", "name", name)));
    CHECK_FALSE(mapped.relationship("indicates", of_address, mapped.find("malware", "name", name)));
  }
  CHECK_FALSE(mapped.relationship("indicates", of_file, mapped.find("malware", "name", "Acme.C")));
  CHECK(mapped.relationship("indicates", of_address, mapped.all("incident")[0]));
}

TEST_CASE("quotes and backslashes are escaped in patterns") {
  Mapped mapped(incident_with(bad_url("https://evil.example/it's")));
  CHECK(mapped.find("indicator", "pattern", R"([url:value = 'https://evil.example/it\'s'])"));
}

TEST_CASE("a verdict that the classification takes back gives the same indicator, revoked, and the score 0") {
  for (const std::string classification : {"falsePositive", "informationalExpectedActivity"}) {
    const std::string evidence = bad_ip("198.51.100.7") + "," + bad_url("https://evil.example/x");
    Mapped before(incident_with(evidence));
    for (const bool of_alert : {true, false}) {
      const std::string member = R"(,"classification":")" + classification + "\"";
      Mapped after(incident_with(evidence, of_alert ? member : "", of_alert ? "" : member));
      REQUIRE(indicators(after) == 2);
      for (std::size_t i = 0; i < 2; ++i) {
        const auto indicator = after.all("indicator")[i];
        CHECK(indicator["id"].text() == before.all("indicator")[i]["id"].text());
        CHECK(indicator["revoked"].text() == "true");
        CHECK(indicator["x_opencti_score"].text() == "0");
        CHECK_FALSE(before.all("indicator")[i]["revoked"]);
      }
      CHECK(after.score("198.51.100.7") == "0");
      CHECK(after.score("https://evil.example/x") == "0");
    }
  }
}

TEST_CASE("a verdict that stands in another alert is not taken back, in whatever order the alerts come") {
  const std::string dismissed =
      R"({"id":"a1","title":"One","classification":"falsePositive","evidence":[)" + bad_ip("198.51.100.7") + "]}";
  const std::string standing = R"({"id":"a2","title":"Two","evidence":[)" + bad_ip("198.51.100.7") + "]}";
  for (const std::string& alerts : {dismissed + "," + standing, standing + "," + dismissed}) {
    Mapped mapped(R"({"id":"7","displayName":"Seven","alerts":[)" + alerts + "]}");
    REQUIRE(indicators(mapped) == 1);
    CHECK_FALSE(mapped.all("indicator")[0]["revoked"]);
    CHECK(mapped.score("198.51.100.7") == "90");
  }
}

TEST_CASE("nothing is taken back of what would have made no indicator") {
  const std::string roles = R"(,"roles":["attacked"])";
  Mapped mapped(incident_with(bad_ip("10.0.0.7") + "," + bad_ip("198.51.100.7", roles) + "," +
                                  evidence_of("ip", R"("verdict":"suspicious","ipAddress":"198.51.100.8")"),
                              R"(,"classification":"falsePositive")"));
  CHECK(indicators(mapped) == 0);
  CHECK(mapped.score("10.0.0.7").empty());
  CHECK(mapped.score("198.51.100.7").empty());
  CHECK(mapped.score("198.51.100.8") == "0");
}
