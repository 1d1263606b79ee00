// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/evidence.hpp"

#include "tools/map-stix/evidence/table.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

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

ObjectRef Evidence::relate(ObjectRef source, RelationshipType type, ObjectRef target) const {
  return map_stix::relate(work(), source, type, target, at_);
}

ObjectRef Evidence::also(ObjectRef object) const {
  if (object && !is_nested()) relate_to_incident(work(), object, alert_.object, at_);
  return object;
}

void Evidence::attach(ObjectRef primary, ObjectRef object) const {
  if (!object) return;
  if (is_nested() && primary)
    relate(primary, object);
  else
    relate_to_incident(work(), object, alert_.object, at_);
}

ObjectRef Evidence::map_nested(std::string_view member, std::string_view type) const {
  ObjectRef image;
  return map_nested(json_[member], member, no_position, type, image);
}

ObjectRef Evidence::map_nested(Json json, std::string_view member, std::size_t position, std::string_view type,
                               ObjectRef& image) const {
  if (!json.is(JsonKind::object)) return {};
  const std::string_view own_type = usable_text(json[type_member]);
  const EvidenceType* found = find_evidence_type(own_type.empty() ? type : own_type);
  if (found == nullptr) return {};
  Evidence inner(*this, json, member, position);
  const ObjectRef object = found->map(inner);
  image = inner.image_;
  return object;
}

void Evidence::nested(std::string_view member, std::string_view type, ObjectRef primary) const {
  const auto tie = [&](ObjectRef object, ObjectRef) {
    if (primary)
      relate(primary, object);
    else
      attach({}, object);
  };
  if (json_[member].is(JsonKind::array)) return each_nested(member, type, tie);
  tie(map_nested(member, type), {});
}

void Evidence::judge(ObjectRef object, ScoreKind kind, bool indicator) const {
  const std::int64_t score = score_of(usable_text(json_["verdict"]));
  if (score == 0) return;
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
}

std::string Evidence::path() const {
  if (parent_ == nullptr) return alert_member(alert_, "evidence." + std::to_string(position_));
  const std::string path = parent_->path() + "." + std::string(member_);
  return position_ == no_position ? path : path + "." + std::to_string(position_);
}

void Evidence::warn(std::string_view kind, std::string_view member, std::string_view detail) const {
  work().report.warn(kind, path() + "." + std::string(member), detail);
}

}  // namespace map_stix
