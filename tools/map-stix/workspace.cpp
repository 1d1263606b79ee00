#include "tools/map-stix/workspace.hpp"

#include "tools/map-stix/fields.hpp"

namespace map_stix {

ObjectRef relate(Workspace& work, ObjectRef source, std::string_view type, ObjectRef target,
                 common::Instant at) {
  if (!source || !target || source == target) return {};
  const common::Instant date = whole_second(at);
  const ObjectRef relationship = work.bundle.add(
      ObjectType::relationship, work.ids.relationship(work.bundle, type, source, target), date, date);
  work.bundle.set_text(relationship, Property::relationship_type, type);
  work.bundle.set_ref(relationship, Property::source_ref, source);
  work.bundle.set_ref(relationship, Property::target_ref, target);
  return relationship;
}

ObjectRef relate_to_incident(Workspace& work, ObjectRef object, ObjectRef incident, common::Instant at) {
  if (object && work.bundle.type(object) == ObjectType::identity)
    return relate(work, incident, "targets", object, at);
  return relate(work, object, "related-to", incident, at);
}

std::string alert_member(std::size_t alert_position, std::string_view member) {
  return "alerts." + std::to_string(alert_position) + "." + std::string(member);
}

std::string alert_member(const AlertScope& alert, std::string_view member) {
  return alert_member(alert.position, member);
}

}  // namespace map_stix
