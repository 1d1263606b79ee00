// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/incident_fields.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

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

namespace {

constexpr std::string_view empty_words[] = {"none", "null", "unknown", "unknownFutureValue"};
constexpr std::size_t longest_label = 100;
constexpr std::size_t most_labels = 30;

std::string_view label_of(Json value) {
  const std::string_view text = strip(usable_text(value));
  const bool is_empty_word = std::any_of(std::begin(empty_words), std::end(empty_words),
                                         [text](std::string_view word) { return equals_ignoring_case(word, text); });
  return is_empty_word || text.size() > longest_label ? std::string_view{} : text;
}

}  // namespace

void put_labels(Workspace& work, ObjectRef object, std::initializer_list<Json> sources) {
  std::vector<std::string_view> given;
  const auto put = [&](Json value) {
    const std::string_view label = label_of(value);
    if (label.empty()) return;
    const auto held = std::find_if(given.begin(), given.end(),
                                   [label](std::string_view other) { return equals_ignoring_case(label, other); });
    if (held == given.end()) {
      if (given.size() == most_labels) return;
      given.push_back(label);
      work.bundle.add_text(object, Property::labels, label);
    } else if (*held != label) {
      return;
    }
    value.mark_used();
  };
  for (const Json source : sources) {
    if (!source.is(JsonKind::array))
      put(source);
    else
      for (const Json item : source) put(item);
  }
}

bool is_redirected(Json incident) { return equals_ignoring_case(usable_text(incident["status"]), "redirected"); }

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
