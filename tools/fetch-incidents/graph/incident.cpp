// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/incident.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "common/http/http.hpp"
#include "common/json/json_cursor.hpp"
#include "common/json/json_writer.hpp"

namespace fetch_incidents {
namespace {

using common::JsonCursor;
using common::JsonFault;

constexpr std::string_view alerts_link = "alerts@odata.nextLink";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view without_mark(std::string_view body) {
  return body.starts_with(byte_order_mark) ? body.substr(byte_order_mark.size()) : body;
}

/// The text of a JSON string, or the JSON itself for anything else: an id written as a number is an id as well.
std::string text_of(std::string_view raw) {
  if (raw == "null") return {};
  return common::json_string(raw).value_or(std::string(raw));
}

/// Reads the incident that the cursor stands before; the text is cut from `body` by position.
Incident read_incident(JsonCursor& json, std::string_view body) {
  Incident incident;
  json.peek();
  const std::size_t start = json.position();
  const std::size_t white_space = json.white_space();
  json.members([&](std::string_view name) {
    const std::string_view raw = json.value();
    if (name == "id") incident.id = text_of(raw);
    if (name == "lastUpdateDateTime") incident.last_update = text_of(raw);
    if (name == alerts_link) incident.alerts_next_link = text_of(raw);
  });
  incident.text = body.substr(start, json.position() - start);
  incident.compact = json.white_space() == white_space;
  incident.at = common::parse_instant(incident.last_update);
  return incident;
}

/// The object with some members changed: `edit(name, raw, writer)` writes a member, or leaves it out.
template <typename Edit>
std::string rewritten(std::string_view object, Edit edit) {
  std::string out;
  common::JsonWriter writer(out);
  JsonCursor json(object);
  writer.begin_object();
  json.members([&](std::string_view name) { edit(name, json.value(), writer); });
  writer.end_object();
  return out;
}

Incident of_text(std::string text) {
  auto keep = std::make_shared<const std::string>(std::move(text));
  JsonCursor json(*keep);
  Incident incident = read_incident(json, *keep);
  json.finish();
  incident.keep = keep;
  return incident;
}

}  // namespace

void resolve_link(Incident& incident, std::string_view base) {
  if (incident.alerts_next_link.empty()) return;
  incident.alerts_next_link = common::resolve_url(base, incident.alerts_next_link);
}

bool any_moved(const std::vector<Incident>& incidents) {
  return std::any_of(incidents.begin(), incidents.end(),
                     [](const Incident& incident) { return incident.fate == Fate::moved; });
}

std::optional<common::Instant> latest_of(const std::vector<Incident>& incidents) {
  std::optional<common::Instant> latest;
  for (const Incident& incident : incidents) latest = std::max(latest, incident.at);
  return latest;
}

Page split_page(std::string body, std::size_t asked) {
  return split_page(std::make_shared<const std::string>(std::move(body)), asked);
}

Page split_page(SharedText body, std::size_t asked) {
  const std::string_view text = without_mark(*body);
  Page page;
  bool has_value = false;
  JsonCursor json(text);
  json.members([&](std::string_view name) {
    if (name == "value") {
      has_value = true;
      json.elements([&] {
        if (json.peek() == '{') {
          page.incidents.push_back(read_incident(json, text));
          page.incidents.back().keep = body;
        } else {
          json.value();
          ++page.unreadable;
        }
      });
      return;
    }
    const std::string_view raw = json.value();
    if (name == "@odata.nextLink") page.next_link = text_of(raw);
    if (name == "@odata.count") {
      std::int64_t count = 0;
      if (std::from_chars(raw.data(), raw.data() + raw.size(), count).ec == std::errc()) page.count = count;
    }
  });
  json.finish();
  if (!has_value) throw JsonFault("the answer holds no list of incidents", 0);
  page.full = page.incidents.size() + page.unreadable >= asked;
  return page;
}

Incident read_single(std::string_view body) {
  std::string text = rewritten(without_mark(body), [](std::string_view name, std::string_view raw, auto& writer) {
    if (name != "@odata.context") writer.key(name).raw(raw);
  });
  Incident incident = of_text(std::move(text));
  if (incident.id.empty()) throw JsonFault("the answer is not an incident", 0);
  return incident;
}

AlertsPage split_alerts_page(std::string_view body) {
  AlertsPage page;
  bool has_value = false;
  JsonCursor json(without_mark(body));
  json.members([&](std::string_view name) {
    if (name == "value") {
      has_value = true;
      json.elements([&] {
        if (!page.alerts.empty()) page.alerts += ',';
        page.alerts += json.value();
      });
      return;
    }
    const std::string_view raw = json.value();
    if (name == "@odata.nextLink") page.next_link = text_of(raw);
  });
  json.finish();
  if (!has_value) throw JsonFault("the answer holds no list of alerts", 0);
  return page;
}

Incident with_alerts(const Incident& incident, std::string_view alerts) {
  bool placed = false;
  const auto joined = [alerts](std::string_view raw) {
    std::string list(raw.starts_with('[') ? raw.substr(0, raw.size() - 1) : "[");
    const bool empty = list.find_last_not_of(" \t\r\n") == 0;
    if (!empty && !alerts.empty()) list += ',';
    return list.append(alerts).append("]");
  };
  std::string text = rewritten(incident.text, [&](std::string_view name, std::string_view raw, auto& writer) {
    if (name == alerts_link) return;
    writer.key(name);
    const bool here = name == "alerts" && !placed;
    placed = placed || here;
    writer.raw(here ? joined(raw) : std::string(raw));
  });
  if (!placed && !alerts.empty()) {
    text.pop_back();
    text += text.size() > 1 ? ",\"alerts\":[" : "\"alerts\":[";
    text.append(alerts).append("]}");
  }
  return of_text(std::move(text));
}

namespace {

/// How many bytes at the start of `text` are one valid UTF-8 character; 0 when none is.
std::size_t character_length(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x80) return 1;
  const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  if (text.size() < length || !simdjson::validate_utf8(text.data(), length)) return 0;
  return length;
}

std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace

bool is_line(const Incident& incident) {
  return incident.compact && simdjson::validate_utf8(incident.text.data(), incident.text.size());
}

bool append_line(std::string& out, std::string_view text) {
  if (simdjson::validate_utf8(text.data(), text.size())) {
    common::append_minified(out, text);
    return false;
  }
  common::append_minified(out, repaired(text));
  return true;
}

}  // namespace fetch_incidents
