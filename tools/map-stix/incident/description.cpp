// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/description.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "tools/map-stix/evidence/evidence_text.hpp"
#include "tools/map-stix/incident/incident_fields.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

/// Words of Graph's enumerations, which may stand as plain text: nobody else chooses them.
constexpr std::string_view known_words[] = {
    // status
    "active", "resolved", "inProgress", "redirected", "awaitingAction", "new",
    // classification
    "unknown", "falsePositive", "truePositive", "informationalExpectedActivity",
    // determination
    "apt", "malware", "securityPersonnel", "securityTesting", "unwantedSoftware", "other", "multiStagedAttack",
    "compromisedAccount", "phishing", "maliciousUserActivity", "notMalicious", "notEnoughDataToValidate",
    "confirmedActivity", "confirmedUserActivity", "lineOfBusinessApplication"};

// A value that can stand within a line.
std::string_view line_text(Json value) {
  const std::string_view text = usable_text(value);
  return is_one_line(text) && text != "unknownFutureValue" ? text : std::string_view{};
}

void append_value(common::TextBuffer& out, std::string_view text) {
  if (std::find(std::begin(known_words), std::end(known_words), text) != std::end(known_words))
    out += text;
  else
    append_code(out, text);
}

// "- Label: value" and the end of the line, where there is a value. It counts as written.
void append_fact(common::TextBuffer& out, std::string_view label, Json value) {
  const std::string_view text = line_text(value);
  if (text.empty()) return;
  out.append("- "sv).append(label).append(": "sv);
  append_value(out, text);
  out += '\n';
  value.mark_used();
}

// What says nothing is left to the rest.
bool says_something(Json value) {
  const std::string_view text = line_text(value);
  return !text.empty() && !equals_ignoring_case(text, "unknown");
}

void append_classification(common::TextBuffer& out, Json json) {
  const Json classification = json["classification"];
  const Json determination = json["determination"];
  if (says_something(classification)) append_fact(out, "Classification", classification);
  if (says_something(determination)) append_fact(out, "Determination", determination);
}

// Only Microsoft's own portals become links: the address comes from the input.
bool is_portal(std::string_view address) {
  constexpr std::string_view domains[] = {".microsoft.com", ".microsoft.us", ".azure.com", ".azure.us", ".azure.cn"};
  if (!address.starts_with("https://") || !is_web_address(address)) return false;
  const std::string host = host_of_url(address);
  return std::any_of(std::begin(domains), std::end(domains),
                     [&host](std::string_view domain) { return host.ends_with(domain); });
}

void append_link(common::TextBuffer& out, Json url) {
  const std::string_view address = line_text(url);
  if (is_portal(address)) out.append("- Portal: <"sv).append(address).append(">\n"sv);
}

// A text of its own: its label, and the text in code.
void append_paragraph(common::TextBuffer& out, std::string_view label, Json value) {
  const std::string_view text = usable_text(value);
  if (text.empty()) return;
  out.append(label).append(is_one_line(text) ? ": "sv : ":\n\n"sv);
  append_code(out, text);
  out += "\n\n"sv;
  value.mark_used();
}

void append_merge(common::TextBuffer& out, Json json) {
  if (!is_redirected(json)) return;
  const Json target = json["redirectIncidentId"];
  const std::string_view id = line_text(target);
  if (id.empty()) {
    out += "Merged into another incident.\n\n"sv;
    return;
  }
  out += "Merged into incident "sv;
  append_code(out, id);
  out += ".\n\n"sv;
  target.mark_used();
}

void append_alerts(common::TextBuffer& out, const AlertTotals& alerts) {
  if (!alerts.products.empty()) {
    out += "- Products: "sv;
    for (const std::string_view product : alerts.products) {
      if (product.data() != alerts.products.front().data()) out += ", "sv;
      append_code(out, product);
    }
    out += '\n';
  }
  out.append("- Alerts: "sv).append(std::to_string(alerts.count)).append("\n"sv);
  if (!alerts.first_activity) return;
  out.append("- First activity: "sv).append(common::seconds_text(*alerts.first_activity)).append("\n"sv);
  out.append("- Last activity: "sv).append(common::seconds_text(*alerts.last_activity)).append("\n"sv);
}

// Whatever is not written yet, under a heading where anything stands above it; OData's own members at the end. `alert`
// is null for an incident.
void append_rest(Workspace& work, common::TextBuffer& text, Json json, const AlertScope* alert) {
  std::vector<Json> odata;
  for (const Json member : json) {
    if (member.used() || !member.key().starts_with('@') || usable_text(member).empty()) continue;
    odata.push_back(member);
    member.mark_used();
  }
  const std::size_t before = text.size();
  if (before > 0) {
    if (!text.view().ends_with("\n\n")) text += "\n"sv;
    text += "#### Everything else\n\n"sv;
  }
  const std::size_t heading = text.size();
  if (alert == nullptr) {
    work.catch_all.append(text, json);
  } else {
    work.catch_all.append_below_markdown(text, json);
    append_text_only(text, *alert);
  }
  for (const Json member : odata) append_code_lines(text, member.key(), member.text());
  if (text.size() == heading) text.truncate(before);
}

}  // namespace

void put_case_description(const IncidentScope& incident, ObjectRef object) {
  Workspace& work = incident.work;
  const Json json = incident.json;
  common::TextBuffer& text = work.scratch;
  text.clear();
  append_merge(text, json);
  append_paragraph(text, "Summary", json["summary"]);
  append_paragraph(text, "Description", json["description"]);
  append_fact(text, "Status", json["status"]);
  append_classification(text, json);
  append_fact(text, "Assigned to", json["assignedTo"]);
  append_alerts(text, incident.totals);
  append_link(text, json["incidentWebUrl"]);
  append_rest(work, text, json, nullptr);
  describe(work, object, text.view());
}

void put_alert_description(const AlertScope& alert) {
  Workspace& work = alert.work();
  const Json json = alert.json;
  common::TextBuffer& text = work.scratch;
  text.clear();
  if (const std::string_view description = usable_text(json["description"]); !description.empty()) {
    append_markdown(text, description);
    json["description"].mark_used();
  }
  if (const std::string_view actions = usable_text(json["recommendedActions"]); !actions.empty()) {
    if (!text.empty()) text += "\n\n"sv;
    text += "Recommended Actions:\n\n"sv;
    append_markdown(text, actions);
    json["recommendedActions"].mark_used();
  }
  if (!text.empty()) text += "\n\n"sv;
  append_fact(text, "Status", json["status"]);
  append_classification(text, json);
  append_fact(text, "Assigned to", json["assignedTo"]);
  append_fact(text, "Product", json["productName"]);
  append_link(text, json["alertWebUrl"]);
  append_rest(work, text, json, &alert);
  describe(work, alert.object, text.view());
}

}  // namespace map_stix
