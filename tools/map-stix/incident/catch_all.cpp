// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/incident/catch_all.hpp"

#include <string>

#include "common/json/json_text.hpp"
#include "tools/map-stix/text/json_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

// What an analyst looks for first, in this order.
constexpr std::string_view leading_members[] = {
    "verdict", "roles", "detailedRoles", "remediationStatus", "remediationStatusDetails", "tags"};
// Every value repeats the path of the list or object that it is in. Beyond these limits a list or object is written as
// JSON, so that a long name over a long list does not multiply: the length of a path, and the bytes of all paths in one
// text.
constexpr std::size_t longest_repeated_path = 256;
constexpr std::size_t most_repeated_bytes = 64u << 10;
constexpr std::string_view evidence_suffix = "evidence";

bool is_evidence_type(Json value) {
  const std::string_view text = value.text();
  return text.size() > evidence_suffix.size() &&
         equals_ignoring_case(text.substr(text.size() - evidence_suffix.size()), evidence_suffix);
}

// Checked first, because most members are used already or empty, and building their paths would cost time.
bool says_nothing(Json value) {
  if (value.used()) return true;
  switch (value.kind()) {
    case JsonKind::missing:
    case JsonKind::null: return true;
    case JsonKind::object:
    case JsonKind::array: return value.empty();
    case JsonKind::string: return value.text().empty() || value.text() == "unknownFutureValue";
    case JsonKind::boolean:
    case JsonKind::number: break;
  }
  return false;
}

}  // namespace

void CatchAll::begin() {
  path_.clear();
  repeated_ = 0;
}

void CatchAll::append_evidence(common::TextBuffer& out, Json evidence) {
  begin();
  evidence[type_member].mark_used();
  for (const std::string_view name : leading_members) {
    if (const Json member = evidence[name]) append_member(out, member, name);
  }
  for (const Json member : evidence) append_member(out, member, member.key());
}

void CatchAll::append_escaped_evidence(common::TextBuffer& out, Json evidence) {
  append_line_ = append_escaped_code_line;
  append_evidence(out, evidence);
  append_line_ = append_code_line;
}

void CatchAll::append(common::TextBuffer& out, Json object) {
  begin();
  if (!says_nothing(object)) append_value(out, object);
}

void CatchAll::append_below_markdown(common::TextBuffer& out, Json object) {
  append_line_ = may_leave_open(out.view()) ? append_code_lines : append_code_line;
  append(out, object);
  append_line_ = append_code_line;
}

void CatchAll::append_member(common::TextBuffer& out, Json value, std::string_view name) {
  if (says_nothing(value)) return;
  const std::size_t outer = path_.size();
  if (outer > 0) path_ += '.';
  path_ += name;
  append_value(out, value);
  path_.truncate(outer);
}

bool CatchAll::repeats_too_much(Json value) const {
  if (path_.size() > longest_repeated_path || repeated_ > most_repeated_bytes) return true;
  std::size_t bytes = repeated_;
  for (auto member = value.begin(); member != value.end() && bytes <= most_repeated_bytes; ++member)
    bytes += path_.size();
  return bytes > most_repeated_bytes;
}

void CatchAll::append_as_json(common::TextBuffer& out, Json value) {
  if (mark_empty(value)) return;
  std::string json;
  append_compact_json(json, value, common::JsonPart::unused);
  append_line_(out, path_.view(), json);
}

void CatchAll::append_value(common::TextBuffer& out, Json value) {
  const bool holds = value.is(JsonKind::object) || value.is(JsonKind::array);
  if (holds && repeats_too_much(value)) {
    append_as_json(out, value);
  } else if (value.is(JsonKind::object)) {
    for (const Json member : value) {
      if (member.key() == type_member && is_evidence_type(member)) continue;
      append_member(out, member, member.key());
    }
  } else if (value.is(JsonKind::array)) {
    std::size_t position = 0;
    for (const Json item : value) append_member(out, item, std::to_string(position++));
  } else {
    repeated_ += path_.size();
    append_line_(out, path_.view(), value.text());
  }
  value.mark_used();
}

}  // namespace map_stix
