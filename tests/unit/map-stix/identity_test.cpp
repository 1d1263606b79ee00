// SPDX-License-Identifier: Apache-2.0
// What makes two cases, or two incidents, one: name and creation date, by the millisecond.
#include "common/time.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/map-stix/mapped.hpp"

namespace {

// An incident and its alert of one name, created at that time.
std::string created_at(std::string_view date, std::string_view severity = "low") {
  const std::string members = R"(":"Mass download by one user","createdDateTime":")" + std::string(date) +
                              R"(","severity":")" + std::string(severity) + "\"";
  return R"({"id":"9001","displayName)" + members + R"(,"alerts":[{"id":"dl1","title)" + members + "}]}";
}

map_stix::MappingOptions python_ids_before(std::string_view date) {
  map_stix::MappingOptions options;
  options.python_ids_before = common::parse_date_time(date);
  return options;
}

map_stix::MappingOptions informational(map_stix::InformationalSeverity choice) {
  map_stix::MappingOptions options;
  options.informational = choice;
  return options;
}

std::string id_of(Mapped& mapped, std::string_view type) { return std::string(mapped.all(type).at(0)["id"].text()); }
std::string created_of(Mapped& mapped, std::string_view type) {
  return std::string(mapped.all(type).at(0)["created"].text());
}

}  // namespace

// The UUIDs were made with Python: uuid5 of {"created":"2026-04-11T06:30:15.412Z","name":"mass download by one user"}.
TEST_CASE("ids of cases and incidents rest on their name and on created in milliseconds, cut") {
  Mapped first(created_at("2026-04-11T06:30:15.4129999Z"));
  Mapped second(created_at("2026-04-11T06:30:15.988Z"));
  for (const std::string type : {"incident", "case-incident"}) {
    CHECK(id_of(first, type) == type + "--9bfb69e9-380a-5cfd-93a7-29fce459dc4b");
    CHECK(created_of(first, type) == "2026-04-11T06:30:15.412Z");
    CHECK(id_of(second, type) == type + "--3b506fe6-441d-536a-8640-6a552dfc9a7e");
  }
}

TEST_CASE("an id has milliseconds also where the date is a whole second, as the platform's own key") {
  Mapped mapped(created_at("2026-04-11T06:30:16Z"));
  CHECK(id_of(mapped, "incident") == "incident--2fbed5a6-13d7-5478-be4c-1dbab770965f");
  CHECK(id_of(mapped, "case-incident") == "case-incident--2fbed5a6-13d7-5478-be4c-1dbab770965f");
}

TEST_CASE("what was created before the given instant keeps the Python connectors' ids") {
  Mapped before(created_at("2026-04-11T06:30:15.412Z"), python_ids_before("2026-04-11T06:30:15.413Z"));
  Mapped at(created_at("2026-04-11T06:30:15.412Z"), python_ids_before("2026-04-11T06:30:15.412Z"));
  for (const std::string type : {"incident", "case-incident"}) {
    CHECK(id_of(before, type) == type + "--3394ea16-724d-5623-b0c0-39dcf78e610d");
    CHECK(created_of(before, type) == "2026-04-11T06:30:15.000Z");
    CHECK(id_of(at, type) == type + "--9bfb69e9-380a-5cfd-93a7-29fce459dc4b");
    CHECK(created_of(at, type) == "2026-04-11T06:30:15.412Z");
  }
}

TEST_CASE("informational becomes low, and a label keeps the word") {
  Mapped mapped(created_at("2026-04-11T06:30:15Z", "Informational"));
  for (const std::string type : {"incident", "case-incident"}) {
    const auto object = mapped.all(type).at(0);
    CHECK(object["severity"].text() == "low");
    REQUIRE_FALSE(object["labels"].empty());
    CHECK((*object["labels"].begin()).text() == "severity:informational");
  }
  CHECK(mapped.all("case-incident").at(0)["priority"].text() == "P4");
  CHECK(mapped.all("vocabulary").empty());
}

TEST_CASE("informational is left out on request, and its label stays") {
  Mapped mapped(created_at("2026-04-11T06:30:15Z", "informational"),
                informational(map_stix::InformationalSeverity::none));
  for (const std::string type : {"incident", "case-incident"}) {
    CHECK_FALSE(mapped.all(type).at(0)["severity"]);
    CHECK(mapped.all(type).at(0)["labels"]);
  }
}

TEST_CASE("informational is kept on request, and the bundle teaches the platform the word") {
  Mapped mapped(created_at("2026-04-11T06:30:15Z", "informational"),
                informational(map_stix::InformationalSeverity::add));
  for (const std::string type : {"incident", "case-incident"})
    CHECK(mapped.all(type).at(0)["severity"].text() == "informational");
  CHECK(mapped.find("vocabulary", "category", "case_severity_ov")["name"].text() == "informational");
  CHECK(mapped.find("vocabulary", "category", "incident_severity_ov")["name"].text() == "informational");
  for (const auto reference : mapped.all("case-incident").at(0)["object_refs"])
    CHECK_FALSE(reference.text().starts_with("vocabulary--"));
}

TEST_CASE("other severities stay as they are, without a label") {
  for (const std::string severity : {"low", "medium", "high", "critical"}) {
    Mapped mapped(created_at("2026-04-11T06:30:15Z", severity));
    CHECK(mapped.all("incident").at(0)["severity"].text() == severity);
    CHECK_FALSE(mapped.all("incident").at(0)["labels"]);
  }
}
