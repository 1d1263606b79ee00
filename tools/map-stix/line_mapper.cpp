// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/line_mapper.hpp"

#include "common/json/json_text.hpp"
#include "tools/map-stix/incident/foreign_records.hpp"
#include "tools/map-stix/incident/incident.hpp"
#include "tools/map-stix/text/json_values.hpp"

namespace map_stix {

namespace {

bool is_page(Json json) { return json[page_member].is(JsonKind::array) && !is_incident(json); }

// Why an object is not an incident, for the message of the reject.
std::string refusal(Json json) {
  const Json error = json["error"];
  if (error.is(JsonKind::object))
    return "an error answer of Graph (" + std::string(usable_text(error["code"])) + "), not an incident";
  if (error) return "the record of a failed fetch, not an incident";
  if (json["type"].text() == "bundle") return "a STIX bundle already, not an incident";
  if (json["access_token"]) return "a token record, not an incident";
  if (const std::string source = foreign_source(json); !source.empty())
    return "a record of " + source + "; map-stix reads incidents of Microsoft Graph (/security/incidents)";
  if (is_alert(json)) return "an alert, not the incident that it belongs to";
  return "not an incident: no alerts, no displayName, no incidentWebUrl";
}

}  // namespace

LineMapper::LineMapper(const Options& options, common::Log& log)
    : report_(log, options.explain), work_(options.mapping, report_), writer_(options.mapping, work_.ids) {}

void LineMapper::map(const common::Record& record, common::RecordWriter& output, common::Rejects& rejects,
                     common::RecordReader& input) {
  report_.begin_line(record.file, record.line);
  report_.count_line();
  if (record.oversize) return rejects.add(record, "longer than --max-line", &input);
  const std::string wrong = work_.tree.parse(record.text);
  if (!wrong.empty()) return rejects.add(record, record.terminated ? wrong : wrong + ", and the line has no end");
  const Json root = work_.tree.root();
  warn_of_text();
  if (is_page(root)) return map_page(root, output, rejects, record.where());
  if (!is_incident(root)) return rejects.add(record, refusal(root));
  map_one(root, record.text, output);
}

void LineMapper::map_page(Json page, common::RecordWriter& output, common::Rejects& rejects, const std::string& place) {
  if (page["@odata.nextLink"]) report_.more_pages();
  std::size_t position = 0;
  for (const Json item : page[page_member]) {
    source_.clear();
    append_compact_json(source_, item);
    if (item.is(JsonKind::object) && is_incident(item))
      map_one(item, source_, output);
    else
      rejects.add(source_, place + ": value." + std::to_string(position),
                  item.is(JsonKind::object) ? refusal(item) : "not a JSON object");
    ++position;
  }
}

void LineMapper::map_one(Json json, std::string_view source, common::RecordWriter& output) {
  if (map_incident(work_, writer_, json, source, output.buffer(), [&output] { output.flush(); })) output.end_line();
}

std::optional<common::Instant> LineMapper::last_update() {
  return common::parse_instant(work_.tree.root()["lastUpdateDateTime"].text());
}

void LineMapper::warn_of_text() {
  if (work_.tree.replaced() > 0) {
    report_.warn("unusable characters", {},
                 std::to_string(work_.tree.replaced()) + " lone surrogates or U+0000 replaced by U+FFFD");
  }
  if (work_.tree.repeated_keys() > 0) {
    report_.warn("repeated names", {},
                 std::to_string(work_.tree.repeated_keys()) +
                     " members repeat a name; the first counts, the others are kept as text");
  }
}

}  // namespace map_stix
