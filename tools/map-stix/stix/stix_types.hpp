// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>

namespace map_stix {

/// The STIX types that map-stix writes.
enum class ObjectType : std::uint8_t {
  identity,
  incident,
  case_incident,
  attack_pattern,
  malware,
  vulnerability,
  intrusion_set,
  indicator,
  note,
  relationship,
  directory,
  domain_name,
  email_addr,
  email_message,
  file,
  hostname,
  ipv4_addr,
  ipv6_addr,
  mac_addr,
  network_traffic,
  process,
  software,
  text,
  url,
  user_account,
  user_agent,
  windows_registry_key,
};

struct ObjectTypeRow {
  std::string_view name;
  bool observable;
  bool author;   ///< carries created_by_ref
  bool marking;  ///< carries object_marking_refs
};

/// The properties of each type, in the order of ObjectType. Attack patterns and vulnerabilities are shared with other
/// sources and get neither author nor marking, because the platform would overwrite those of the source that defines
/// them.
inline constexpr ObjectTypeRow object_types[] = {
    {"identity", false, true, true},
    {"incident", false, true, true},
    {"case-incident", false, true, true},
    {"attack-pattern", false, false, false},
    {"malware", false, true, true},
    {"vulnerability", false, false, false},
    {"intrusion-set", false, true, true},
    {"indicator", false, true, true},
    {"note", false, true, true},
    {"relationship", false, true, true},
    {"directory", true, false, true},
    {"domain-name", true, false, true},
    {"email-addr", true, false, true},
    {"email-message", true, false, true},
    {"file", true, false, true},
    {"hostname", true, false, true},
    {"ipv4-addr", true, false, true},
    {"ipv6-addr", true, false, true},
    {"mac-addr", true, false, true},
    {"network-traffic", true, false, true},
    {"process", true, false, true},
    {"software", true, false, true},
    {"text", true, false, true},
    {"url", true, false, true},
    {"user-account", true, false, true},
    {"user-agent", true, false, true},
    {"windows-registry-key", true, false, true},
};
inline constexpr std::size_t object_type_count = sizeof object_types / sizeof object_types[0];

inline constexpr const ObjectTypeRow& row_of(ObjectType type) { return object_types[static_cast<std::size_t>(type)]; }

/// The relationships that map-stix writes.
enum class RelationshipType : std::uint8_t {
  attributed_to,
  based_on,
  indicates,
  related_to,
  resolves_to,
  targets,
  uses
};

/// In the order of RelationshipType.
inline constexpr std::string_view relationship_types[] = {"attributed-to", "based-on", "indicates", "related-to",
                                                          "resolves-to",   "targets",  "uses"};

inline constexpr std::string_view name_of(RelationshipType type) {
  return relationship_types[static_cast<std::size_t>(type)];
}

/// The properties that map-stix writes, in the order in which they are written. Type and ends of a relationship are not
/// among them; they follow its description.
enum class Property : std::uint8_t {
  name,
  description,
  identity_class,
  malware_types,
  is_family,
  sample_refs,
  pattern,
  pattern_type,
  valid_from,
  indicator_types,
  content,
  authors,
  value,
  path,
  is_multipart,
  date,
  from_ref,
  sender_ref,
  to_refs,
  subject,
  message_id,
  md5,
  sha1,
  sha256,
  size,
  src_ref,
  dst_ref,
  src_port,
  dst_port,
  protocols,
  command_line,
  user_id,
  account_login,
  account_type,
  is_service_account,
  display_name,
  key,
  values,
  vendor,
  version,
  priority,
  labels,
  revoked,
  confidence,
  external_references,
  object_refs,
  first_seen,
  incident_type,
  last_seen,
  severity,
  source,
  x_graph_last_update,
  x_graph_merged_into,
  x_mitre_id,
  x_opencti_external_references,
  x_opencti_main_observable_type,
  x_opencti_score,
  x_opencti_stix_ids,
};

/// How a property is held and written.
enum class Form : std::uint8_t {
  text,
  number,
  boolean,
  time,
  ref,
  texts,
  refs,
  references,
  registry_values,
  blocks,
  hash
};

/// How values are combined where two parts of an incident make the same object: the first one is kept, or the least or
/// greatest of them, or lists are united.
enum class Merge : std::uint8_t { first, least, greatest, unite };

struct PropertyRow {
  std::string_view name;
  Form form;
  Merge merge;
};

/// In the order of Property.
inline constexpr PropertyRow properties[] = {
    {"name", Form::text, Merge::first},
    {"description", Form::blocks, Merge::unite},
    {"identity_class", Form::text, Merge::first},
    {"malware_types", Form::texts, Merge::unite},
    {"is_family", Form::boolean, Merge::least},  // a family named by an alert yields to the malware of its evidence
    {"sample_refs", Form::refs, Merge::unite},
    {"pattern", Form::text, Merge::first},
    {"pattern_type", Form::text, Merge::first},
    {"valid_from", Form::time, Merge::least},
    {"indicator_types", Form::texts, Merge::unite},
    {"content", Form::text, Merge::first},
    {"authors", Form::texts, Merge::unite},
    {"value", Form::text, Merge::first},
    {"path", Form::text, Merge::first},
    {"is_multipart", Form::boolean, Merge::first},
    {"date", Form::time, Merge::first},
    {"from_ref", Form::ref, Merge::first},
    {"sender_ref", Form::ref, Merge::first},
    {"to_refs", Form::refs, Merge::unite},
    {"subject", Form::text, Merge::first},
    {"message_id", Form::text, Merge::first},
    {"MD5", Form::hash, Merge::first},
    {"SHA-1", Form::hash, Merge::first},
    {"SHA-256", Form::hash, Merge::first},
    {"size", Form::number, Merge::first},
    {"src_ref", Form::ref, Merge::first},
    {"dst_ref", Form::ref, Merge::first},
    {"src_port", Form::number, Merge::first},
    {"dst_port", Form::number, Merge::first},
    {"protocols", Form::texts, Merge::unite},
    {"command_line", Form::text, Merge::first},
    {"user_id", Form::text, Merge::first},
    {"account_login", Form::text, Merge::first},
    {"account_type", Form::text, Merge::first},
    {"is_service_account", Form::boolean, Merge::first},
    {"display_name", Form::text, Merge::first},
    {"key", Form::text, Merge::first},
    {"values", Form::registry_values, Merge::unite},
    {"vendor", Form::text, Merge::first},
    {"version", Form::text, Merge::first},
    {"priority", Form::text, Merge::first},
    {"labels", Form::texts, Merge::unite},
    {"revoked", Form::boolean, Merge::first},
    {"confidence", Form::number, Merge::first},
    {"external_references", Form::references, Merge::unite},
    {"object_refs", Form::refs, Merge::unite},
    {"first_seen", Form::time, Merge::least},
    {"incident_type", Form::text, Merge::first},
    {"last_seen", Form::time, Merge::greatest},
    {"severity", Form::text, Merge::greatest},
    {"source", Form::text, Merge::first},
    {"x_graph_last_update", Form::text, Merge::first},
    {"x_graph_merged_into", Form::text, Merge::first},
    {"x_mitre_id", Form::text, Merge::first},
    {"x_opencti_external_references", Form::references, Merge::unite},
    {"x_opencti_main_observable_type", Form::text, Merge::first},
    {"x_opencti_score", Form::number, Merge::greatest},
    {"x_opencti_stix_ids", Form::texts, Merge::unite},
};

inline constexpr std::size_t property_count = sizeof properties / sizeof properties[0];

inline constexpr const PropertyRow& row_of(Property property) { return properties[static_cast<std::size_t>(property)]; }

static_assert(object_type_count == static_cast<std::size_t>(ObjectType::windows_registry_key) + 1);
static_assert(property_count == static_cast<std::size_t>(Property::x_opencti_stix_ids) + 1);

/// Severities from the lowest to the highest; "" for any other word.
inline constexpr std::string_view severities[] = {"informational", "low", "medium", "high", "critical"};

}  // namespace map_stix
