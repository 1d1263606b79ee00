// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/alert.hpp"

#include <algorithm>
#include <string>

#include "tools/map-stix/evidence/evidence_list.hpp"
#include "tools/map-stix/incident/description.hpp"
#include "tools/map-stix/incident/incident_fields.hpp"
#include "tools/map-stix/incident/notes.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The creation date, or the best substitute for it. `lasting` tells whether it stays the same when the alert is
// updated.
common::Instant created_of(const IncidentScope& incident, Json alert, bool& lasting) {
  lasting = true;
  for (const std::string_view member : {"createdDateTime", "firstActivityDateTime"}) {
    if (const auto at = usable_instant(alert[member])) return *at;
  }
  lasting = false;  // also for the incident's date, which may be that of its last update
  return usable_instant(alert["lastUpdateDateTime"]).value_or(incident.created);
}

void put_activity(const AlertScope& alert, Json first, Json last) {
  Workspace& work = alert.work();
  put_time(work.bundle, alert.object, Property::first_seen, first);
  const auto begin = usable_instant(first);
  const auto end = usable_instant(last);
  if (begin && end && *end < *begin) {
    work.report.warn("dates in disorder", alert_member(alert, "lastActivityDateTime"),
                     "earlier than firstActivityDateTime; left out of last_seen");
    return;
  }
  put_time(work.bundle, alert.object, Property::last_seen, last);
}

void put_incident(AlertScope& alert) {
  Workspace& work = alert.work();
  Bundle& bundle = work.bundle;
  const Json json = alert.json;
  const Json title = json["title"];
  const std::string_view name = usable_text(title).empty() ? work.arena.join({"Alert ", alert.id}) : usable_text(title);
  const auto [uuid, created] = dated_id(work, name, alert.created);
  const Json severity = json["severity"];
  const Json update = json["lastUpdateDateTime"];
  const Json first = json["firstActivityDateTime"];
  const Json last = json["lastActivityDateTime"];
  const auto updated = usable_instant(update);
  const common::Instant modified = std::max(created, whole_millisecond(updated.value_or(created)));
  const std::size_t before = bundle.size();
  alert.object = bundle.add(ObjectType::incident, uuid, created, modified);
  if (bundle.size() == before) alert.incident.shared_objects = true;
  if (bundle.set_text(alert.object, Property::name, name) && name == title.text()) title.mark_used();
  mark_if_exact(json["createdDateTime"], created);
  if (bundle.modified(alert.object) == modified) mark_if_exact(update, modified);

  put_labels(work, alert.object, {json["category"], json["categories"], json["systemTags"]});
  if (work.options.confidence) bundle.set_number(alert.object, Property::confidence, *work.options.confidence);
  put_reference(work, alert.object, json["id"], json["alertWebUrl"], alert_member(alert, "alertWebUrl"));
  put_activity(alert, first, last);
  bundle.set_text(alert.object, Property::incident_type, "alert");
  put_severity(work, alert.object, severity);
  const auto if_held = [](Json value) { return value.used() ? value.text() : std::string_view{}; };
  alert.reported = {if_held(severity), if_held(update), if_held(first), if_held(last)};
  bundle.set_text(alert.object, Property::source, work.options.product);
  put_lasting_id(work, alert.object, "incident--", alert.id, alert.tenant);
}

void add_technique(const AlertScope& alert, std::string_view id) {
  Workspace& work = alert.work();
  const ObjectRef pattern =
      work.bundle.add(ObjectType::attack_pattern, work.ids.attack_pattern(id), shared_date, shared_date);
  work.bundle.set_text(pattern, Property::name, id);
  work.bundle.set_text(pattern, Property::x_mitre_id, id);
  work.bundle.set_number(pattern, Property::confidence, shared_confidence);
  relate(work, alert.object, RelationshipType::uses, pattern, alert.created);
}

// Each technique that a text names, whatever stands around it; a text that is more than one id stays text as well.
void add_techniques_of(const AlertScope& alert, Json value) {
  if (!value.is(JsonKind::string)) return;
  for (const std::string& id : technique_ids(value.text())) {
    add_technique(alert, alert.work().arena.copy(id));
    if (strip(value.text()) == id) value.mark_used();
  }
}

void add_techniques(const AlertScope& alert) {
  const Json techniques = alert.json["mitreTechniques"];
  if (!techniques.is(JsonKind::array)) return add_techniques_of(alert, techniques);
  for (const Json technique : techniques) add_techniques_of(alert, technique);
}

void add_family(const AlertScope& alert) {
  Workspace& work = alert.work();
  const Json family = alert.json["threatFamilyName"];
  const std::string_view name = usable_text(family);
  if (name.empty()) return;
  const common::Instant date = whole_second(alert.created);
  const ObjectRef malware = work.bundle.add(ObjectType::malware, work.ids.by_name(name), date, date);
  put_text(work.bundle, malware, Property::name, family);
  work.bundle.set_boolean(malware, Property::is_family, true);
  work.bundle.set_number(malware, Property::confidence, shared_confidence);
  relate(work, alert.object, RelationshipType::uses, malware, alert.created);
}

void add_vulnerability(const AlertScope& alert, std::string_view id) {
  Workspace& work = alert.work();
  std::string name = "CVE";
  name += id.substr(3);
  const std::string_view kept = work.arena.copy(name);
  const ObjectRef vulnerability =
      work.bundle.add(ObjectType::vulnerability, work.ids.by_name(kept), shared_date, shared_date);
  work.bundle.set_text(vulnerability, Property::name, kept);
  work.bundle.set_number(vulnerability, Property::confidence, shared_confidence);
  relate(work, alert.object, RelationshipType::targets, vulnerability, alert.created);
}

// CVE-YYYY-NNNN with four digits or more, in any case, not inside a longer word.
void add_vulnerabilities(const AlertScope& alert, std::string_view text) {
  for (std::size_t at = 0; (at = text.find('-', at)) != std::string_view::npos; ++at) {
    if (at < 3 || !equals_ignoring_case(text.substr(at - 3, 3), "cve")) continue;
    if (at > 3 && is_alphanumeric(text[at - 4])) continue;
    const std::string_view rest = text.substr(at + 1);
    const bool year = rest.size() > 5 && rest[4] == '-' && std::all_of(rest.begin(), rest.begin() + 4, is_digit);
    if (!year) continue;
    std::size_t end = 5;
    while (end < rest.size() && is_digit(rest[end])) ++end;
    if (end < 9 || (end < rest.size() && is_alphanumeric(rest[end]))) continue;
    add_vulnerability(alert, text.substr(at - 3, 4 + end));
  }
}

void add_actor(const AlertScope& alert) {
  Workspace& work = alert.work();
  const Json actor = alert.json["actorDisplayName"];
  const std::string_view name = usable_text(actor);
  if (!work.options.actors || name.empty()) return;
  const ObjectRef set = work.bundle.add(ObjectType::intrusion_set, work.ids.by_name(name), shared_date, shared_date);
  put_text(work.bundle, set, Property::name, actor);
  work.bundle.set_number(set, Property::confidence, shared_confidence);
  relate(work, alert.object, RelationshipType::attributed_to, set, alert.created);
}

// For the description of the case. An alert without one of the two dates counts with the other.
void count_alert(const AlertScope& alert) {
  constexpr std::size_t most_products = 8;
  AlertTotals& totals = alert.incident.totals;
  ++totals.count;
  const Json json = alert.json;
  for (const std::string_view member : {"firstActivityDateTime", "lastActivityDateTime"}) {
    const auto at = usable_instant(json[member]);
    if (!at) continue;
    totals.first_activity = std::min(totals.first_activity.value_or(*at), *at);
    totals.last_activity = std::max(totals.last_activity.value_or(*at), *at);
  }
  const std::string_view product = usable_text(json["productName"]);
  const bool fresh = std::find(totals.products.begin(), totals.products.end(), product) == totals.products.end();
  if (fresh && !product.empty() && is_one_line(product) && totals.products.size() < most_products)
    totals.products.push_back(alert.work().arena.copy(product));
}

}  // namespace

void map_alert(IncidentScope& incident, Json json, std::size_t position) {
  Workspace& work = incident.work;
  const std::string_view id = usable_text(json["id"]);
  const std::string_view tenant = usable_text(json["tenantId"]);
  work.report.begin_alert(id);
  bool lasting = false;
  const common::Instant created = created_of(incident, json, lasting);
  AlertScope alert{.incident = incident,
                   .json = json,
                   .position = position,
                   .id = id,
                   .tenant = tenant.empty() ? incident.tenant : tenant,
                   .created = created,
                   .note_date = lasting ? created : incident.note_date,
                   .scored = incident.scored && !is_dismissed(json["classification"]),
                   .object = {}};
  alert.hashes.reserve(16);  // enough for most
  for (const std::string_view member :
       {"createdDateTime", "lastUpdateDateTime", "firstActivityDateTime", "lastActivityDateTime"}) {
    if (is_bad_date(json[member]))
      work.report.warn("bad date", alert_member(alert, member), "not a date; counts as missing");
  }
  count_alert(alert);
  put_incident(alert);
  if (work.report.explaining()) {
    std::string line = " alert " + std::string(id) + ": " + work.bundle.id(alert.object);
    work.report.explain(line.append(" \"").append(work.bundle.text(alert.object, Property::name)).append("\""));
  }
  add_techniques(alert);
  map_evidence_list(alert, json["evidence"]);
  add_family(alert);
  add_vulnerabilities(alert, usable_text(json["title"]));
  add_vulnerabilities(alert, usable_text(json["description"]));
  add_actor(alert);
  add_comments(work, json["comments"], alert.object, id, alert.tenant, alert.note_date);
  put_alert_description(alert);
  const bool has_last_activity = usable_instant(json["lastActivityDateTime"]).has_value();
  if (has_last_activity || alert.reported != ReportedFields{}) {
    incident.alerts.push_back({alert.object, position, id, alert.reported, has_last_activity});
  }
  work.report.begin_alert({});
}

}  // namespace map_stix
