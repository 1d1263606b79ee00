// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/workspace.hpp"

#include "common/json/json_writer.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/markdown.hpp"

namespace map_stix {

ObjectRef relate(Workspace& work, ObjectRef source, RelationshipType type, ObjectRef target, common::Instant at) {
  if (!source || !target || source == target) return {};
  const common::Instant date = whole_second(at);
  return work.bundle.relate(source, type, target, date, work.ids.relationship(work.bundle, type, source, target));
}

ObjectRef relate_to_incident(Workspace& work, ObjectRef object, ObjectRef incident, common::Instant at) {
  if (object && work.bundle.type(object) == ObjectType::identity)
    return relate(work, incident, RelationshipType::targets, object, at);
  return relate(work, object, RelationshipType::related_to, incident, at);
}

void describe(Workspace& work, ObjectRef object, std::string_view markdown) {
  work.escaped.clear();
  common::append_json_escaped(work.escaped, without_line_ends(markdown));
  work.bundle.add_block(object, Property::description, work.arena.copy(work.escaped.view()));
}

std::string alert_member(std::size_t alert_position, std::string_view member) {
  return "alerts." + std::to_string(alert_position) + "." + std::string(member);
}

std::string alert_member(const AlertScope& alert, std::string_view member) {
  return alert_member(alert.position, member);
}

}  // namespace map_stix
