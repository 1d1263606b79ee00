// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/incident.hpp"

#include <algorithm>
#include <optional>

#include "common/console/printable.hpp"
#include "tools/map-stix/incident/alert.hpp"
#include "tools/map-stix/incident/description.hpp"
#include "tools/map-stix/incident/foreign_records.hpp"
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
  put_labels(work, object, {json["customTags"], json["systemTags"]});
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

// Closes the case of an incident that lost its alerts to another one. x_graph_merged_into tells push-opencti to send it
// only to a platform that has the case already; --keep-redirected omits that mark.
void close_merged(const IncidentScope& incident, ObjectRef object) {
  Workspace& work = incident.work;
  if (!is_redirected(incident.json) || incident.totals.count > 0) return;
  work.report.redirected();
  work.bundle.set_boolean(object, Property::revoked, true);
  const std::string_view target = usable_text(incident.json["redirectIncidentId"]);
  if (!work.options.keep_redirected)
    work.bundle.set_text(object, Property::x_graph_merged_into, target.empty() ? "unknown" : target);
}

// Relates the case to the one that it was merged into. Of that one nothing is known but its id, so it is named by the
// id that outlasts renaming, dated with the merge, which is later than its own creation, and with a confidence that
// lets the platform keep all it knows.
void relate_to_survivor(const IncidentScope& incident, ObjectRef object) {
  Workspace& work = incident.work;
  const std::string_view target = usable_text(incident.json["redirectIncidentId"]);
  if (!is_redirected(incident.json) || target.empty() || target == incident.id) return;
  const common::Instant merged = work.bundle.modified(object);
  const std::string_view name = work.arena.join({"Incident ", target});
  const auto [uuid, created] = dated_id(work, name, merged);
  const ObjectRef survivor = work.bundle.add(ObjectType::case_incident, uuid, created, created);
  work.bundle.set_text(survivor, Property::name, name);
  work.bundle.set_number(survivor, Property::confidence, shared_confidence);
  put_lasting_id(work, survivor, "case-incident--", target, incident.tenant);
  relate(work, object, RelationshipType::related_to, survivor, merged);
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

// Relates what was seen on a device to that device. Where one device id has several names, only the first is used;
// otherwise there would be a relationship for every pair of name and file.
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

// Adds to the description what an alert wrote into a shared object and another alert has replaced since.
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

// Alerts with the same id share one object, which has the latest update, the earliest begin, the latest end and the
// highest severity of them all. Where each alert has only one of begin and end, the end may lie before the begin; then
// it is left out. Values that were replaced are kept as text.
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

// Why the incident is left out as a whole, or "" where it is mapped.
std::string_view reason_to_leave_out(Workspace& work, Json json) {
  if (work.options.skip_resolved && equals_ignoring_case(usable_text(json["status"]), "resolved")) {
    work.report.count_resolved();
    return "resolved";
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
  if (!foreign_source(json).empty()) return false;
  if (json[alerts_member] || json["displayName"]) return true;
  if (is_alert(json)) return false;
  if (json["incidentWebUrl"]) return true;
  return json["id"] && !json["error"] && (json["createdDateTime"] || json["status"] || json["lastUpdateDateTime"]);
}

bool map_incident(Workspace& work, BundleWriter& writer, Json json, std::string_view source, common::TextBuffer& out,
                  const std::function<void()>& flush_output) {
  const std::string_view id = usable_text(json["id"]);
  work.report.begin_incident(id);
  if (const std::string_view reason = reason_to_leave_out(work, json); !reason.empty()) {
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
  if (!created) {
    work.report.warn("no creation date", "createdDateTime",
                     updated
                         ? "missing; the case is dated with lastUpdateDateTime, which makes another one of each update"
                         : "missing; the case is dated 1970-01-01");
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
  put_case_description(incident, object);
  close_merged(incident, object);
  relate_to_survivor(incident, object);
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
