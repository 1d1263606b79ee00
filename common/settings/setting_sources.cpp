// SPDX-License-Identifier: Apache-2.0
#include "common/settings/setting_sources.hpp"

#include <algorithm>
#include <filesystem>

#include "common/settings/setting_values.hpp"

namespace common {

namespace {

bool is_used(const Namespace& space, const Environment& environment, const ConfigFile& file) {
  return file.has_section(space.section) ||
         std::any_of(environment.begin(), environment.end(), [&space](const auto& entry) {
           return entry.first.starts_with(space.prefix) && !entry.second.empty();
         });
}

/// The content of a file that holds a secret, without the line ends behind it.
std::optional<std::string> secret_in(const std::string& path, const std::string& name, const SettingSpec& spec,
                                     const SettingSources::Report& fault) {
  std::string reason;
  auto secret = read_setting_file(path, reason);
  while (secret && (secret->ends_with('\n') || secret->ends_with('\r'))) secret->pop_back();
  if (!secret) fault(spec, "cannot be read from " + path + ", which " + name + " names: " + reason);
  if (secret && secret->empty()) fault(spec, "is empty in " + path + ", which " + name + " names");
  return secret;
}

}  // namespace

std::string_view environment_value(const Environment& environment, std::string_view name) {
  for (const auto& [key, value] : environment) {
    if (key == name) return value;
  }
  return {};
}

SettingSources::SettingSources(const Environment& environment, const ConfigFile& file)
    : environment_(environment), file_(file) {
  for (const Namespace& space : foreign_namespaces()) {
    if (is_used(space, environment, file)) foreign_.push_back(&space);
  }
}

std::string_view SettingSources::fallback(const SettingSpec& spec) const {
  if (foreign() != nullptr) {
    for (const auto& [variable, value] : foreign()->defaults) {
      if (variable == spec.variable) return value;
    }
  }
  return spec.fallback;
}

std::optional<SettingSources::Given> SettingSources::in_environment(const SettingSpec& spec, const std::string& name,
                                                                    const Report& fault, const Report& warning) const {
  const std::string file_name = name + "_FILE";
  const std::string_view value = environment_value(environment_, name);
  const std::string path(spec.secret() ? environment_value(environment_, file_name) : "");
  const std::string shown = name == spec.variable ? "" : " " + name;
  if (!value.empty()) {
    if (!path.empty()) warning(spec, "is set by " + name + " and by " + file_name + ": the first counts");
    return Given{.text = std::string(value), .source = "environment" + shown};
  }
  if (path.empty()) return {};
  const auto secret = secret_in(path, file_name, spec, fault);
  return Given{.text = secret.value_or(""), .source = "environment " + file_name + ", file " + path};
}

std::optional<SettingSources::Given> SettingSources::in_file(const SettingSpec& spec, const std::string& key,
                                                             const Report& fault, const Report& warning) const {
  const std::string file_key = key + "_file";
  const std::string value = file_.value(key);
  const std::string named = spec.secret() ? file_.value(file_key) : "";
  const std::string shown = key == spec.key ? "" : " " + key;
  if (!value.empty()) {
    if (!named.empty()) warning(spec, "is set by " + key + " and by " + file_key + ": the first counts");
    return Given{.text = value, .source = "config.yml" + shown, .list = file_.is_list(key), .in_config_file = true};
  }
  if (named.empty()) return {};
  // A relative name counts from where config.yml lies, wherever the tool was started.
  const std::string path = (std::filesystem::path(file_.path()).parent_path() / named).string();
  const auto secret = secret_in(path, file_key, spec, fault);
  return Given{.text = secret.value_or(""), .source = "config.yml " + file_key + ", file " + path};
}

std::optional<SettingSources::Given> SettingSources::find(const SettingSpec& spec, const Report& fault,
                                                          const Report& warning) const {
  std::vector<std::string> names = {std::string(spec.variable)};
  for (const SettingAlias& alias : setting_aliases()) {
    if (alias.variable == spec.variable) names.emplace_back(alias.older);
  }
  for (const std::string& name : names) {
    if (auto given = in_environment(spec, name, fault, warning)) return given;
  }
  if (!spec.key.empty()) {
    if (auto given = in_file(spec, std::string(spec.key), fault, warning)) return given;
  }
  if (foreign() == nullptr || !spec.variable.starts_with(own_prefix) || spec.key.empty()) return {};
  if (foreign()->log_analytics && spec.mandatory) return {};
  const std::string name = std::string(foreign()->prefix) + std::string(spec.variable.substr(own_prefix.size()));
  const std::string key = std::string(foreign()->section) + std::string(spec.key.substr(own_section.size()));
  auto given = in_environment(spec, name, fault, warning);
  if (!given) given = in_file(spec, key, fault, warning);
  if (given) given->foreign = true;
  return given;
}

}  // namespace common
