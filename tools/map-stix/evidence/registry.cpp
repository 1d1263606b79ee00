// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "common/json/json_writer.hpp"
#include "tools/map-stix/evidence/mappers.hpp"
#include "tools/map-stix/evidence/observables.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

struct Hive {
  std::string_view alias;
  std::string_view name;
};
constexpr Hive hives[] = {
    {"HKLM", "HKEY_LOCAL_MACHINE"},
    {"HKCU", "HKEY_CURRENT_USER"},
    {"HKCR", "HKEY_CLASSES_ROOT"},
    {"HKU", "HKEY_USERS"},
    {"HKCC", "HKEY_CURRENT_CONFIG"},
    {"\\REGISTRY\\MACHINE", "HKEY_LOCAL_MACHINE"},
    {"\\REGISTRY\\USER", "HKEY_USERS"},
    {"HKEY_LOCAL_MACHINE", "HKEY_LOCAL_MACHINE"},
    {"HKEY_CURRENT_USER", "HKEY_CURRENT_USER"},
    {"HKEY_CLASSES_ROOT", "HKEY_CLASSES_ROOT"},
    {"HKEY_USERS", "HKEY_USERS"},
    {"HKEY_CURRENT_CONFIG", "HKEY_CURRENT_CONFIG"},
};

// The path with the full name of its hive. `has_hive` receives whether the path began with a hive.
std::string expanded(std::string_view path, bool& has_hive) {
  for (const Hive& hive : hives) {
    const std::size_t size = hive.alias.size();
    if (path.size() < size || !equals_ignoring_case(path.substr(0, size), hive.alias)) continue;
    if (path.size() > size && path[size] != '\\') continue;
    has_hive = true;
    return std::string(hive.name) + std::string(path.substr(size));
  }
  has_hive = false;
  return std::string(path);
}

// STIX 2.1 section 6.17 forbids abbreviated hives such as HKLM in keys.
bool begins_with_short_hive(std::string_view key) {
  for (const std::string_view name : {"HKLM", "HKCC", "HKCR", "HKCU", "HKU"}) {
    if (key.starts_with(name) || key.starts_with(ascii_lower(name))) return true;
  }
  return false;
}

std::string_view registry_path(const Evidence& evidence) {
  std::string_view key = evidence.text("registryKey");
  const std::string_view hive = evidence.text("registryHive");
  bool key_has_hive = false;
  bool known = false;
  std::string path = expanded(key, key_has_hive);
  if (!key_has_hive) {
    while (!hive.empty() && key.starts_with('\\')) key.remove_prefix(1);
    path = expanded(hive, known);
    while (path.ends_with('\\')) path.pop_back();
    if (!path.empty() && !key.empty()) path += '\\';
    path += key;
  }
  if (path.empty() || begins_with_short_hive(path)) return {};
  for (const std::string_view member : {"registryKey", "registryHive"}) {
    const std::string_view text = usable_text(evidence[member]);
    if (!text.empty() && path.find(text) != std::string::npos) evidence[member].mark_used();
  }
  return evidence.arena().copy(path);
}

struct ValueType {
  std::string_view word;
  std::string_view data_type;
};
constexpr ValueType value_types[] = {
    {"String", "REG_SZ"},   {"ExpandString", "REG_EXPAND_SZ"}, {"MultiString", "REG_MULTI_SZ"}, {"DWord", "REG_DWORD"},
    {"QWord", "REG_QWORD"}, {"Binary", "REG_BINARY"}};
constexpr std::string_view registry_types[] = {"REG_NONE",
                                               "REG_SZ",
                                               "REG_EXPAND_SZ",
                                               "REG_BINARY",
                                               "REG_DWORD",
                                               "REG_DWORD_BIG_ENDIAN",
                                               "REG_DWORD_LITTLE_ENDIAN",
                                               "REG_LINK",
                                               "REG_MULTI_SZ",
                                               "REG_RESOURCE_LIST",
                                               "REG_FULL_RESOURCE_DESCRIPTION",
                                               "REG_RESOURCE_REQUIREMENTS_LIST",
                                               "REG_QWORD",
                                               "REG_INVALID_TYPE"};

std::string_view data_type_of(std::string_view word) {
  for (const ValueType& type : value_types) {
    if (equals_ignoring_case(type.word, word)) return type.data_type;
  }
  for (const std::string_view type : registry_types) {
    if (equals_ignoring_case(type, word)) return type;
  }
  return {};
}

// The `values` property with this one value as RFC 8785 JSON, which is part of the key's id.
std::string canonical_values(const RegistryValue& value) {
  std::string json = "[{";
  const auto add = [&json](std::string_view key, std::string_view text) {
    if (text.empty()) return;
    if (json.size() > 2) json += ',';
    json.append("\"").append(key).append("\":");
    common::append_json_string(json, text);
  };
  add("data", value.data);
  add("data_type", value.data_type);
  add("name", value.name);
  return json + "}]";
}

}  // namespace

ObjectRef map_registry_key(Evidence& evidence) {
  const std::string_view path = registry_path(evidence);
  if (path.empty()) return {};
  const ObjectRef key = evidence.add(ObjectType::windows_registry_key, evidence.ids().of({{"key", path}}));
  evidence.bundle().set_text(key, Property::key, path);
  return key;
}

// Importers before OpenCTI 7.260817 skip `values`; there the evidence's text alone holds the value.
ObjectRef map_registry_value(Evidence& evidence) {
  const std::string_view path = registry_path(evidence);
  if (path.empty()) return {};
  const RegistryValue value = {evidence.text("registryValueName"), evidence.text("registryValue"),
                               data_type_of(evidence.text("registryValueType"))};
  const bool any = !value.name.empty() || !value.data.empty() || !value.data_type.empty();
  const std::string values = any ? canonical_values(value) : std::string();
  const ObjectRef key =
      evidence.add(ObjectType::windows_registry_key, evidence.ids().of({{"key", path}, {"values", values, true}}));
  evidence.bundle().set_text(key, Property::key, path);
  if (any) evidence.bundle().add_registry_value(key, value);
  evidence.seen_on_device(key);
  return key;
}

}  // namespace map_stix
