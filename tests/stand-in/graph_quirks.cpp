// SPDX-License-Identifier: Apache-2.0
#include "tests/stand-in/graph_quirks.hpp"

#include <array>
#include <functional>
#include <stdexcept>

namespace stand_in {

namespace {

std::set<std::string, std::less<>> texts_of(const Json& value) {
  std::set<std::string, std::less<>> texts;
  if (!value.is_array()) throw std::runtime_error("a list of texts is expected");
  for (const Json& one : value.array()) texts.insert(one.string());
  return texts;
}

std::size_t size_of(const Json& settings, std::string_view key) {
  return static_cast<std::size_t>(settings.number(key));
}

using Setter = void (*)(GraphQuirks&, const Json& settings, std::string_view key);

constexpr std::array<std::pair<std::string_view, Setter>, 9> setters = {{
    {"page_size", [](GraphQuirks& q, const Json& s, std::string_view k) { q.page_size = size_of(s, k); }},
    {"snapshot_paging", [](GraphQuirks& q, const Json& s, std::string_view k) { q.snapshot_paging = s.flag(k); }},
    {"orderby_refused", [](GraphQuirks& q, const Json& s, std::string_view k) { q.orderby_refused = s.flag(k); }},
    {"orderby_ignored", [](GraphQuirks& q, const Json& s, std::string_view k) { q.orderby_ignored = s.flag(k); }},
    {"unstable_ties", [](GraphQuirks& q, const Json& s, std::string_view k) { q.unstable_ties = s.flag(k); }},
    {"expand_limit",
     [](GraphQuirks& q, const Json& s, std::string_view k) {
       q.expand_limit = s.find(k)->is_null() ? std::nullopt : std::optional(size_of(s, k));
     }},
    {"failing_incidents",
     [](GraphQuirks& q, const Json& s, std::string_view k) { q.failing_incidents = texts_of(*s.find(k)); }},
    {"alerts_page_size", [](GraphQuirks& q, const Json& s, std::string_view k) { q.alerts_page_size = size_of(s, k); }},
    {"evolvable_values",
     [](GraphQuirks& q, const Json& s, std::string_view k) { q.evolvable_values = texts_of(*s.find(k)); }},
}};

std::string alerts_link(const Incident& incident, std::size_t first, std::string_view graph_url) {
  return std::string(graph_url) + "/v1.0/security/incidents/" + incident.id() +
         "/alerts?$skip=" + std::to_string(first);
}

std::string joined(const std::vector<std::string>& elements, std::size_t first, std::size_t count) {
  std::string text = "[";
  for (std::size_t at = first; at < elements.size() && at < first + count; ++at) {
    if (at > first) text += ',';
    text += elements[at];
  }
  return text + "]";
}

}  // namespace

void GraphQuirks::set(const Json& settings) {
  if (!settings.is_object()) throw std::runtime_error("Graph's settings are an object");
  for (const auto& [key, value] : settings.object()) {
    bool known = false;
    for (const auto& [name, setter] : setters) {
      if (name != key) continue;
      setter(*this, settings, key);
      known = true;
    }
    if (!known) throw std::runtime_error("Graph has no setting \"" + key + "\"");
  }
  if (page_size == 0) throw std::runtime_error("page_size is at least 1");
}

std::string with_unknown_values(std::string_view json, const std::set<std::string, std::less<>>& values) {
  std::string out;
  out.reserve(json.size());
  std::size_t at = 0;
  while (at < json.size()) {
    const std::size_t open = json.find('"', at);
    if (open == std::string_view::npos) break;
    std::size_t close = open + 1;
    while (close < json.size() && json[close] != '"') close += json[close] == '\\' ? 2 : 1;
    const std::string_view inner = json.substr(open + 1, close - open - 1);
    const std::size_t behind = json.find_first_not_of(" \t\r\n", close + 1);
    const bool is_key = behind != std::string_view::npos && json[behind] == ':';
    out += json.substr(at, open - at);
    if (!is_key && values.find(inner) != values.end()) {
      out += "\"unknownFutureValue\"";
    } else {
      out += json.substr(open, close + 1 - open);
    }
    at = close + 1;
  }
  if (at < json.size()) out += json.substr(at);
  return out;
}

void render_incident(std::string& out, const Incident& incident, bool with_alerts, const GraphQuirks& quirks,
                     std::string_view graph_url) {
  if (!with_alerts || quirks.alerts_page_size == 0) {
    incident.render(out, with_alerts);
    return;
  }
  const auto alerts = split_array(incident.member("alerts"));
  if (!alerts || alerts->size() <= quirks.alerts_page_size) {
    incident.render(out, true);
    return;
  }
  Incident cut = incident;
  cut.set("alerts", joined(*alerts, 0, quirks.alerts_page_size));
  cut.set("alerts@odata.nextLink", quoted(alerts_link(incident, quirks.alerts_page_size, graph_url)));
  cut.render(out, true);
}

std::string render_alerts_page(const Incident& incident, std::size_t first, const GraphQuirks& quirks,
                               std::string_view graph_url) {
  const auto alerts = split_array(incident.member("alerts")).value_or(std::vector<std::string>{});
  const std::size_t count = quirks.alerts_page_size == 0 ? alerts.size() : quirks.alerts_page_size;
  std::string body = "{\"@odata.context\":" + quoted(std::string(graph_url) + "/v1.0/$metadata#security/incidents('" +
                                                     incident.id() + "')/alerts");
  if (first + count < alerts.size()) {
    body += ",\"@odata.nextLink\":" + quoted(alerts_link(incident, first + count, graph_url));
  }
  return body + ",\"value\":" + joined(alerts, first, count) + "}";
}

}  // namespace stand_in
