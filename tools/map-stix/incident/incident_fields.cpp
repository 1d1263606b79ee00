// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/incident_fields.hpp"

#include <algorithm>
#include <iterator>

#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/unicode.hpp"
#include "tools/map-stix/text/url.hpp"

namespace map_stix {

namespace {

constexpr std::string_view informational = "informational";

std::string_view written_severity(InformationalSeverity choice, std::string_view word) {
  if (word != informational || choice == InformationalSeverity::add) return word;
  return choice == InformationalSeverity::low ? "low" : std::string_view{};
}

}  // namespace

DatedId dated_id(Workspace& work, std::string_view name, common::Instant created) {
  const auto& python_ids_before = work.options.python_ids_before;
  if (python_ids_before && created < *python_ids_before)
    return {work.ids.by_name_and_created(name, common::seconds_text(created)), whole_second(created)};
  return {work.ids.by_name_and_created(name, common::milliseconds_text(created)), whole_millisecond(created)};
}

bool is_dismissed(Json classification) {
  const std::string_view word = usable_text(classification);
  return equals_ignoring_case(word, "falsePositive") || equals_ignoring_case(word, "informationalExpectedActivity");
}

std::string_view severity_of(Json severity) {
  const std::string_view word = usable_text(severity);
  const auto found = std::find_if(std::begin(severities), std::end(severities),
                                  [word](std::string_view known) { return equals_ignoring_case(known, word); });
  return found == std::end(severities) ? std::string_view{} : *found;
}

void put_severity(Workspace& work, ObjectRef object, Json severity) {
  const std::string_view word = severity_of(severity);
  if (word.empty()) return;
  if (word == informational) work.bundle.add_text(object, Property::labels, "severity:informational");
  const std::string_view written = written_severity(work.options.informational, word);
  if (written.empty()) return;
  if (work.bundle.set_text(object, Property::severity, written) && severity.text() == written) severity.mark_used();
}

void put_reference(Workspace& work, ObjectRef object, Json id, Json url, const std::string& member) {
  const std::string_view address = usable_text(url);
  const bool valid = !address.empty() && is_web_address(address);
  if (!address.empty() && !valid) work.report.warn("no URI", member, "no address of the web; kept as text");
  const std::string_view id_text = usable_text(id);
  if (id_text.empty() && !valid) return;
  work.bundle.add_reference(object, Property::external_references,
                            {work.options.product, valid ? address : std::string_view{}, id_text});
  if (!id_text.empty()) id.mark_used();
  if (valid) url.mark_used();
}

void put_lasting_id(Workspace& work, ObjectRef object, std::string_view prefix, std::string_view id,
                    std::string_view tenant) {
  if (id.empty()) return;
  work.bundle.add_text(object, Property::x_opencti_stix_ids,
                       work.arena.join({prefix, common::to_text(work.ids.unnamed(id, tenant))}));
}

}  // namespace map_stix
