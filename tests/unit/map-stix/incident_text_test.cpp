// SPDX-License-Identifier: Apache-2.0
// Labels, techniques and the description of cases and alerts: what a person reads, and in which order.
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"
#include "tools/map-stix/text/stix_values.hpp"

using common::Json;

namespace {

std::vector<std::string> texts(Json list) {
  std::vector<std::string> all;
  for (const Json item : list) all.emplace_back(item.text());
  return all;
}

std::string description(Mapped& mapped, std::string_view type) {
  return std::string(mapped.all(type).at(0)["description"].text());
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("technique ids are found in any wrapping, in upper case, each once") {
  using map_stix::technique_ids;
  CHECK(technique_ids("T1566.002") == Ids{"T1566.002"});
  CHECK(technique_ids(" t1566.002 ") == Ids{"T1566.002"});
  CHECK(technique_ids("Spearphishing Link (t1566.002)") == Ids{"T1566.002"});
  CHECK(technique_ids("T1566,T1204;T1566.T1204") == Ids{"T1566", "T1204"});
  CHECK(technique_ids("[\"T1566\", \"T1204.001\"]") == Ids{"T1566", "T1204.001"});
  CHECK(technique_ids("https://attack.mitre.org/techniques/T1204/001/") == Ids{"T1204.001"});
  CHECK(technique_ids("attack.t1204.1") == Ids{"T1204"});
  CHECK(technique_ids("T1204.0011") == Ids{"T1204"});
}

TEST_CASE("a tactic, a free text and what only looks like an id are no techniques") {
  using map_stix::technique_ids;
  for (const char* text : {"", "T", "TA0001", "Execution", "T12345", "T120", "AT1204", "T1204x", "T-1204", "M1036"}) {
    INFO(text);
    CHECK(technique_ids(text).empty());
  }
}

TEST_CASE("a text that is more than a technique's id stays in the description") {
  Mapped mapped(incident_with("", R"x(,"mitreTechniques":["T1204","User Execution (T1204)","TA0002","t1566"])x"));
  CHECK(mapped.all("attack-pattern").size() == 2);
  const std::string text = description(mapped, "incident");
  CHECK(text.find("T1204`") == std::string::npos);
  for (const char* kept : {"User Execution (T1204)", "TA0002", "t1566"}) CHECK(text.find(kept) != std::string::npos);
}

TEST_CASE("labels are trimmed, each once in whatever case, and none for words that name nothing") {
  Mapped mapped(incident_with("",
                              R"(,"category":"Malware","categories":["malware"," Lateral Movement ","NONE","unknown"])",
                              R"(,"customTags":["None",""," tier 0 ","Tier 0"],"systemTags":["null"])"));
  CHECK(texts(mapped.all("incident").at(0)["labels"]) == Ids{"Malware", "Lateral Movement"});
  CHECK(texts(mapped.all("case-incident").at(0)["labels"]) == Ids{"tier 0"});
  const std::string text = description(mapped, "case-incident");
  CHECK(text.find("`customTags.0: None`") != std::string::npos);
  CHECK(text.find("`customTags.3: Tier 0`") != std::string::npos);
}

TEST_CASE("labels beyond the first thirty, and long ones, are text") {
  std::string tags;
  for (int i = 0; i < 40; ++i) tags += "\"tag " + std::to_string(i) + "\",";
  Mapped mapped(incident_with("", "", R"(,"customTags":[)" + tags + "\"" + std::string(101, 'x') + "\"]"));
  CHECK(texts(mapped.all("case-incident").at(0)["labels"]).size() == 30);
  const std::string text = description(mapped, "case-incident");
  CHECK(text.find("`customTags.30: tag 30`") != std::string::npos);
  CHECK(text.find("customTags.40: xxx") != std::string::npos);
}

TEST_CASE("a case is described in the order in which a person reads") {
  Mapped mapped(incident_with(
      "",
      R"(,"productName":"Contoso Sensor","firstActivityDateTime":"2026-03-02T07:00:00.5Z","lastActivityDateTime":"2026-03-02T08:05:00Z")",
      R"(,"@odata.type":"#microsoft.graph.security.incident","priorityScore":40,"status":"inProgress","classification":"truePositive","determination":"phishing","assignedTo":"kim@corp.example","description":"Two mails.","summary":"One user clicked.","incidentWebUrl":"https://security.microsoft.com/incident2/7/overview")"));
  CHECK(description(mapped, "case-incident") ==
        "Summary: `One user clicked.`\n\n"
        "Description: `Two mails.`\n\n"
        "- Status: inProgress\n"
        "- Classification: truePositive\n"
        "- Determination: phishing\n"
        "- Assigned to: `kim@corp.example`\n"
        "- Products: `Contoso Sensor`\n"
        "- Alerts: 1\n"
        "- First activity: 2026-03-02T07:00:00Z\n"
        "- Last activity: 2026-03-02T08:05:00Z\n"
        "- Portal: <https://security.microsoft.com/incident2/7/overview>\n\n"
        "#### Everything else\n\n"
        "- `createdDateTime: 2026-03-02T08:00:00Z`\n"
        "- `priorityScore: 40`\n"
        "- `@odata.type: #microsoft.graph.security.incident`");
}

TEST_CASE("an alert's own words come first, then a short list, then the rest") {
  Mapped mapped(incident_with(
      "",
      R"(,"@odata.type":"#microsoft.graph.security.alert","status":"new","productName":"Contoso Sensor","description":"It ran.","recommendedActions":"Look.","detectorId":"d-1")"));
  const std::string text = description(mapped, "incident");
  CHECK(text.starts_with(
      "It ran.\n\nRecommended Actions:\n\nLook.\n\n- Status: new\n- Product: `Contoso Sensor`\n\n#### "));
  CHECK(text.ends_with("- `detectorId: d-1`\n- `@odata.type: #microsoft.graph.security.alert`"));
}

TEST_CASE("a word that Graph does not know, and several lines, never stand as plain text") {
  Mapped mapped(incident_with(
      "", "",
      R"x(,"status":"**bold**","assignedTo":"a\n```\n![x](http://evil.example)","classification":"new\n# x")x"));
  const std::string text = description(mapped, "case-incident");
  CHECK(text.find("- Status: `**bold**`\n") != std::string::npos);
  CHECK(text.find("Assigned to") == std::string::npos);
  CHECK(text.find("````\nassignedTo: a\n```\n![x](http://evil.example)\n````") != std::string::npos);
  CHECK(text.find("Classification") == std::string::npos);
}

TEST_CASE("only Microsoft's own portals become links") {
  for (const char* url :
       {"https://evil.example/", "https://security.microsoft.com.evil.example/", "http://security.microsoft.com/",
        "https://security.microsoft.com/a b", "https://evil.example/.microsoft.com"}) {
    Mapped mapped(incident_with("", "", R"(,"incidentWebUrl":")" + std::string(url) + "\""));
    INFO(url);
    CHECK(description(mapped, "case-incident").find("Portal") == std::string::npos);
  }
}

TEST_CASE("the case of a merged incident says so, is closed, and is related to the survivor's case") {
  const std::string merged =
      R"({"id":"8","tenantId":"t-1","displayName":"Eight","createdDateTime":"2026-03-02T08:00:00Z","lastUpdateDateTime":"2026-03-02T09:00:00Z","status":"redirected","redirectIncidentId":"7","alerts":[]})";
  Mapped survivor(incident_with("", "", R"(,"tenantId":"t-1")"));
  Mapped mapped(merged);
  const Json closed = mapped.find("case-incident", "name", "Eight");
  CHECK(closed["description"].text().starts_with("Merged into incident `7`.\n\n- Status: redirected\n"));
  CHECK(closed["revoked"].text() == "true");
  CHECK(closed["x_graph_merged_into"].text() == "7");
  const Json named = mapped.find("case-incident", "name", "Incident 7");
  REQUIRE(named);
  CHECK(mapped.relationship("related-to", closed, named));
  CHECK(named["confidence"].text() == "1");
  CHECK(texts(named["x_opencti_stix_ids"]) == texts(survivor.all("case-incident").at(0)["x_opencti_stix_ids"]));
}

TEST_CASE("--keep-redirected leaves out the mark that makes push-opencti ask the platform") {
  map_stix::MappingOptions options;
  options.keep_redirected = true;
  Mapped mapped(R"({"id":"8","displayName":"Eight","status":"redirected","redirectIncidentId":"7","alerts":[]})",
                options);
  CHECK_FALSE(mapped.find("case-incident", "name", "Eight")["x_graph_merged_into"]);
}

TEST_CASE("an incident that was merged into itself or an unknown one is related to nothing") {
  for (const char* target : {"null", "\"8\"", "\"\""}) {
    Mapped mapped(R"({"id":"8","displayName":"Eight","status":"redirected","alerts":[],"redirectIncidentId":)" +
                  std::string(target) + "}");
    CHECK(mapped.all("relationship").empty());
    CHECK(mapped.all("case-incident").size() == 1);
    CHECK(mapped.all("case-incident").at(0)["x_graph_merged_into"]);
  }
}

TEST_CASE("a redirect id of several lines brings no live Markdown") {
  Mapped mapped(
      R"x({"id":"8","displayName":"Eight","status":"redirected","alerts":[],"redirectIncidentId":"7\n![x](http://evil.example)"})x");
  const std::string text(mapped.find("case-incident", "name", "Eight")["description"].text());
  CHECK(text.starts_with("Merged into another incident.\n\n"));
  CHECK(text.find("```\nredirectIncidentId: 7\n![x](http://evil.example)\n```") != std::string::npos);
}

TEST_CASE("a missing creation date is warned of") {
  CHECK(Mapped(R"({"id":"8","displayName":"Eight","alerts":[]})").warnings("no creation date") == 1);
  CHECK(Mapped(R"({"id":"8","displayName":"Eight","createdDateTime":null})").warnings("no creation date") == 1);
  CHECK(Mapped(incident_with("")).warnings("no creation date") == 0);
}

TEST_CASE("a malware's category becomes the platform's word where it has one, and stays as text") {
  Mapped known(incident_with(evidence_of("malware", R"("name":"Acmebot","category":"TrojanDownloader")")));
  CHECK(texts(known.all("malware").at(0)["malware_types"]) == Ids{"downloader"});
  CHECK(known.bundle().find("category: TrojanDownloader") != std::string::npos);
  Mapped unknown(incident_with(evidence_of("malware", R"("name":"Acmebot","category":"HackTool")")));
  CHECK(texts(unknown.all("malware").at(0)["malware_types"]) == Ids{"HackTool"});
}
