// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/evidence_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include "common/json/json_text.hpp"
#include "tools/map-stix/evidence/file_path.hpp"
#include "tools/map-stix/incident/notes.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

// What all types of evidence have.
constexpr std::string_view common_members[] = {type_member,     "verdict",           "roles",
                                               "detailedRoles", "remediationStatus", "remediationStatusDetails",
                                               "tags",          "createdDateTime"};
// What Graph writes where it knows nothing, also of the state of a device.
constexpr std::string_view hollow_words[] = {"unknown",     "unknownFutureValue", "none",         "0",
                                             "false",       "insufficientInfo",   "noSensorData", "notReporting",
                                             "notSupported"};
constexpr std::string_view default_date = "0001-01-01T";  // of .NET

// The longest text that becomes a line of the alert. A line repeats the path of each value, so it must not grow without
// limit; what is longer becomes a note.
constexpr std::size_t longest_line = 4u << 10;

bool is_common(std::string_view member) {
  return std::find(std::begin(common_members), std::end(common_members), member) != std::end(common_members);
}

bool is_hollow(Json value);

bool all_hollow(Json members) {
  for (const Json member : members) {
    if (!is_common(member.key()) && !is_hollow(member)) return false;
  }
  return true;
}

bool is_hollow(Json value) {
  switch (value.kind()) {
    case JsonKind::missing:
    case JsonKind::null: return true;
    case JsonKind::object:
    case JsonKind::array: return all_hollow(value);
    default: break;
  }
  const std::string_view text = strip(value.text());
  return text.empty() || text.starts_with(default_date) ||
         std::any_of(std::begin(hollow_words), std::end(hollow_words),
                     [&](std::string_view word) { return equals_ignoring_case(word, text); });
}

// The member at "fileDetails.sha1".
Json at_path(Json json, std::string_view path) {
  for (;;) {
    const std::size_t dot = path.find('.');
    json = json[path.substr(0, dot)];
    if (dot == std::string_view::npos) return json;
    path.remove_prefix(dot + 1);
  }
}

// Of the marks that the mapper left, keeps only those of what identifies the object.
void keep_marks_of_said(Json json, const EvidenceType& type) {
  std::array<bool, EvidenceType::most_said> held{};
  for (std::size_t i = 0; i < type.said.size(); ++i) {
    if (!type.said[i].empty()) held[i] = at_path(json, type.said[i]).used();
  }
  json.mark_unused();
  for (std::size_t i = 0; i < type.said.size(); ++i) {
    if (held[i]) at_path(json, type.said[i]).mark_used();
  }
}

// The name of the device that the evidence was seen on; "" for evidence of the device itself.
std::string_view host_name_of(const Evidence& evidence) {
  const std::string_view device = usable_text(evidence["mdeDeviceId"]);
  if (device.empty() || !device_name_of(evidence.json()).empty()) return {};
  const IncidentScope& incident = evidence.alert().incident;
  const std::uint32_t number = incident.work.device_ids.number_of(device);
  return number < incident.device_names.size() ? incident.device_names[number] : std::string_view{};
}

void append_by_design(common::TextBuffer& content, const Evidence& evidence, const EvidenceType& type) {
  evidence.json().mark_unused();
  if (const Json key = evidence[type.key]; !usable_text(key).empty()) {
    append_code(content, key.text());
    content.append(" ("sv).append(type.name).append(")"sv);
    key.mark_used();
  } else {
    content.append(type.name);
  }
  content += "\n\n"sv;
  evidence.work().catch_all.append_evidence(content, evidence.json());
}

void append_as_json(common::TextBuffer& content, const Evidence& evidence, std::string_view type_name) {
  append_code(content, type_name.empty() ? "evidence without type"sv : type_name);
  content += "\n\n"sv;
  if (const std::string path = full_path(evidence["fileDetails"]); !path.empty()) {
    append_code(content, path);
    content += "\n\n"sv;
  }
  evidence.json().mark_unused();
  mark_empty(evidence.json());
  std::string json;
  append_pretty_json(json, evidence.json(), common::JsonPart::unused);
  append_code_block(content, json, "json");
}

// Appends the values below `value` as "name: value; name: value", with positions for the names of a list's items. Stops
// behind the longest line.
void append_leaves(std::string& out, std::string& path, Json value) {
  if (out.size() > longest_line) return;
  if (!value.is(JsonKind::object) && !value.is(JsonKind::array)) {
    if (value.is(JsonKind::null) || value.text().empty()) return;
    out.append(out.empty() ? "" : "; ").append(path).append(": ").append(value.text());
    return;
  }
  const std::size_t outer = path.size();
  std::size_t position = 0;
  for (const Json member : value) {
    if (member.key() == type_member) continue;
    if (outer > 0) path += '.';
    path += value.is(JsonKind::array) ? std::to_string(position++) : std::string(member.key());
    append_leaves(out, path, member);
    path.resize(outer);
  }
}

}  // namespace

void add_evidence_block(const Evidence& evidence, ObjectRef relationship, const EvidenceType& type) {
  constexpr std::string_view line_end = "\\n";
  Workspace& work = evidence.work();
  keep_marks_of_said(evidence.json(), type);
  common::TextBuffer& text = work.escaped;
  text.clear();
  work.catch_all.append_escaped_evidence(text, evidence.json());
  if (const std::string_view host = host_name_of(evidence); !host.empty()) append_escaped_code_line(text, "host", host);
  while (text.view().ends_with(line_end)) text.truncate(text.size() - line_end.size());
  work.bundle.add_block(relationship, Property::description, work.arena.copy(text.view()));
}

void add_evidence_note(const Evidence& evidence, const EvidenceType* type, std::string_view type_name,
                       std::size_t position) {
  Workspace& work = evidence.work();
  const AlertScope& alert = evidence.alert();
  common::TextBuffer& content = work.scratch;
  content.clear();
  if (type != nullptr && type->is_note)
    append_by_design(content, evidence, *type);
  else
    append_as_json(content, evidence, type_name);
  std::string_view key = type != nullptr && !type->key.empty() ? usable_text(evidence[type->key]) : std::string_view{};
  if (key.empty()) key = work.arena.copy(std::to_string(position));
  add_note(work, {.content = work.arena.copy(strip(content.view())),
                  .date = usable_instant(evidence["createdDateTime"]).value_or(alert.note_date),
                  .about = alert.object,
                  .kind = type != nullptr     ? type->name
                          : type_name.empty() ? std::string_view("evidence")
                                              : type_name,
                  .key = key,
                  .parent = alert.id,
                  .tenant = alert.tenant});
}

bool is_hollow_evidence(Json evidence) { return all_hollow(evidence); }

std::string_view device_name_of(Json evidence) {
  const std::string_view dns_name = usable_text(evidence["deviceDnsName"]);
  return dns_name.empty() ? usable_text(evidence["hostName"]) : dns_name;
}

void add_device_name(IncidentScope& incident, Json evidence) {
  const std::string_view device = usable_text(evidence["mdeDeviceId"]);
  const std::string_view name = device_name_of(evidence);
  if (device.empty() || name.empty()) return;
  const std::uint32_t number = incident.work.device_ids.number_of(device);
  if (number >= incident.device_names.size()) incident.device_names.resize(number + 1);
  if (incident.device_names[number].empty()) incident.device_names[number] = name;
}

bool add_text_only(AlertScope& alert, std::string_view type_name, Json evidence) {
  std::string leaves;
  const auto append = [&](Json member) {
    std::string path(member.key());
    append_leaves(leaves, path, member);
  };
  for (const Json member : evidence) {
    if (!is_common(member.key())) append(member);
  }
  const std::string name = std::string(type_name) + (leaves.empty() ? " without a value" : "");
  for (const std::string_view member : common_members) {
    const bool names_type = member == type_member && !usable_text(evidence[member]).empty();
    if (!names_type && evidence[member]) append(evidence[member]);
  }
  if (leaves.size() > longest_line) return false;
  ++alert.text_only[{name, leaves}];
  return true;
}

void append_text_only(common::TextBuffer& out, const AlertScope& alert) {
  for (const auto& [line, times] : alert.text_only) {
    const auto& [name, leaves] = line;
    const std::string title = name + (times == 1 ? "" : " (" + std::to_string(times) + " times)");
    if (leaves.empty())
      append_code_lines(out, {}, title);
    else
      append_code_lines(out, title, leaves);
  }
}

}  // namespace map_stix
