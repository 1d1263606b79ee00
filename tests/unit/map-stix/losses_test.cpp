// SPDX-License-Identifier: Apache-2.0
// Values that were lost although the laws say that nothing is: each case is one road on which that happened.
#include <array>
#include <vector>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using common::Json;

namespace {

bool says(const Mapped& mapped, std::string_view text) { return mapped.bundle().find(text) != std::string::npos; }

std::string second_alert(std::string incident, std::string_view alert) {
  return incident.insert(incident.size() - 2, "," + std::string(alert));
}

}  // namespace

TEST_CASE("of two comments that one lasting id would fit, only the first gets it") {
  Mapped mapped(incident_with("", R"(,"comments":[{"comment":"first"},{"comment":"second"},{"comment":"first"}])"));
  const auto notes = mapped.all("note");
  REQUIRE(notes.size() == 2);
  CHECK(notes[0]["x_opencti_stix_ids"]);
  CHECK_FALSE(notes[1]["x_opencti_stix_ids"]);
}

TEST_CASE("comments of different authors or seconds each keep a lasting id") {
  Mapped mapped(incident_with("", R"(,"comments":[
    {"comment":"1","createdByDisplayName":"a","createdDateTime":"2026-03-02T08:20:00Z"},
    {"comment":"2","createdByDisplayName":"b","createdDateTime":"2026-03-02T08:20:00Z"},
    {"comment":"3","createdByDisplayName":"a","createdDateTime":"2026-03-02T08:21:00Z"}])"));
  for (const Json note : mapped.all("note")) CHECK(note["x_opencti_stix_ids"]);
  CHECK(mapped.all("note").size() == 3);
}

TEST_CASE("of two evidence notes of one kind and own id, only the first gets the lasting one") {
  const std::string cluster = R"("urn":"u1","query":")";
  Mapped mapped(
      incident_with(evidence_of("mailCluster", cluster + "x\"") + "," + evidence_of("mailCluster", cluster + "y\"")));
  const auto notes = mapped.all("note");
  REQUIRE(notes.size() == 2);
  CHECK(notes[0]["x_opencti_stix_ids"]);
  CHECK_FALSE(notes[1]["x_opencti_stix_ids"]);
}

TEST_CASE("a list in the place of a text stays as text, whichever member it is") {
  for (const std::string& evidence :
       {evidence_of("oauthApplication", R"("displayName":"a","publisher":["KEPT"])"),
        evidence_of("aiAgent", R"("agentId":"a","hostingPlatformType":["KEPT"])"),
        evidence_of("ioTDevice", R"("deviceId":"a","deviceName":["KEPT"])"),
        evidence_of("ioTDevice", R"("deviceName":"a","deviceId":["KEPT"])"),
        evidence_of("kubernetesController", R"("name":"a","type":["KEPT"])"),
        evidence_of("azureResource", R"("resourceId":"a","resourceName":["KEPT"])"),
        evidence_of("amazonResource", R"("resourceName":"a","amazonAccountId":["KEPT"])"),
        evidence_of("securityGroup", R"("displayName":["KEPT"],"sid":"S-1-5-7")"),
        evidence_of("securityGroup", R"("displayName":"a","securityGroupId":["KEPT"])")}) {
    INFO(evidence);
    CHECK(says(Mapped(incident_with(evidence)), "KEPT"));
  }
  Mapped comment(incident_with("", "", R"(,"comments":[{"comment":"c","createdByDisplayName":["KEPT"]}])"));
  CHECK(says(comment, "KEPT"));
}

TEST_CASE("an end before the begin of another alert of the same id is left out, and stays as text") {
  const std::string first = R"(,"firstActivityDateTime":"2026-03-02T10:00:00Z")";
  const std::string last = R"("lastActivityDateTime":"2026-03-02T09:00:00.000Z")";
  const std::string other = R"({"id":"a2","title":"One","createdDateTime":"2026-03-02T08:10:00Z",)";
  Mapped mapped(second_alert(incident_with("", first), other + last + "}"));
  REQUIRE(mapped.all("incident").size() == 1);
  const Json incident = mapped.all("incident")[0];
  CHECK(incident["first_seen"].text() == "2026-03-02T10:00:00.000Z");
  CHECK_FALSE(incident["last_seen"]);
  CHECK(incident["description"].text().find("lastActivityDateTime: 2026-03-02T09:00:00.000Z") != std::string::npos);
  CHECK(mapped.warnings("dates in disorder") == 1);
}

TEST_CASE("begin and end of alerts of the same id are kept where they are in order") {
  const std::string first = R"(,"firstActivityDateTime":"2026-03-02T09:00:00Z")";
  Mapped mapped(second_alert(incident_with("", first),
                             R"({"id":"a2","title":"One","createdDateTime":"2026-03-02T08:10:00Z",)"
                             R"("lastActivityDateTime":"2026-03-02T10:00:00.000Z"})"));
  CHECK(mapped.all("incident")[0]["last_seen"].text() == "2026-03-02T10:00:00.000Z");
  CHECK(mapped.warnings("dates in disorder") == 0);
}

TEST_CASE("only addresses of the web become links, others stay as text") {
  for (const char* url : {"javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "HTTPS://a.example/x y"}) {
    INFO(url);
    const std::string member = R"("webUrl":")" + std::string(url) + "\"";
    Mapped mapped(incident_with(evidence_of("gitHubUser", R"("login":"a",)" + member),
                                R"(,"alertWebUrl":")" + std::string(url) + "\""));
    CHECK_FALSE(says(mapped, "\"url\":"));
    CHECK(says(mapped, "alertWebUrl: " + std::string(url)));
    CHECK(says(mapped, "webUrl: " + std::string(url)));
  }
  CHECK(says(Mapped(incident_with("", R"(,"alertWebUrl":"HTTPS://a.example/x")")), R"("url":"HTTPS://a.example/x")"));
}

TEST_CASE("an organisation that has the author's name is written once") {
  map_stix::MappingOptions options;
  options.author = "GitHub: acme";
  Mapped mapped(incident_with(evidence_of("gitHubOrganization", R"("login":"acme")")), options);
  REQUIRE(mapped.all("identity").size() == 1);
  CHECK(mapped.all("identity")[0]["name"].text() == "GitHub: acme");
  CHECK(mapped.all("case-incident")[0]["created_by_ref"].text() == mapped.all("identity")[0]["id"].text());
}

TEST_CASE("what a pod names as its own lies in the pod's namespace") {
  Mapped mapped(incident_with(evidence_of(
      "kubernetesPod", R"("name":"web-1","namespace":{"name":"shop","cluster":{"name":"c1"}},)"
                       R"("serviceAccount":{"name":"default"},"controller":{"name":"web","type":"Deployment"})")));
  CHECK(mapped.find("identity", "name", "c1/shop/serviceaccount/default"));
  CHECK(mapped.find("identity", "name", "c1/shop/Deployment/web"));
  Mapped own(incident_with(evidence_of("kubernetesPod",
                                       R"("name":"web-1","namespace":{"name":"shop"},)"
                                       R"("serviceAccount":{"name":"default","namespace":{"name":"other"}})")));
  CHECK(own.find("identity", "name", "other/serviceaccount/default"));
}

TEST_CASE("each piece of evidence about one object says by itself what belongs to it") {
  const auto mail = [](std::string_view sender) {
    return evidence_of("analyzedMessage",
                       R"("subject":"s","p2Sender":{"emailAddress":"a@evil.example"},"p1Sender":{"emailAddress":")" +
                           std::string(sender) + "\"}");
  };
  Mapped mails(incident_with(mail("b1@evil.example") + "," + mail("b2@evil.example")));
  CHECK(says(mails, "p1Sender.emailAddress: b1@evil.example"));
  CHECK(says(mails, "p1Sender.emailAddress: b2@evil.example"));

  const auto user = [](std::string_view name) {
    return evidence_of(
        "user", R"("userAccount":{"userPrincipalName":"jd@corp.example","accountName":")" + std::string(name) + "\"}");
  };
  Mapped users(incident_with(user("jd") + "," + user("JD")));
  CHECK(says(users, "userAccount.userPrincipalName: jd@corp.example"));

  const auto process = [](std::string_view members) {
    return evidence_of("process", R"("processId":4,"processCommandLine":"c",)" + std::string(members));
  };
  Mapped accounts(incident_with(process(R"("userAccount":{"accountName":"u1"})") + "," +
                                process(R"("userAccount":{"accountName":"u2"})")));
  CHECK(says(accounts, "userAccount.accountName: u1"));
  CHECK(says(accounts, "userAccount.accountName: u2"));
  Mapped images(incident_with(process(R"("imageFile":{"md5":"11111111111111111111111111111111"})") + "," +
                              process(R"("imageFile":{"md5":"22222222222222222222222222222222"})")));
  CHECK(says(images, "imageFile.md5: 11111111111111111111111111111111"));
  CHECK(says(images, "imageFile.md5: 22222222222222222222222222222222"));

  const auto mailbox = [](std::string_view members) {
    return evidence_of("mailbox", R"("primaryAddress":"jd@corp.example",)" + std::string(members));
  };
  Mapped owners(incident_with(mailbox(R"("userAccount":{"accountName":"u1"})") + "," + mailbox(R"("upn":"u2")")));
  CHECK(says(owners, "- `upn: u2`"));
}

TEST_CASE("a name that a system or organisation has in another case already stays as text") {
  for (const auto& [type, first, second, text] : std::vector<std::array<std::string, 4>>{
           {"azureResource", R"("resourceName":"VM1")", R"("resourceName":"vm1")", "resourceName: vm1"},
           {"amazonResource", R"("resourceName":"B","amazonAccountId":"x1")",
            R"("resourceName":"b","amazonAccountId":"X1")", "amazonAccountId: X1"},
           {"googleCloudResource", R"("resourceName":"B","projectId":"p")", R"("resourceName":"B","projectId":"P")",
            "projectId: P"},
           {"securityGroup", R"("displayName":"Staff")", R"("displayName":"STAFF")", "displayName: STAFF"},
           {"ioTDevice", R"("deviceName":"Cam","deviceId":"1")", R"("deviceName":"cam","deviceId":"1")",
            "deviceName: cam"},
           {"kubernetesSecret", R"("name":"S")", R"("name":"s")", "name: s"},
           {"container", R"("containerId":"AB")", R"("containerId":"ab")", "containerId: ab"},
           {"gitHubOrganization", R"("login":"Acme")", R"("login":"acme")", "login: acme"}}) {
    INFO(type);
    CHECK(says(Mapped(incident_with(evidence_of(type, first) + "," + evidence_of(type, second))), "- `" + text + "`"));
    CHECK_FALSE(says(Mapped(incident_with(evidence_of(type, second))), text));
  }
}

TEST_CASE("a hash of a blob that is none is left out with a warning") {
  Mapped mapped(incident_with(
      evidence_of("blob", R"("url":"https://s.example/b","fileHashes":[{"algorithm":"md5","value":"xyz"}])")));
  CHECK(mapped.warnings("bad hash") == 1);
  CHECK(says(mapped, "fileHashes.0.value: xyz"));
}

TEST_CASE("what a greater value of an alert of the same id overrules stays as text") {
  const std::string first =
      R"(,"severity":"low","lastUpdateDateTime":"2026-03-02T08:30:00.000Z",)"
      R"("firstActivityDateTime":"2026-03-02T07:00:00.000Z","lastActivityDateTime":"2026-03-02T07:10:00.000Z")";
  Mapped mapped(second_alert(
      incident_with("", first),
      R"({"id":"a2","title":"One","createdDateTime":"2026-03-02T08:10:00Z","severity":"high",)"
      R"("lastUpdateDateTime":"2026-03-02T08:40:00.000Z","firstActivityDateTime":"2026-03-02T06:00:00.000Z",)"
      R"("lastActivityDateTime":"2026-03-02T07:20:00.000Z"})"));
  REQUIRE(mapped.all("incident").size() == 1);
  const Json incident = mapped.all("incident")[0];
  CHECK(incident["severity"].text() == "high");
  const std::string_view text = incident["description"].text();
  for (const char* line :
       {"severity: low", "lastUpdateDateTime: 2026-03-02T08:30:00.000Z",
        "firstActivityDateTime: 2026-03-02T07:00:00.000Z", "lastActivityDateTime: 2026-03-02T07:10:00.000Z"}) {
    INFO(line);
    CHECK(text.find(line) != std::string_view::npos);
  }
  for (const char* line : {"severity: high", "T08:40", "T06:00", "T07:20"})
    CHECK(text.find(line) == std::string_view::npos);
}

TEST_CASE("what an alert of a shared id has as text already is not written twice") {
  const std::string first = R"(,"severity":"High","lastActivityDateTime":"2026-03-02T07:10:00Z")";
  Mapped mapped(second_alert(incident_with("", first),
                             R"({"id":"a2","title":"One","createdDateTime":"2026-03-02T08:10:00Z","severity":"low",)"
                             R"("lastActivityDateTime":"2026-03-02T07:20:00Z"})"));
  const std::string text(mapped.all("incident")[0]["description"].text());
  for (const std::string line : {"severity: High", "severity: low", "lastActivityDateTime: 2026-03-02T07:10:00Z"}) {
    INFO(line);
    REQUIRE(text.find(line) != std::string::npos);
    CHECK(text.find(line) == text.rfind(line));
  }
}
