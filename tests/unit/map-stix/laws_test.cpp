// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>

#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/laws.hpp"
#include "tests/unit/map-stix/mapped.hpp"

using common::Json;

namespace {

const std::string sha1 = "5d7a8e0b9c1f2e3d4a5b6c7d8e9f0a1b2c3d4e5f";
const std::string user = evidence_of("user", R"("userAccount":{"accountName":"mara","displayName":"Mara"})");

std::vector<std::string> texts(Json list) {
  std::vector<std::string> all;
  for (const Json item : list) all.emplace_back(item.text());
  return all;
}

/// The bundles of a golden file. In NAME.out a bundle's line lacks its objects, which stand on the lines that follow.
std::vector<std::string> golden_bundles(const std::filesystem::path& path) {
  constexpr std::string_view beginning = R"({"type":"bundle",)";
  std::vector<std::string> bundles;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(beginning)) {
      if (path.extension() == ".out") line.insert(line.size() - 1, R"(,"objects":[])");
      bundles.push_back(line);
    } else if (line.starts_with("{") && !bundles.empty()) {
      std::string& bundle = bundles.back();
      const bool first = bundle.ends_with("[]}");
      bundle.insert(bundle.size() - 2, (first ? "" : ",") + line);
    }
  }
  return bundles;
}

}  // namespace

TEST_CASE("every golden bundle keeps the laws") {
  std::size_t bundles = 0;
  for (const auto& entry : std::filesystem::directory_iterator("tests/golden/map-stix")) {
    if (entry.path().extension() != ".out" && entry.path().extension() != ".bytes") continue;
    for (std::string& bundle : golden_bundles(entry.path())) {
      bundle.reserve(bundle.size() + 64);
      common::JsonTree tree;
      REQUIRE(tree.parse(bundle).empty());
      INFO(entry.path());
      CHECK(laws::broken(tree.root()) == "");
      ++bundles;
    }
  }
  CHECK(bundles > 70);
}

TEST_CASE("in a list of alerts, what is no alert is kept as text") {
  std::string mixed = incident_with(user);
  mixed.replace(mixed.find("\"alerts\":[") + 10, 0, "7,\"seven\",");
  CHECK(Mapped(mixed).bundle().find("`alerts.1: seven`") != std::string::npos);
  CHECK(Mapped(incident_with(user, {}, R"(,"value":[{"a":1},{"b":["x"]}])")).bundle().find("`value.1.b.0: x`") !=
        std::string::npos);
}

TEST_CASE("renaming an incident changes its id and keeps the lasting one") {
  Mapped before(incident_with(user));
  std::string renamed = incident_with(user);
  renamed.replace(renamed.find("Seven"), 5, "Eight");
  renamed.replace(renamed.find("One"), 3, "Two");
  Mapped after(renamed);
  for (const auto* type : {"incident", "case-incident"}) {
    CHECK(before.all(type)[0]["id"].text() != after.all(type)[0]["id"].text());
    CHECK(texts(before.all(type)[0]["x_opencti_stix_ids"]) == texts(after.all(type)[0]["x_opencti_stix_ids"]));
  }
}

TEST_CASE("the lasting id depends on the tenant, and an alert without one takes the incident's") {
  const auto lasting = [](Mapped mapped) { return texts(mapped.all("incident")[0]["x_opencti_stix_ids"]); };
  const auto none = lasting(Mapped(incident_with(user)));
  const auto own = lasting(Mapped(incident_with(user, R"(,"tenantId":"t1")")));
  const auto of_incident = lasting(Mapped(incident_with(user, {}, R"(,"tenantId":"t1")")));
  CHECK(none != own);
  CHECK(own == of_incident);
}

TEST_CASE("the bundle's id follows from incident, tenant and update, not from the order of members") {
  const auto id = [](const std::string& incident) { return Mapped(incident).bundle().substr(0, 70); };
  const std::string a = R"({"id":"7","displayName":"S","lastUpdateDateTime":"2026-03-02T09:00:00Z"})";
  const std::string b = R"({"lastUpdateDateTime":"2026-03-02T09:00:00Z","displayName":"S","id":"7"})";
  const std::string later = R"({"id":"7","displayName":"S","lastUpdateDateTime":"2026-03-02T09:00:01Z"})";
  const std::string undated = R"({"id":"7","displayName":"S"})";
  CHECK(id(a) == id(b));
  CHECK(id(a) != id(later));
  CHECK(id(undated) == id(undated));
  CHECK(id(undated) != id(R"({"id":"7","displayName":"T"})"));
}

TEST_CASE("the case holds every object but author, marking, itself and notes on it") {
  Mapped mapped(incident_with(user,
                              R"(,"comments":[{"comment":"on the alert","createdDateTime":"2026-03-02T08:30:00Z"}])",
                              R"(,"comments":[{"comment":"on the case","createdDateTime":"2026-03-02T08:30:00Z"}])"));
  const auto refs = texts(mapped.all("case-incident")[0]["object_refs"]);
  const auto held = [&](Json object) { return std::count(refs.begin(), refs.end(), object["id"].text()); };
  CHECK(held(mapped.all("incident")[0]) == 1);
  CHECK(held(mapped.all("user-account")[0]) == 1);
  CHECK(held(mapped.all("relationship")[0]) == 1);
  CHECK(held(mapped.find("note", "content", "`on the alert`")) == 1);
  CHECK(held(mapped.find("note", "content", "`on the case`")) == 0);
  CHECK(held(mapped.all("case-incident")[0]) == 0);
  CHECK(held(mapped.all("identity")[0]) == 0);
}

TEST_CASE("objects that others define carry what identifies them and no more") {
  map_stix::MappingOptions options;
  options.actors = true;
  Mapped mapped(
      incident_with(evidence_of("device", R"("deviceDnsName":"ws7.corp.example")") + "," +
                        evidence_of("malware", R"("name":"Acme.A")"),
                    R"(,"mitreTechniques":["T1055"],"description":"CVE-2025-1234","actorDisplayName":"Odd Storm")"),
      options);
  const std::string constant = "2020-01-01T00:00:00.000Z";
  for (const Json object : {mapped.all("attack-pattern")[0], mapped.all("vulnerability")[0],
                            mapped.all("intrusion-set")[0], mapped.find("identity", "name", "ws7.corp.example")}) {
    CHECK(object["confidence"].text() == "1");
    CHECK(object["created"].text() == constant);
    CHECK(object["modified"].text() == constant);
    CHECK_FALSE(object["description"]);
  }
  CHECK(mapped.all("malware")[0]["confidence"].text() == "1");
  for (const Json object : {mapped.all("attack-pattern")[0], mapped.all("vulnerability")[0]}) {
    CHECK_FALSE(object["created_by_ref"]);
    CHECK_FALSE(object["object_marking_refs"]);
  }
  CHECK(mapped.find("identity", "identity_class", "organization")["modified"].text() == constant);
  for (const Json object : mapped.all("hostname")) {
    CHECK_FALSE(object["created_by_ref"]);
    CHECK(object["object_marking_refs"]);
  }
}

TEST_CASE("a value that loses a merge is kept as text") {
  Mapped mapped(incident_with(user + "," +
                              evidence_of("user", R"("userAccount":{"accountName":"mara","displayName":"Mara L."})")));
  REQUIRE(mapped.all("user-account").size() == 1);
  CHECK(mapped.all("user-account")[0]["display_name"].text() == "Mara");
  CHECK(mapped.bundle().find("userAccount.displayName: Mara L.") != std::string::npos);
}

TEST_CASE("the family that an alert names yields to the malware of its evidence") {
  Mapped mapped(
      incident_with(evidence_of("malware", R"("name":"Acme","category":"Trojan")"), R"(,"threatFamilyName":"acme")"));
  REQUIRE(mapped.all("malware").size() == 1);
  CHECK(mapped.all("malware")[0]["is_family"].text() == "false");
  CHECK(mapped.relationship("uses", mapped.all("incident")[0], mapped.all("malware")[0]));
  CHECK(mapped.relationship("related-to", mapped.all("malware")[0], mapped.all("incident")[0]));
}

TEST_CASE("vulnerabilities are found in title and description, whole words only") {
  Mapped mapped(incident_with(
      user,
      R"(,"description":"cve-2025-12345, CVE-2025-12345; xCVE-2025-1111 CVE-2025-123 CVE-2025-2222x CVE-2024-0001.")"));
  REQUIRE(mapped.all("vulnerability").size() == 2);
  CHECK(mapped.find("vulnerability", "name", "CVE-2025-12345"));
  CHECK(mapped.find("vulnerability", "name", "CVE-2024-0001"));
}

TEST_CASE("a process is joined to the device that it was seen on, wherever that stands") {
  Mapped mapped(incident_with(evidence_of("process", R"("processCommandLine":"x","processId":1,"mdeDeviceId":"d1")") +
                              "," +
                              evidence_of("file", R"("mdeDeviceId":"d2","fileDetails":{"sha1":")" + sha1 + R"("})") +
                              "," + evidence_of("device", R"("deviceDnsName":"ws7.corp.example","mdeDeviceId":"d1")")));
  const Json device = mapped.find("identity", "name", "ws7.corp.example");
  CHECK(mapped.relationship("related-to", mapped.all("process")[0], device));
  CHECK_FALSE(mapped.relationship("related-to", mapped.all("file")[0], device));
}

TEST_CASE("one bad evidence costs neither its neighbours nor its alert") {
  Mapped mapped(incident_with("null,7,\"x\",[],{}," + user + R"(,{"@odata.type":5})"));
  CHECK(mapped.all("user-account").size() == 1);
  CHECK(mapped.all("note").empty());
  CHECK_THAT(mapped.bundle(), contains_text("- `(none) without a value`"));
  CHECK_THAT(mapped.bundle(), contains_text("- `5 without a value`"));
  CHECK(mapped.warnings("wrong type") == 4);
}

TEST_CASE("a type that Graph adds tomorrow becomes a note with its JSON") {
  Mapped mapped(incident_with(evidence_of("tomorrow", R"("what":{"deep":[1,"x"]})")));
  REQUIRE(mapped.all("note").size() == 1);
  const std::string content(mapped.all("note")[0]["content"].text());
  CHECK_THAT(content, contains_text("`tomorrowEvidence`"));
  CHECK_THAT(content, contains_text("\"deep\": [\n      1,\n      \"x\"\n    ]"));
  CHECK(mapped.warnings("unknown evidence type tomorrowEvidence") == 1);
}

TEST_CASE("hostile text is inert in every description and note") {
  const std::string hostile = R"(![x](https://evil.example/i.png)<img src=x>`[l](javascript:x))";
  Mapped mapped(incident_with(evidence_of("analyzedMessage", R"("subject":")" + hostile + R"(","urn":")" + hostile +
                                                                 R"(","urls":[")" + hostile + R"("])") +
                                  "," + evidence_of("file", R"("fileDetails":{"fileName":")" + hostile + R"("})") +
                                  "," + evidence_of("url", R"("url":"https://evil.example/)" + hostile + R"(")"),
                              R"(,"assignedTo":")" + hostile + R"(","comments":[{"comment":")" + hostile + R"("}])",
                              R"(,"summary":")" + hostile + R"(","description":"a\n\n)" + hostile + R"(")"));
  std::size_t seen = 0;
  for (const auto* type : {"case-incident", "incident", "note", "relationship"}) {
    for (const Json object : mapped.all(type)) {
      for (const auto* member : {"description", "content"}) {
        const std::string text(object[member].text());
        for (std::size_t at = text.find("![x]"); at != std::string::npos; at = text.find("![x]", at + 1)) {
          // The line that holds it, or the block around it, is code with a fence longer than the backtick
          // inside.
          const std::size_t line = text.rfind('\n', at) == std::string::npos ? 0 : text.rfind('\n', at) + 1;
          const std::string_view before = std::string_view(text).substr(line, at - line);
          const bool in_line = before.find("``") != std::string_view::npos;
          const bool in_block = text.rfind("\n```", at) != std::string::npos || text.starts_with("```");
          CHECK((in_line || in_block));
          ++seen;
        }
      }
    }
  }
  CHECK(seen >= 6);
}

TEST_CASE("no note is dated by an update, even where nothing else has a date") {
  const auto note_of = [](std::string_view update) {
    Mapped mapped(R"({"id":"7","displayName":"S","lastUpdateDateTime":")" + std::string(update) +
                  R"(","alerts":[{"id":"a1","title":"One","comments":[{"comment":"c"}]}]})");
    return std::string(mapped.find("note", "content", "`c`")["id"].text());
  };
  CHECK(note_of("2026-03-02T09:00:00Z") == note_of("2026-03-03T09:00:00Z"));
}
