// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/evidence.hpp"

#include <algorithm>
#include <array>

#include "common/json/json_text.hpp"
#include "tools/map-stix/evidence/table.hpp"
#include "tools/map-stix/incident/notes.hpp"
#include "tools/map-stix/text/markdown.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view type_member = "@odata.type";

bool has_role(Json roles, std::string_view wanted) {
  if (roles.is(JsonKind::string)) return equals_ignoring_case(roles.text(), wanted);
  for (const Json role : roles) {
    if (role.is(JsonKind::string) && equals_ignoring_case(role.text(), wanted)) return true;
  }
  return false;
}

}  // namespace

Evidence::Evidence(AlertScope& alert, Json json, std::size_t position)
    : alert_(alert),
      json_(json),
      position_(position),
      at_(usable_instant(json["createdDateTime"]).value_or(alert.created)) {}

Evidence::Evidence(const Evidence& parent, Json json, std::string_view member, std::size_t position)
    : alert_(parent.alert_),
      json_(json),
      parent_(&parent),
      member_(member),
      position_(position),
      at_(usable_instant(json["createdDateTime"]).value_or(parent.at_)) {}

std::string_view Evidence::text(Json parent, std::string_view member) const {
  const Json value = parent[member];
  if (is_wrong_type(value)) warn("wrong type", member, "neither text nor number; kept as text");
  return usable_text(value);
}

ObjectRef Evidence::add(ObjectType type, const common::Uuid& uuid) const {
  const common::Instant date = whole_second(at_);
  return bundle().add(type, uuid, date, date);
}

ObjectRef Evidence::also(ObjectRef object) const {
  if (object && !is_nested()) relate_to_incident(work(), object, alert_.object, at_);
  return object;
}

ObjectRef Evidence::relate(ObjectRef source, RelationshipType type, ObjectRef target) const {
  return map_stix::relate(work(), source, type, target, at_);
}

ObjectRef Evidence::map_nested(std::string_view member, std::string_view type) const {
  return map_nested(json_[member], member, no_position, type);
}

ObjectRef Evidence::map_nested(Json json, std::string_view member, std::size_t position, std::string_view type) const {
  if (!json.is(JsonKind::object)) return {};
  const std::string_view own_type = usable_text(json[type_member]);
  const EvidenceType* found = find_evidence_type(own_type.empty() ? type : own_type);
  if (found == nullptr) return {};
  Evidence inner(*this, json, member, position);
  return found->map(inner);
}

ObjectRef Evidence::nested(std::string_view member, std::string_view type, ObjectRef primary) const {
  ObjectRef last;
  const auto take = [&](ObjectRef object) {
    last = object;
    if (primary) relate(primary, RelationshipType::related_to, object);
  };
  if (json_[member].is(JsonKind::array)) {
    each_nested(member, type, take);
  } else if (const ObjectRef object = map_nested(member, type)) {
    take(object);
  }
  return last;
}

void Evidence::judge(ObjectRef object, ScoreKind kind, bool indicator) const {
  const std::int64_t score = score_of(usable_text(json_["verdict"]));
  if (score == 0 || !alert_.scored) return;
  const Json roles = json_["roles"];
  if (has_role(roles, "attacked") || has_role(roles, "compromised")) return;
  work().verdicts.add(object, kind, score, alert_, at_, indicator);
}

void Evidence::seen_on_device(ObjectRef object) const {
  const std::string_view device = usable_text(json_["mdeDeviceId"]);
  if (!object || device.empty()) return;
  IncidentScope& incident = alert_.incident;
  incident.seen_on_device.push_back({object, incident.work.device_ids.number_of(device), at_});
}

void Evidence::refer(ObjectRef object, std::string_view source, Json id, Json url) const {
  const std::string_view address = usable_text(url);
  const bool valid = !address.empty() && is_web_address(address);
  if (!address.empty() && !valid) warn("no URI", url.key(), "no address of the web; kept as text");
  const std::string_view id_text = usable_text(id);
  if (id_text.empty() && !valid) return;
  const bool observable = row_of(bundle().type(object)).observable;
  bundle().add_reference(object, observable ? Property::x_opencti_external_references : Property::external_references,
                         {source, valid ? address : std::string_view{}, id_text});
  if (!id_text.empty()) id.mark_used();
  if (valid) url.mark_used();
}

std::string Evidence::path() const {
  if (parent_ == nullptr) return alert_member(alert_, "evidence." + std::to_string(position_));
  const std::string path = parent_->path() + "." + std::string(member_);
  return position_ == no_position ? path : path + "." + std::to_string(position_);
}

void Evidence::warn(std::string_view kind, std::string_view member, std::string_view detail) const {
  work().report.warn(kind, path() + "." + std::string(member), detail);
}

namespace {

struct Ranked {
  Json json;
  std::size_t position;
  const EvidenceType* type;
};

// Folder and name of a file, with the separator that the folder uses.
std::string full_path(Json details) {
  const std::string_view folder = usable_text(details["filePath"]);
  const std::string_view name = usable_text(details["fileName"]);
  std::string path(folder);
  const char separator = folder.find('/') != std::string_view::npos ? '/' : '\\';
  if (!folder.empty() && !name.empty() && folder.back() != separator) path += separator;
  return path.append(name);
}

// A note on the alert: for types that are notes by design their members line by line, for anything that could
// not become an object the whole JSON.
void add_evidence_note(const Evidence& evidence, const EvidenceType* type, std::string_view type_name,
                       std::size_t position) {
  Workspace& work = evidence.work();
  const AlertScope& alert = evidence.alert();
  common::TextBuffer& content = work.scratch;
  content.clear();
  if (type != nullptr && type->is_note) {
    content.append(type->name).append("\n\n"sv);
    const std::size_t heading = content.size();
    work.catch_all.append_evidence(content, evidence.json());
    if (content.size() == heading) return;
  } else {
    append_code(content, type_name.empty() ? "evidence without type"sv : type_name);
    content += "\n\n"sv;
    if (const std::string path = full_path(evidence["fileDetails"]); !path.empty()) {
      append_code(content, path);
      content += "\n\n"sv;
    }
    std::string json;
    append_pretty_json(json, evidence.json());
    append_code_block(content, json, "json");
  }
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

void explain_evidence(const Evidence& evidence, std::string_view type_name, ObjectRef primary, std::size_t before) {
  Workspace& work = evidence.work();
  const Bundle& bundle = work.bundle;
  std::string line = "  " + evidence.path() + " " + std::string(type_name.empty() ? "(no type)" : type_name) + ":";
  const auto name_object = [&](ObjectRef object) {
    line.append(" ").append(bundle.id(object));
    for (const Property property :
         {Property::value, Property::name, Property::account_login, Property::path, Property::subject}) {
      if (const std::string_view text = bundle.text(object, property); !text.empty()) {
        line.append(" \"").append(text).append("\"");
        break;
      }
    }
    line += ',';
  };
  bool any = false;
  if (primary && primary.index < before) {
    name_object(primary);
    line.back() = ' ';
    line += "(known already),";
    any = true;
  }
  for (auto i = static_cast<std::uint32_t>(before); i < bundle.size(); ++i) {
    if (bundle.type({i}) == ObjectType::relationship) continue;
    name_object({i});
    any = true;
  }
  if (!any) line += " nothing new,";
  line.pop_back();
  work.report.explain(line);
}

// Whatever of the evidence no property holds becomes the relationship's description.
void describe_with_rest(Workspace& work, ObjectRef relationship, Json json) {
  constexpr std::string_view line_end = "\\n";
  common::TextBuffer& text = work.escaped;
  text.clear();
  work.catch_all.append_escaped_evidence(text, json);
  while (text.view().ends_with(line_end)) text.truncate(text.size() - line_end.size());
  work.bundle.add_block(relationship, Property::description, work.arena.copy(text.view()));
}

void map_one(AlertScope& alert, const Ranked& item) {
  Workspace& work = alert.work();
  Evidence evidence(alert, item.json, item.position);
  const std::size_t before = work.bundle.size();
  const std::string_view type_name =
      item.type != nullptr ? item.type->name : short_type_name(usable_text(item.json[type_member]));
  if (item.type != nullptr)
    work.report.count_known_evidence(static_cast<std::size_t>(item.type - evidence_types().data()));
  else
    work.report.count_evidence(type_name.empty() ? std::string_view("without type") : type_name);

  const ObjectRef primary = item.type != nullptr ? item.type->map(evidence) : ObjectRef{};
  if (primary) {
    const ObjectRef relationship = relate_to_incident(work, primary, alert.object, evidence.at());
    if (relationship) describe_with_rest(work, relationship, item.json);
  } else {
    if (item.type == nullptr) {
      work.report.warn_once(
          "unknown evidence type", type_name.empty() ? "(none)" : type_name,
          "evidence of unknown type " + std::string(type_name.empty() ? "(none)" : type_name) + " becomes a note");
    } else if (!item.type->is_note) {
      work.report.warn("no object possible", evidence.path(),
                       std::string(type_name) + " identifies nothing; kept as a note");
    }
    add_evidence_note(evidence, item.type, type_name, item.position);
  }
  item.json.mark_used();
  if (work.report.explaining()) explain_evidence(evidence, type_name, primary, before);
}

}  // namespace

void map_evidence_list(AlertScope& alert, Json list) {
  if (!list.is(JsonKind::array)) {
    if (is_wrong_type(list) || list.is(JsonKind::string) || list.is(JsonKind::number)) {
      alert.work().report.warn("wrong type", alert_member(alert, "evidence"), "not a list; kept as text");
    }
    return;
  }
  std::array<bool, 4> present{};
  std::vector<Ranked> items;
  items.reserve(16);  // most alerts have fewer
  std::size_t position = 0;
  for (const Json item : list) {
    if (item.is(JsonKind::object)) {
      const EvidenceType* type = find_evidence_type(usable_text(item[type_member]));
      items.push_back({item, position, type});
      present[type != nullptr ? type->rank : 3] = true;
    } else {
      alert.work().report.warn("wrong type", alert_member(alert, "evidence." + std::to_string(position)),
                               "not an object");
    }
    ++position;
  }
  for (std::uint8_t rank = 0; rank < present.size(); ++rank) {
    if (!present[rank]) continue;
    for (const Ranked& item : items) {
      if ((item.type != nullptr ? item.type->rank : 3) == rank) map_one(alert, item);
    }
  }
}

}  // namespace map_stix
