// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/stix/stix_ids.hpp"

#include "common/json/json_writer.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

using namespace std::string_view_literals;

namespace {

void append_relationship_beginning(common::TextBuffer& out, RelationshipType type) {
  out += R"({"relationship_type":")"sv;
  out += name_of(type);
  out += R"(","source_ref":")"sv;
}

common::NameBeginning relationship_beginning(RelationshipType type) {
  common::TextBuffer text;
  append_relationship_beginning(text, type);
  return common::NameBeginning(text.view());
}

}  // namespace

StixIds::StixIds() : related_to_(relationship_beginning(RelationshipType::related_to)) {}

common::Uuid StixIds::of(std::initializer_list<Member> members) {
  canonical_.clear();
  canonical_ += '{';
  for (const Member& member : members) {
    if (member.text.empty()) continue;
    if (canonical_.size() > 1) canonical_ += ',';
    canonical_ += '"';
    canonical_ += member.key;
    canonical_ += "\":"sv;
    if (member.raw)
      canonical_ += member.text;
    else
      common::append_json_string(canonical_, member.text);
  }
  canonical_ += '}';
  return common::uuid5(canonical_.view());
}

common::Uuid StixIds::by_name(std::string_view name) {
  lower_.clear();
  append_lower(lower_, name);
  return of({{"name", strip(lower_.view())}});
}

common::Uuid StixIds::identity(std::string_view identity_class, std::string_view name) {
  lower_.clear();
  append_lower(lower_, name);
  return of({{"identity_class", identity_class}, {"name", strip(lower_.view())}});
}

common::Uuid StixIds::by_name_and_created(std::string_view name, std::string_view created) {
  lower_.clear();
  append_lower(lower_, name);
  return of({{"created", created}, {"name", strip(lower_.view())}});
}

common::Uuid StixIds::attack_pattern(std::string_view mitre_id) { return of({{"x_mitre_id", strip(mitre_id)}}); }

common::Uuid StixIds::indicator(std::string_view pattern) { return of({{"pattern", pattern}}); }

common::Uuid StixIds::note(std::string_view content, common::Instant created) {
  return of({{"content", strip(content)}, {"created", common::seconds_text(created)}});
}

common::Uuid StixIds::relationship(const Bundle& bundle, RelationshipType type, ObjectRef source, ObjectRef target) {
  const bool related = type == RelationshipType::related_to;
  canonical_.clear();
  if (!related) append_relationship_beginning(canonical_, type);
  bundle.append_id(canonical_, source);
  canonical_ += R"(","target_ref":")"sv;
  bundle.append_id(canonical_, target);
  canonical_ += "\"}"sv;
  return related ? related_to_.uuid5_with(canonical_.view()) : common::uuid5(canonical_.view());
}

common::Uuid StixIds::file(std::string_view hash_name, std::string_view hash, std::string_view name,
                           std::string_view directory_id) {
  hash_.clear();
  hash_ += "{\""sv;
  hash_ += hash_name;
  hash_ += "\":"sv;
  common::append_json_string(hash_, hash);
  hash_ += '}';
  return of({{"hashes", hash_.view(), true}, {"name", name}, {"parent_directory_ref", directory_id}});
}

}  // namespace map_stix
