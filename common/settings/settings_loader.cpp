// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings_loader.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "common/settings/setting_names.hpp"
#include "common/settings/setting_values.hpp"

namespace common {

namespace {

const SettingSpec& spec_of(std::string_view variable) {
  if (const SettingSpec* spec = find_setting(variable)) return *spec;
  throw std::logic_error("setting without a table row: " + std::string(variable));
}

// Every tool uses these, so that one place sets the messages of the whole chain.
constexpr std::string_view of_every_tool[] = {"CONNECTOR_LOG_LEVEL", "OPENCTI_JSON_LOGGING"};

std::string config_path(const Arguments& arguments, const Environment& environment) {
  if (const auto given = arguments.get("config")) return *given;
  return std::string(environment_value(environment, "SENTINEL_INCIDENTS_CONFIG"));
}

std::string log_analytics_is_not_read(const Namespace& space) {
  return std::string(space.prefix) +
         "* belong to a connector that reads Log Analytics, which this version does not read: to read the incidents "
         "from Microsoft Graph, set SENTINEL_INCIDENTS_TENANT_ID, SENTINEL_INCIDENTS_CLIENT_ID and "
         "SENTINEL_INCIDENTS_CLIENT_SECRET of an application with the permission SecurityIncident.Read.All";
}

}  // namespace

SettingsLoader::SettingsLoader(const Arguments& arguments, const Environment& environment, Log& log, Instant now)
    : arguments_(arguments),
      log_(log),
      now_(now),
      environment_(environment),
      file_(ConfigFile::read(config_path(arguments, environment), file_faults_)),
      sources_(environment, file_) {
  for (std::string& fault : file_faults_) settings_.fault(std::move(fault));
}

bool SettingsLoader::reports_as_json(const Arguments& arguments) {
  return arguments.has("check-settings") && arguments.get("log-format") == "json";
}

Settings SettingsLoader::load(std::span<const SettingUse> uses) {
  if (sources_.all_foreign().size() > 1) {
    settings_.fault("settings of " + std::string(sources_.all_foreign()[0]->connector) + " and of " +
                    std::string(sources_.all_foreign()[1]->connector) + " are set at once (" +
                    std::string(sources_.all_foreign()[0]->prefix) + "*, " +
                    std::string(sources_.all_foreign()[1]->prefix) + "*): leave out those of one");
  }
  for (const SettingUse& use : uses) load_one(use);
  for (const std::string_view variable : of_every_tool) {
    if (!settings_.values_.contains(variable)) load_one({variable});
  }
  note_foreign_names();
  apply_log_settings();
  note_open_config_file();
  for (OddName& odd : odd_names(environment_, file_)) {
    if (settings_.values_.contains(odd.variable) || odd.variable == "SENTINEL_INCIDENTS_CONFIG")
      warn(odd.variable, std::move(odd.message));
  }
  tell_warnings();
  return std::move(settings_);
}

void SettingsLoader::load_one(const SettingUse& use) {
  const SettingSpec& spec = spec_of(use.variable);
  SettingSources::Given given = find(use);
  // White space alone is as good as nothing.
  if (!given.text.empty() && given.text.find_first_not_of(" \t\r\n") == std::string::npos) given = {};
  Settings::Value value{given.text, given.source, !given.source.empty()};
  if (!value.given) {
    const std::string_view fallback = sources_.fallback(spec);
    value.text = fallback;
    value.source = fallback.empty()            ? "not set"
                   : fallback == spec.fallback ? "default"
                                               : "default of " + std::string(sources_.foreign()->connector);
  }
  took_foreign_names_ = took_foreign_names_ || given.foreign;
  config_file_holds_secret_ = config_file_holds_secret_ || (spec.secret() && given.in_config_file);
  if (spec.secret()) log_.add_secret(value.text);
  read(use, value, given.list);
  if (value.text.empty() && use.required && !value.given) note_missing(use, spec);
  if (spec.secret()) log_.add_secret(value.text);
  settings_.values_.insert_or_assign(std::string(use.variable), std::move(value));
}

SettingSources::Given SettingsLoader::find(const SettingUse& use) {
  const SettingSpec& spec = spec_of(use.variable);
  if (!use.option.empty() && arguments_.has(use.option)) {
    const std::string option = arguments_.get(use.option).value_or("true");
    if (!option.empty()) return {.text = option, .source = "--" + std::string(use.option)};
  }
  const auto fault = [this](const SettingSpec& of, const std::string& what) { settings_.fault(of.variable, what); };
  const auto warning = [this](const SettingSpec& of, const std::string& what) {
    warn(of.variable, Settings::names(of.variable) + " " + what);
  };
  return sources_.find(spec, fault, warning).value_or(SettingSources::Given{});
}

void SettingsLoader::read(const SettingUse& use, Settings::Value& value, bool list) {
  const SettingSpec& spec = spec_of(use.variable);
  SettingReading reading = read_setting(spec, value.text, now_);
  if (list && spec.kind != SettingKind::list) reading = {{}, "must be one value, not a list", {}};
  if (!reading.fault.empty()) {
    settings_.faults_.push_back({spec.variable, use.option, reading.fault});
    reading.value = sources_.fallback(spec);
  }
  if (!reading.warning.empty()) warn(spec.variable, Settings::names(spec.variable) + " " + reading.warning);
  value.text = std::move(reading.value);
}

void SettingsLoader::note_missing(const SettingUse& use, const SettingSpec& spec) {
  // Of a file that cannot be read it is not known what it sets.
  if (!file_.readable()) return;
  if (sources_.foreign() != nullptr && sources_.foreign()->log_analytics && spec.variable.starts_with(own_prefix)) {
    const std::string fault = log_analytics_is_not_read(*sources_.foreign());
    const auto is_there = [&fault](const Settings::Fault& known) { return known.what == fault; };
    if (std::none_of(settings_.faults_.begin(), settings_.faults_.end(), is_there)) settings_.fault(fault);
    return;
  }
  settings_.fault(use.variable, "is missing: " + std::string(spec.meaning));
}

void SettingsLoader::note_foreign_names() {
  // Before the log level is set, which that connector's default may raise.
  if (took_foreign_names_ && !reports_as_json(arguments_)) {
    log_.info("settings come from the names of the connector " + std::string(sources_.foreign()->connector) + " (" +
              std::string(sources_.foreign()->prefix) + "*, or the section " +
              std::string(sources_.foreign()->section) + " of config.yml)");
  }
}

void SettingsLoader::note_open_config_file() {
  if (!config_file_holds_secret_) return;
  std::error_code error;
  const auto mode = std::filesystem::status(file_.path(), error).permissions();
  if (error || (mode & std::filesystem::perms::others_read) == std::filesystem::perms::none) return;
  warn("SENTINEL_INCIDENTS_CONFIG",
       "config file " + file_.path() + " holds a secret and can be read by every user of this machine: chmod 600 it");
}

void SettingsLoader::apply_log_settings() {
  if (!arguments_.has("log-level") && !arguments_.has("quiet")) {
    LogLevel level{};
    if (parse_log_level(settings_.text("CONNECTOR_LOG_LEVEL"), level)) log_.set_level(level);
  }
  if (!arguments_.has("log-format") && settings_.boolean("OPENCTI_JSON_LOGGING")) log_.set_format(LogFormat::json);
}

void SettingsLoader::tell_warnings() {
  if (reports_as_json(arguments_)) return;
  for (const Settings::Warning& warning : settings_.warnings_) log_.warning(warning.message);
}

void SettingsLoader::warn(std::string_view variable, std::string message) {
  settings_.warnings_.push_back({variable, std::move(message)});
}

}  // namespace common
