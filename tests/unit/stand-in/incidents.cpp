// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/incidents.hpp"

#include "tests/unit/catch.hpp"

#include <sstream>

#include "tests/stand-in/graph_quirks.hpp"
#include "tests/stand-in/mutations.hpp"

using stand_in::Incident;
using stand_in::Incidents;
using stand_in::Json;

namespace {

Incidents loaded(const std::string& lines, std::size_t copies = 1) {
  Incidents incidents;
  std::istringstream in(lines);
  std::ostringstream complaints;
  incidents.load(in, copies, complaints);
  return incidents;
}

std::string rendered(const Incident& incident, bool with_alerts = true) {
  std::string out;
  incident.render(out, with_alerts);
  return out;
}

std::vector<std::string> in_order(const Incidents& incidents) {
  std::vector<std::string> ids;
  for (const auto& [key, incident] : incidents.by_update()) ids.push_back(incident.id());
  return ids;
}

const std::string three =
    "{\"id\":\"a\",\"lastUpdateDateTime\":\"2026-01-01T00:00:01Z\",\"alerts\":[]}\n"
    "{\"id\":\"b\",\"lastUpdateDateTime\":\"2026-01-01T00:00:00.5Z\"}\n"
    "{\"id\":\"c\",\"lastUpdateDateTime\":\"2026-01-01T00:00:00.4999999Z\"}\n";

}  // namespace

TEST_CASE("an incident's values pass byte for byte, odd numbers and invalid UTF-8 included") {
  const std::string text =
      "{\"id\":\"1\",\"n\":1.50e+02,\"s\":\"\\u00e9\\/ \xff\",\"o\":{\"a\" : [ 1,2 "
      "]},\"alerts\":[{}],\"z\":null}";
  const auto incident = Incident::from_text(text);
  REQUIRE(incident);
  CHECK(rendered(*incident) == text);
  CHECK(rendered(*incident, false) ==
        "{\"id\":\"1\",\"n\":1.50e+02,\"s\":\"\\u00e9\\/ \xff\",\"o\":{\"a\" : [ 1,2 ]},\"z\":null}");
}

TEST_CASE("text that is no incident is not taken for one") {
  for (const char* text : {"", "[]", "{", "{\"id\":1}", "{\"id\":\"\"}", "{\"x\":1}", "{\"id\":\"1\"} {}",
                           "{\"id\":\"1\",}", "{\"id\":\"1\" \"x\":2}", "{\"id\":\"1}"}) {
    CAPTURE(text);
    CHECK_FALSE(Incident::from_text(text));
  }
}

TEST_CASE("incidents stand in the order of their last update") {
  CHECK(in_order(loaded(three)) == std::vector<std::string>{"c", "b", "a"});
}

TEST_CASE("copies have ids, names and times of their own") {
  const auto incidents =
      loaded("{\"id\":\"a\",\"displayName\":\"x\",\"lastUpdateDateTime\":\"2026-01-01T00:00:00.25Z\"}", 3);
  CHECK(in_order(incidents) == std::vector<std::string>{"a", "a-1", "a-2"});
  CHECK(incidents.find("a-2")->update_text() == "2026-01-01T00:00:02.25Z");
  CHECK(incidents.find("a-2")->text("displayName") == "Incident a-2");
}

TEST_CASE("an ordered mutation changes what it names, at once or after a number of pages") {
  auto incidents = loaded(three);
  stand_in::Mutations mutations(incidents);
  mutations.order(Json::parse(R"({"op":"update","id":"c","severity":"low","add_alert":true})"));
  CHECK(in_order(incidents) == std::vector<std::string>{"b", "a", "c"});
  CHECK(incidents.find("c")->update_text() == "2026-01-01T00:00:02Z");
  CHECK(incidents.find("c")->text("severity") == "low");
  CHECK(stand_in::split_array(incidents.find("c")->member("alerts"))->size() == 1);

  mutations.order(Json::parse(R"([{"op":"add","id":"late","last_update":"2025-01-01T00:00:00Z","after_page":2}])"));
  mutations.page_served();
  CHECK(incidents.find("late") == nullptr);
  mutations.page_served();
  CHECK(in_order(incidents).front() == "late");
  CHECK_THROWS(mutations.order(Json::parse(R"({"op":"update","id":"nobody"})")));
  CHECK_THROWS(mutations.order(Json::parse(R"({"op":"remove","id":"a"})")));
}

TEST_CASE("random mutations are the same for the same seed, and end") {
  const auto ledger_after = [](std::uint64_t seed) {
    auto incidents = loaded(three);
    stand_in::Mutations mutations(incidents);
    mutations.start_random(seed, 20);
    for (int page = 0; page < 100; ++page) mutations.page_served();
    return incidents.ledger().dump();
  };
  CHECK(ledger_after(5) == ledger_after(5));
  CHECK(ledger_after(5) != ledger_after(6));
}

TEST_CASE("values that Graph hides without the Prefer header are hidden, and no key is") {
  CHECK(stand_in::with_unknown_values(R"({"awaitingAction":"awaitingAction","x":["a\"b","awaitingAction"]})",
                                      {"awaitingAction"}) ==
        R"({"awaitingAction":"unknownFutureValue","x":["a\"b","unknownFutureValue"]})");
}

TEST_CASE("alerts beyond a page are given on pages of their own") {
  const auto incident = *Incident::from_text(R"({"id":"1","alerts":[{"id":"x"},{"id":"y"},{"id":"z"}]})");
  stand_in::GraphQuirks quirks;
  quirks.set(Json::parse(R"({"alerts_page_size":2})"));
  std::string out;
  stand_in::render_incident(out, incident, true, quirks, "http://g");
  CHECK(out == R"({"id":"1","alerts":[{"id":"x"},{"id":"y"}],"alerts@odata.nextLink":)"
               R"("http://g/v1.0/security/incidents/1/alerts?$skip=2"})");
  const Json rest = Json::parse(stand_in::render_alerts_page(incident, 2, quirks, "http://g"));
  CHECK(rest.find("value")->array().size() == 1);
  CHECK(rest.find("@odata.nextLink") == nullptr);
  CHECK_THROWS(quirks.set(Json::parse(R"({"alert_page_size":2})")));
}
