// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/map-stix/mapped.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <stdexcept>

#include "tests/unit/map-stix/padded.hpp"
#include "tools/map-stix/line_mapper.hpp"

using common::Json;

Mapped::Mapped(std::string incident, map_stix::MappingOptions options) {
  const int null = ::open("/dev/null", O_WRONLY);
  {
    common::Log log("map-stix", null);
    map_stix::Report report(log, false);
    map_stix::Workspace work(options, report);
    map_stix::BundleWriter writer(options, work.ids);
    incident = padded(incident);
    const std::string wrong = work.tree.parse(incident);
    if (!wrong.empty()) throw std::runtime_error("the test's incident is " + wrong + ": " + incident);
    common::TextBuffer out;
    map_stix::map_incident(work, writer, work.tree.root(), incident, out, [] {});
    bundle_ = out.view();
    warnings_ = log.kinds();
  }
  ::close(null);
  if (bundle_.empty()) return;
  bundle_ = padded(bundle_);
  const std::string wrong = tree_.parse(bundle_);
  if (!wrong.empty()) throw std::runtime_error("the bundle is " + wrong + ": " + bundle_);
}

std::vector<Json> Mapped::all(std::string_view type) {
  std::vector<Json> found;
  for (const Json object : tree_.root()["objects"]) {
    if (object["type"].text() == type) found.push_back(object);
  }
  return found;
}

Json Mapped::find(std::string_view type, std::string_view property, std::string_view text) {
  for (const Json object : all(type)) {
    if (object[property].text() == text) return object;
  }
  return {};
}

Json Mapped::relationship(std::string_view type, Json source, Json target) {
  for (const Json object : all("relationship")) {
    const bool ends =
        object["source_ref"].text() == source["id"].text() && object["target_ref"].text() == target["id"].text();
    if (ends && object["relationship_type"].text() == type) return object;
  }
  return {};
}

std::uint64_t Mapped::warnings(const std::string& kind) const {
  const auto found = warnings_.find(kind);
  return found == warnings_.end() ? 0 : found->second;
}

std::string Mapped::score(std::string_view value) {
  for (const Json object : tree_.root()["objects"]) {
    const bool named = object["value"].text() == value || object["name"].text() == value;
    if (named && object["type"].text() != "indicator") return std::string(object["x_opencti_score"].text());
  }
  throw std::runtime_error("no object is called " + std::string(value) + " in " + bundle_);
}

std::string incident_with(std::string_view evidence, std::string_view more_of_alert, std::string_view more) {
  std::string json =
      R"({"id":"7","displayName":"Seven","createdDateTime":"2026-03-02T08:00:00Z","lastUpdateDateTime":"2026-03-02T09:00:00Z")";
  json.append(more).append(R"(,"alerts":[{"id":"a1","title":"One","createdDateTime":"2026-03-02T08:10:00Z")");
  json.append(more_of_alert).append(R"(,"evidence":[)").append(evidence).append("]}]}");
  return json;
}

std::string evidence_of(std::string_view type, std::string_view members) {
  std::string json = R"({"@odata.type":"#microsoft.graph.security.)";
  return json.append(type).append("Evidence\",").append(members).append("}");
}

std::string bad_ip(std::string_view address, std::string_view more) {
  return evidence_of("ip", R"("verdict":"malicious","ipAddress":")" + std::string(address) + "\"" + std::string(more));
}

std::string bad_url(std::string_view url) {
  return evidence_of("url", R"("verdict":"malicious","url":")" + std::string(url) + "\"");
}
