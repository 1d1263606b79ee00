// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/evidence/evidence_list.hpp"

#include <array>

#include "tools/map-stix/evidence/evidence.hpp"
#include "tools/map-stix/evidence/evidence_text.hpp"
#include "tools/map-stix/evidence/process_tree.hpp"
#include "tools/map-stix/evidence/table.hpp"

namespace map_stix {

namespace {

struct Ranked {
  Json json;
  std::size_t position;
  const EvidenceType* type;  // null for an unknown one
};

constexpr std::uint8_t last_rank = EvidenceType{}.rank;
std::uint8_t rank_of(const EvidenceType* type) { return type != nullptr ? type->rank : last_rank; }

void count(Report& report, const EvidenceType* type, std::string_view type_name) {
  if (type != nullptr)
    report.count_known_evidence(static_cast<std::size_t>(type - evidence_types().data()));
  else
    report.count_evidence(type_name.empty() ? std::string_view("without type") : type_name);
}

void keep_as_text(const Evidence& evidence, const EvidenceType* type, std::string_view type_name,
                  std::size_t position) {
  Report& report = evidence.work().report;
  const std::string name(type_name.empty() ? "(none)" : type_name);
  if (evidence.is_text_only() && add_text_only(evidence.alert(), name, evidence.json())) return;
  if (is_hollow_evidence(evidence.json()) && add_text_only(evidence.alert(), name, evidence.json())) {
    report.warn_once("empty evidence", name, "evidence of type " + name + " holds no value; kept as a line of text");
    return;
  }
  if (type == nullptr)
    report.warn_once("unknown evidence type", name, "evidence of unknown type " + name + " becomes a note");
  else if (!type->is_note)
    report.warn("no object possible", evidence.path(), name + " identifies nothing; kept as a note");
  add_evidence_note(evidence, type, type_name, position);
}

void explain(const Evidence& evidence, std::string_view type_name, ObjectRef primary, std::size_t before) {
  Workspace& work = evidence.work();
  const Bundle& bundle = work.bundle;
  std::string line = "  " + evidence.path() + " " + std::string(type_name.empty() ? "(no type)" : type_name) + ":";
  const auto name_object = [&](ObjectRef object) {
    line.append(" ").append(bundle.id(object));
    for (const Property property : {Property::value, Property::name, Property::account_login, Property::path,
                                    Property::subject, Property::command_line}) {
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
  if (!any) line += primary || bundle.size() > before ? " nothing new," : " text of the alert,";
  line.pop_back();
  work.report.explain(line);
}

void map_one(AlertScope& alert, const Ranked& item) {
  Workspace& work = alert.work();
  Evidence evidence(alert, item.json, item.position);
  const std::size_t before = work.bundle.size();
  const std::string_view type_name =
      item.type != nullptr ? item.type->name : short_type_name(usable_text(item.json[type_member]));
  count(work.report, item.type, type_name);
  const ObjectRef primary = item.type != nullptr ? item.type->map(evidence) : ObjectRef{};
  if (primary) {
    const ObjectRef relationship = relate_to_incident(work, primary, alert.object, evidence.at());
    if (relationship) add_evidence_block(evidence, relationship, *item.type);
  } else {
    keep_as_text(evidence, item.type, type_name, item.position);
  }
  item.json.mark_used();
  if (work.report.explaining()) explain(evidence, type_name, primary, before);
}

}  // namespace

void map_evidence_list(AlertScope& alert, Json list) {
  if (!list.is(JsonKind::array)) {
    if (is_wrong_type(list) || list.is(JsonKind::string) || list.is(JsonKind::number)) {
      alert.work().report.warn("wrong type", alert_member(alert, "evidence"), "not a list; kept as text");
    }
    return;
  }
  std::array<bool, last_rank + 1> present{};
  std::vector<Ranked> items;
  items.reserve(16);  // most alerts have fewer
  std::size_t position = 0;
  for (const Json item : list) {
    if (item.is(JsonKind::object)) {
      const EvidenceType* type = find_evidence_type(usable_text(item[type_member]));
      items.push_back({item, position, type});
      present[rank_of(type)] = true;
      if (type != nullptr && type->is_device) add_device_name(alert.incident, item);
    } else {
      alert.work().report.warn("wrong type", alert_member(alert, "evidence." + std::to_string(position)),
                               "not an object");
    }
    ++position;
  }
  for (std::uint8_t rank = 0; rank < present.size(); ++rank) {
    if (!present[rank]) continue;
    for (const Ranked& item : items) {
      if (rank_of(item.type) == rank) map_one(alert, item);
    }
  }
  join_processes(alert);
}

}  // namespace map_stix
