#include "tools/map-stix/catch_all.hpp"

#include "tools/map-stix/unicode.hpp"

namespace map_stix {

namespace {

// What an analyst looks for first.
constexpr std::string_view leading_members[] = {
    "verdict", "roles", "detailedRoles", "remediationStatus", "remediationStatusDetails", "tags"};
constexpr std::string_view type_member = "@odata.type";
constexpr std::string_view evidence_suffix = "evidence";

bool is_evidence_type(Json value) {
  const std::string_view text = value.text();
  return text.size() > evidence_suffix.size() &&
         equals_ignoring_case(text.substr(text.size() - evidence_suffix.size()), evidence_suffix);
}

}  // namespace

void CatchAll::append_evidence(std::string& out, Json evidence) {
  path_.clear();
  evidence[type_member].mark_used();
  for (const std::string_view name : leading_members) {
    if (const Json member = evidence[name]) append_member(out, member, name);
  }
  for (const Json member : evidence) append_member(out, member, member.key());
}

void CatchAll::append_escaped_evidence(std::string& out, Json evidence) {
  append_line_ = append_escaped_code_line;
  append_evidence(out, evidence);
  append_line_ = append_code_line;
}

void CatchAll::append(std::string& out, Json object, std::string_view path) {
  path_ = path;
  append_value(out, object);
}

void CatchAll::append_member(std::string& out, Json value, std::string_view name) {
  const std::size_t outer = path_.size();
  if (outer > 0) path_ += '.';
  path_ += name;
  append_value(out, value);
  path_.resize(outer);
}

void CatchAll::append_value(std::string& out, Json value) {
  if (value.used()) return;
  switch (value.kind()) {
    case JsonKind::missing:
    case JsonKind::null: return;
    case JsonKind::object:
      for (const Json member : value) {
        if (member.key() == type_member && is_evidence_type(member)) continue;
        append_member(out, member, member.key());
      }
      break;
    case JsonKind::array: {
      std::size_t position = 0;
      for (const Json item : value) append_member(out, item, std::to_string(position++));
      break;
    }
    case JsonKind::string:
      if (value.text().empty() || value.text() == "unknownFutureValue") return;
      [[fallthrough]];
    case JsonKind::boolean:
    case JsonKind::number: append_line_(out, path_, value.text()); break;
  }
  value.mark_used();
}

}  // namespace map_stix
