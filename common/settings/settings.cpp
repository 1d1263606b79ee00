// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <stdexcept>

#include "common/nearest.hpp"
#include "common/program/failure.hpp"
#include "common/settings/config_file.hpp"
#include "common/settings/setting_checks.hpp"

extern char** environ;

namespace common {

namespace {

const SettingSpec& spec_of(std::string_view variable) {
  for (const SettingSpec& spec : all_settings()) {
    if (spec.variable == variable) return spec;
  }
  throw std::logic_error("setting without a table row: " + std::string(variable));
}

// Older spellings that users of the existing connectors may have.
struct Alias {
  std::string_view older;
  std::string_view variable;
};
constexpr std::array aliases = {Alias{"QUEUE_PROTOCOL", "CONNECTOR_QUEUE_PROTOCOL"}};

std::string_view environment_value(const Environment& environment, std::string_view name) {
  for (const auto& [key, value] : environment) {
    if (key == name) return value;
  }
  return {};
}

void warn_of_unknown_variables(const Environment& environment, Log& log) {
  constexpr std::string_view prefix = "SENTINEL_INCIDENTS_";
  std::vector<std::string_view> known;
  for (const SettingSpec& spec : all_settings()) known.push_back(spec.variable);
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(prefix)) continue;
    std::string_view base = name;
    if (base.ends_with("_FILE")) base.remove_suffix(5);
    if (std::find(known.begin(), known.end(), std::string_view(name)) != known.end()) continue;
    if (base != name && std::find(known.begin(), known.end(), base) != known.end() &&
        spec_of(base).kind == SettingKind::secret)
      continue;
    log.warning("unknown environment variable " + name + "; did you mean " + nearest(name, known) + "?");
  }
}

void warn_of_unknown_keys(const ConfigFile& file, Log& log) {
  std::vector<std::string_view> known;
  for (const SettingSpec& spec : all_settings()) {
    if (!spec.key.empty()) known.push_back(spec.key);
  }
  for (const std::string& key : file.keys()) {
    std::string_view base = key;
    if (base.ends_with("_file")) base.remove_suffix(5);
    if (std::find(known.begin(), known.end(), std::string_view(key)) != known.end()) continue;
    if (std::find(known.begin(), known.end(), base) != known.end()) continue;
    log.warning("unknown key " + key + " in " + file.path() + "; did you mean " + nearest(key, known) + "?");
  }
}

std::string config_path(const Arguments& arguments, const Environment& environment) {
  if (const auto given = arguments.get("config")) return *given;
  return std::string(environment_value(environment, "SENTINEL_INCIDENTS_CONFIG"));
}

// One source's answer for a setting: a value, or the file that holds it.
struct Given {
  std::string value;
  bool found = false;
};

Given from_environment(const SettingSpec& spec, const Environment& environment, std::vector<std::string>& faults) {
  std::string_view value = environment_value(environment, spec.variable);
  for (const Alias& alias : aliases) {
    if (value.empty() && alias.variable == spec.variable) value = environment_value(environment, alias.older);
  }
  if (!value.empty()) return {std::string(value), true};
  if (spec.kind != SettingKind::secret) return {};
  const std::string name = std::string(spec.variable) + "_FILE";
  const std::string_view path = environment_value(environment, name);
  if (path.empty()) return {};
  return {read_secret_file(path, name, faults), true};
}

Given from_file(const SettingSpec& spec, const ConfigFile& file, std::vector<std::string>& faults) {
  if (spec.key.empty()) return {};
  if (const std::string value = file.value(spec.key); !value.empty()) return {value, true};
  if (spec.kind != SettingKind::secret) return {};
  const std::string name = std::string(spec.key) + "_file";
  const std::string path = file.value(name);
  if (path.empty()) return {};
  return {read_secret_file(path, name, faults), true};
}

void apply_log_settings(const Settings& settings, const Arguments& arguments, const std::map<std::string, bool>& used,
                        Log& log) {
  if (used.contains("CONNECTOR_LOG_LEVEL") && !arguments.has("log-level") && !arguments.has("quiet")) {
    LogLevel level{};
    if (parse_log_level(settings.text("CONNECTOR_LOG_LEVEL"), level)) log.set_level(level);
  }
  if (used.contains("OPENCTI_JSON_LOGGING") && !arguments.has("log-format")) {
    if (parse_boolean(settings.text("OPENCTI_JSON_LOGGING")).value_or(false)) log.set_format(LogFormat::json);
  }
}

}  // namespace

Environment process_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

Settings Settings::load(const Arguments& arguments, std::span<const SettingUse> uses, const Environment& environment,
                        Log& log) {
  Settings settings;
  const ConfigFile file = ConfigFile::read(config_path(arguments, environment), settings.faults_);

  // Every tool takes the two log settings, so that one place sets the whole chain's messages.
  std::vector<SettingUse> all(uses.begin(), uses.end());
  for (const std::string_view common : {"CONNECTOR_LOG_LEVEL", "OPENCTI_JSON_LOGGING"}) {
    if (std::none_of(uses.begin(), uses.end(), [common](const SettingUse& use) { return use.variable == common; }))
      all.push_back({common});
  }

  std::map<std::string, bool> used;
  for (const SettingUse& use : all) {
    const SettingSpec& spec = spec_of(use.variable);
    used[std::string(use.variable)] = true;
    Value value;
    Given given;
    if (!use.option.empty() && arguments.has(use.option)) {
      const std::string option = arguments.get(use.option).value_or("true");
      given = {option, true};
    }
    if (!given.found || given.value.empty()) given = from_environment(spec, environment, settings.faults_);
    if (!given.found) given = from_file(spec, file, settings.faults_);
    value.given = given.found;
    value.text = given.found ? given.value : std::string(spec.fallback);
    if (spec.kind == SettingKind::secret) log.add_secret(value.text);
    if (value.text.empty()) {
      if (use.required && !given.found)
        settings.fault(names(use.variable) + " is missing: " + std::string(spec.meaning));
    } else if (const std::string wrong = check_setting(spec, value.text); !wrong.empty()) {
      settings.fault(names(use.variable) + (use.option.empty() ? "" : ", --" + std::string(use.option)) + " " + wrong);
      value.text = std::string(spec.fallback);
    }
    settings.values_.emplace(use.variable, std::move(value));
  }
  apply_log_settings(settings, arguments, used, log);
  warn_of_unknown_variables(environment, log);
  warn_of_unknown_keys(file, log);
  return settings;
}

const Settings::Value& Settings::value(std::string_view variable) const {
  const auto found = values_.find(variable);
  if (found == values_.end()) throw std::logic_error("setting not declared by the tool: " + std::string(variable));
  return found->second;
}

const std::string& Settings::text(std::string_view variable) const { return value(variable).text; }
bool Settings::given(std::string_view variable) const { return value(variable).given; }
bool Settings::boolean(std::string_view variable) const { return parse_boolean(text(variable)).value_or(false); }

std::int64_t Settings::integer(std::string_view variable) const {
  const std::string& digits = text(variable);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::chrono::seconds Settings::duration(std::string_view variable) const {
  return parse_duration(text(variable)).value_or(std::chrono::seconds{0});
}

Instant Settings::instant(std::string_view variable) const {
  return parse_user_instant(text(variable)).value_or(Instant{});
}

std::string Settings::names(std::string_view variable) {
  const SettingSpec& spec = spec_of(variable);
  std::string out(variable);
  if (!spec.key.empty()) out.append(" (config.yml: ").append(spec.key).append(")");
  return out;
}

void Settings::print_values() const {
  std::string out;
  for (const SettingSpec& spec : all_settings()) {
    const auto found = values_.find(spec.variable);
    if (found == values_.end() || spec.kind == SettingKind::secret) continue;
    out.append(spec.variable).append("=");
    for (const char c : found->second.text) out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    out += '\n';
  }
  std::fputs(out.c_str(), stdout);
}

void Settings::require_valid(const Arguments& arguments) const {
  const bool checking = arguments.has("check-settings");
  if (checking) print_values();
  if (!faults_.empty()) {
    // Whoever asked for the faults gets one a line, to sort them.
    const char* const separator = checking ? "\n" : "; ";
    std::string message =
        faults_.size() == 1 ? "wrong settings: " : "wrong settings (" + std::to_string(faults_.size()) + "): ";
    for (std::size_t i = 0; i < faults_.size(); ++i) message.append(i == 0 ? "" : separator).append(faults_[i]);
    throw Failure(ExitStatus::settings, message);
  }
  if (checking) throw Failure(ExitStatus::done, "");
}

}  // namespace common
