// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/graph/incident.hpp"

#include <simdjson.h>

#include <algorithm>

#include "common/http/http_url.hpp"
#include "common/json/json_text.hpp"
#include "common/json/json_tree.hpp"
#include "common/json/json_writer.hpp"

namespace fetch_incidents {
namespace {

using common::Json;
using common::JsonKind;
using common::JsonTree;

constexpr std::string_view alerts_link = "alerts@odata.nextLink";
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view replacement = "\xef\xbf\xbd";

// How many bytes at the start of `text` are one valid UTF-8 character; 0 when none is.
std::size_t character_length(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (byte < 0x80) return 1;
  const std::size_t length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
  if (text.size() < length || !simdjson::validate_utf8(text.data(), length)) return 0;
  return length;
}

// The text with U+FFFD in place of each byte that is not valid UTF-8, and room for the padding behind it.
std::string repaired(std::string_view text) {
  std::string out;
  out.reserve(text.size() + JsonTree::padding);
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    out += length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

// An answer of Graph, or a part of one, and its tree.
class Document {
 public:
  // Throws AnswerFault when the body is not a JSON object.
  explicit Document(SharedText body)
      : body_(std::move(body)), repaired_(!simdjson::validate_utf8(body_->data(), body_->size())) {
    if (repaired_ || body_->capacity() - body_->size() < JsonTree::padding)
      body_ = std::make_shared<const std::string>(repaired(*body_));
    std::string_view text = *body_;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (const std::string wrong = tree_.parse(text); !wrong.empty()) throw AnswerFault(wrong);
  }
  explicit Document(std::string body) : Document(std::make_shared<const std::string>(std::move(body))) {}

  Json root() { return tree_.root(); }
  const SharedText& body() const { return body_; }
  /// Whether U+FFFD that stands in a part of the text may be in place of invalid UTF-8.
  bool repaired_here(std::string_view text) const {
    return repaired_ && text.find(replacement) != std::string_view::npos;
  }

 private:
  SharedText body_;
  bool repaired_;
  JsonTree tree_;
};

/// The text of a JSON string, or the JSON itself for anything else: an id written as a number is an id as well.
std::string_view text_of(Json json) {
  if (json.is(JsonKind::null)) return {};
  return json.is(JsonKind::string) ? json.text() : json.raw();
}

Incident read_incident(const Document& document, Json json) {
  Incident incident;
  incident.id = text_of(json["id"]);
  incident.last_update = text_of(json["lastUpdateDateTime"]);
  incident.alerts_next_link = text_of(json[alerts_link]);
  incident.at = common::parse_instant(incident.last_update);
  incident.text = json.raw();
  incident.keep = document.body();
  incident.compact = json.is_compact();
  incident.repaired = document.repaired_here(incident.text);
  return incident;
}

/// The object with some members changed: `edit(name, raw, writer)` writes a member, or leaves it out.
template <typename Edit>
std::string rewritten(Json object, Edit edit) {
  std::string out;
  common::JsonWriter writer(out);
  writer.begin_object();
  for (const Json member : object) edit(member.key(), member.raw(), writer);
  writer.end_object();
  return out;
}

Incident of_text(std::string text) {
  Document document(std::move(text));
  return read_incident(document, document.root());
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
  Document document(std::move(body));
  const Json root = document.root();
  if (!root["value"].is(JsonKind::array)) throw AnswerFault("the answer holds no list of incidents");
  Page page;
  for (const Json item : root["value"]) {
    if (item.is(JsonKind::object)) {
      page.incidents.push_back(read_incident(document, item));
    } else {
      ++page.unreadable;
    }
  }
  page.next_link = text_of(root["@odata.nextLink"]);
  page.count = root["@odata.count"].integer();
  page.full = page.incidents.size() + page.unreadable >= asked;
  return page;
}

Incident read_single(std::string_view body) {
  Document document{std::string(body)};
  std::string text = rewritten(document.root(), [](std::string_view name, std::string_view raw, auto& writer) {
    if (name != "@odata.context") writer.key(name).raw(raw);
  });
  Incident incident = of_text(std::move(text));
  if (incident.id.empty()) throw AnswerFault("the answer is not an incident");
  incident.repaired = document.repaired_here(incident.text);
  return incident;
}

AlertsPage split_alerts_page(std::string_view body) {
  Document document{std::string(body)};
  const Json root = document.root();
  if (!root["value"].is(JsonKind::array)) throw AnswerFault("the answer holds no list of alerts");
  AlertsPage page;
  for (const Json alert : root["value"]) {
    if (!page.alerts.empty()) page.alerts += ',';
    page.alerts += alert.raw();
  }
  page.next_link = text_of(root["@odata.nextLink"]);
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
  Document document{std::string(incident.text)};
  std::string text = rewritten(document.root(), [&](std::string_view name, std::string_view raw, auto& writer) {
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
  Incident whole = of_text(std::move(text));
  whole.repaired = incident.repaired;
  return whole;
}

}  // namespace fetch_incidents
