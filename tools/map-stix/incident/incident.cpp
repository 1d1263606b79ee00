// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/incident.hpp"

#include <algorithm>
#include <optional>

#include "common/console/printable.hpp"
#include "tools/map-stix/incident/alert.hpp"
#include "tools/map-stix/incident/incident_fields.hpp"
#include "tools/map-stix/incident/notes.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

constexpr common::Instant epoch = {0};
constexpr std::string_view last_activity_member = "lastActivityDateTime";

bool has_status(Json json, std::string_view status) {
  return equals_ignoring_case(usable_text(json["status"]), status);
}

struct Priority {
  std::string_view severity;
  std::string_view priority;
};
constexpr Priority priorities[] = {{"high", "P1"}, {"medium", "P2"}, {"low", "P3"}, {"informational", "P4"}};

std::string_view priority_of(std::string_view severity) {
  for (const Priority& row : priorities) {
    if (row.severity == severity) return row.priority;
  }
  return "P3";
}

// What an analyst reads first; the rest follows in the order of the input.
constexpr std::string_view leading_members[] = {"status",  "determination", "assignedTo",        "priorityScore",
                                                "summary", "description",   "redirectIncidentId"};

void append_member(common::TextBuffer& text, Json json, std::string_view name) {
  const Json value = json[name];
  if (usable_text(value).empty() || value.text() == "unknownFutureValue") return;
  append_code_line(text, name, value.text());
  value.mark_used();
}

void put_description(const IncidentScope& incident, ObjectRef object) {
  Workspace& work = incident.work;
  const Json json = incident.json;
  common::TextBuffer& text = work.scratch;
  text.clear();
  if (has_status(json, "redirected")) {
    if (const std::string_view target = usable_text(json["redirectIncidentId"]); !target.empty()) {
      text += "Merged into incident "sv;
      append_code(text, target);
      text += "\n\n"sv;
    }
  }
  append_member(text, json, "classification");
  append_code_line(text, "source", work.options.product);
  for (const std::string_view member : leading_members) append_member(text, json, member);
  work.catch_all.append(text, json);
  describe(work, object, text.view());
}

ObjectRef put_case(const IncidentScope& incident) {
  Workspace& work = incident.work;
  Bundle& bundle = work.bundle;
  const Json json = incident.json;
  const Json title = json["displayName"];
  const std::string_view name =
      usable_text(title).empty() ? work.arena.join({"Incident ", incident.id}) : usable_text(title);
  const auto [uuid, created] = dated_id(work, name, incident.created);
  const Json update = json["lastUpdateDateTime"];
  const auto updated = usable_instant(update);
  const common::Instant modified = std::max(created, whole_millisecond(updated.value_or(created)));
  const ObjectRef object = bundle.add(ObjectType::case_incident, uuid, created, modified);
  bundle.set_text(object, Property::name, name);
  if (name == title.text()) title.mark_used();
  mark_if_exact(json["createdDateTime"], created);
  bundle.set_text(object, Property::priority, priority_of(severity_of(json["severity"])));
  put_texts(bundle, object, Property::labels, json["customTags"]);
  put_texts(bundle, object, Property::labels, json["systemTags"]);
  if (work.options.confidence) bundle.set_number(object, Property::confidence, *work.options.confidence);
  put_reference(work, object, json["id"], json["incidentWebUrl"], "incidentWebUrl");
  put_severity(work, object, json["severity"]);
  if (updated) {
    bundle.set_text(object, Property::x_graph_last_update, update.text());
    update.mark_used();
  }
  put_lasting_id(work, object, "case-incident--", incident.id, incident.tenant);
  return object;
}

// The comment that closed the incident. It has no date of its own and keeps that of the incident, so that it
// stays one note.
void add_resolving_comment(const IncidentScope& incident, ObjectRef object) {
  Workspace& work = incident.work;
  const Json comment = incident.json["resolvingComment"];
  const std::string_view text = usable_text(comment);
  if (text.empty()) return;
  work.scratch.clear();
  append_code(work.scratch, text);
  add_note(work, {.content = work.arena.copy(strip(work.scratch.view())),
                  .date = incident.note_date,
                  .about = object,
                  .kind = "resolvingComment",
                  .key = "resolvingComment",
                  .parent = incident.id,
                  .tenant = incident.tenant});
  comment.mark_used();
}

// Two parts of one incident meet here: what was seen on a device, and the device. Of several names for one device
// the first counts, or names times files would be relationships.
void join_devices(const IncidentScope& incident) {
  for (const SeenOnDevice& seen : incident.seen_on_device) {
    if (seen.device >= incident.devices.size() || !incident.devices[seen.device]) continue;
    relate(incident.work, seen.object, RelationshipType::related_to, incident.devices[seen.device], seen.at);
  }
}

bool seen_in_disorder(const Bundle& bundle, ObjectRef object) {
  const auto first = bundle.time(object, Property::first_seen);
  const auto last = bundle.time(object, Property::last_seen);
  return first && last && *last < *first;
}

// What the alert wrote into the object that it shares, and what does not stand there any more.
void keep_overruled(Workspace& work, const AlertObject& alert) {
  const Bundle& bundle = work.bundle;
  common::TextBuffer& text = work.scratch;
  text.clear();
  const auto keep = [&](std::string_view said, std::string_view member, const auto& is_held) {
    if (!said.empty() && !is_held(said)) append_code_line(text, member, said);
  };
  const auto is_time = [](std::optional<common::Instant> at) {
    return [at](std::string_view said) { return at == common::parse_instant(said); };
  };
  const ReportedFields& was = alert.reported;
  keep(was.severity, "severity",
       [&](std::string_view said) { return bundle.text(alert.object, Property::severity) == said; });
  keep(was.update, "lastUpdateDateTime", is_time(bundle.modified(alert.object)));
  keep(was.first_activity, "firstActivityDateTime", is_time(bundle.time(alert.object, Property::first_seen)));
  keep(was.last_activity, last_activity_member, is_time(bundle.time(alert.object, Property::last_seen)));
  describe(work, alert.object, text.view());
}

// Alerts of one id are one object, with the latest update, the first begin, the last end and the highest severity of
// them all. Where each of them knows only one of begin and end, these may be in disorder; then the end is left out.
// What of their own gave way stands as text.
void settle_shared(const IncidentScope& incident) {
  if (!incident.shared_objects) return;
  Workspace& work = incident.work;
  for (const AlertObject& alert : incident.alerts) {
    if (!alert.has_last_activity || !seen_in_disorder(work.bundle, alert.object)) continue;
    work.report.begin_alert(alert.id);
    work.report.warn(
        "dates in disorder", alert_member(alert.position, last_activity_member),
        "earlier than the first activity of an alert with the same title and millisecond; left out of last_seen");
  }
  work.report.begin_alert({});
  for (const AlertObject& alert : incident.alerts) {
    if (seen_in_disorder(work.bundle, alert.object)) work.bundle.remove(alert.object, Property::last_seen);
  }
  for (const AlertObject& alert : incident.alerts) keep_overruled(work, alert);
}

common::Uuid bundle_id(Workspace& work, const IncidentScope& incident, std::string_view source) {
  const Json update = incident.json["lastUpdateDateTime"];
  if (!usable_instant(update)) return work.ids.of_text(source);
  return work.ids.of({{"id", incident.id}, {"last_update", update.text()}, {"tenant_id", incident.tenant}});
}

void map_alerts(IncidentScope& incident) {
  const Json alerts = incident.json[alerts_member];
  if (alerts && !alerts.is(JsonKind::array) && !alerts.is(JsonKind::null)) {
    incident.work.report.warn("wrong type", "alerts", "not a list; kept as text");
    return;
  }
  std::size_t position = 0;
  bool all_mapped = true;
  for (const Json alert : alerts) {
    if (alert.is(JsonKind::object)) {
      map_alert(incident, alert, position);
      alert.mark_used();
    } else {
      incident.work.report.warn("wrong type", "alerts." + std::to_string(position), "not an object");
      all_mapped = false;
    }
    ++position;
  }
  if (all_mapped) alerts.mark_used();
}

// Why the incident is to be left out as a whole; "" where it is not.
std::string_view reason_to_leave_out(Workspace& work, Json json, std::string_view id) {
  if (work.options.skip_resolved && has_status(json, "resolved")) {
    work.report.count_resolved();
    return "resolved";
  }
  if (has_status(json, "redirected") && json[alerts_member].empty() && !work.options.keep_redirected) {
    work.report.redirected(id, usable_text(json["redirectIncidentId"]));
    return "merged into another incident";
  }
  return {};
}

void explain_case(const IncidentScope& incident, ObjectRef object) {
  std::string line = " case: " + incident.work.bundle.id(object);
  line.append(" \"").append(incident.work.bundle.text(object, Property::name)).append("\", ");
  incident.work.report.explain(line.append(std::to_string(incident.work.bundle.size())).append(" objects"));
}

}  // namespace

bool is_alert(Json json) { return json["alertWebUrl"] || json["evidence"]; }

bool is_incident(Json json) {
  if (json[alerts_member] || json["displayName"]) return true;
  if (is_alert(json)) return false;
  if (json["incidentWebUrl"]) return true;
  return json["id"] && !json["error"] && (json["createdDateTime"] || json["status"] || json["lastUpdateDateTime"]);
}

bool map_incident(Workspace& work, BundleWriter& writer, Json json, std::string_view source, common::TextBuffer& out,
                  const std::function<void()>& flush_output) {
  const std::string_view id = usable_text(json["id"]);
  work.report.begin_incident(id);
  if (const std::string_view reason = reason_to_leave_out(work, json, id); !reason.empty()) {
    if (!work.report.explaining()) return false;
    std::string line = "incident ";
    common::append_printable(line, id);
    out.append(line).append(": left out, "sv).append(reason);
    return true;
  }
  work.bundle.reset(work.tree.values_of(json));
  work.arena.reset();
  work.verdicts.reset();
  work.device_ids.reset();
  work.lasting_notes.clear();
  const auto created = usable_instant(json["createdDateTime"]);
  const auto updated = usable_instant(json["lastUpdateDateTime"]);
  for (const std::string_view member : {"createdDateTime", "lastUpdateDateTime"}) {
    if (is_bad_date(json[member])) work.report.warn("bad date", member, "not a date; counts as missing");
  }
  IncidentScope incident{.work = work,
                         .json = json,
                         .id = id,
                         .tenant = usable_text(json["tenantId"]),
                         .created = created ? *created : updated.value_or(epoch),
                         .note_date = created.value_or(epoch),
                         .scored = !is_dismissed(json["classification"])};
  if (work.report.explaining()) work.report.explain("incident " + std::string(id));
  map_alerts(incident);
  settle_shared(incident);
  join_devices(incident);
  work.verdicts.settle(incident);
  const ObjectRef object = put_case(incident);
  add_comments(work, json["comments"], object, id, incident.tenant, incident.note_date);
  add_resolving_comment(incident, object);
  put_description(incident, object);
  work.report.count_bundle(work.bundle);
  if (work.report.explaining()) {
    explain_case(incident, object);
    out += without_line_ends(work.report.account());
  } else {
    writer.append(out, work.bundle, bundle_id(work, incident, source), object, flush_output);
  }
  return true;
}

}  // namespace map_stix
