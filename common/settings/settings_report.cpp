// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings_report.hpp"

#include <cstdio>

#include "common/console/printable.hpp"
#include "common/duration.hpp"
#include "common/json/json_writer.hpp"

namespace common {

namespace {

/// A member that is text, or null for none.
void text_or_null(JsonWriter& json, std::string_view name, std::string_view text) {
  if (text.empty())
    json.key(name).raw("null");
  else
    json.member(name, text);
}

}  // namespace

std::string SettingsReport::sentence(const Settings::Fault& fault, bool with_option) const {
  if (fault.variable.empty()) return fault.what;
  std::string out = Settings::names(fault.variable);
  if (with_option && !fault.option.empty()) out.append(", --").append(fault.option);
  return out + " " + fault.what;
}

std::vector<std::string> SettingsReport::faults(bool with_options) const {
  std::vector<std::string> all;
  for (const Settings::Fault& fault : settings_.faults_) all.push_back(sentence(fault, with_options));
  return all;
}

std::string SettingsReport::message(bool one_a_line) const {
  const std::vector<std::string> all = faults(true);
  std::string out = all.size() == 1 ? "wrong settings: " : "wrong settings (" + std::to_string(all.size()) + "): ";
  for (std::size_t i = 0; i < all.size(); ++i) out.append(i == 0 ? "" : one_a_line ? "\n" : "; ").append(all[i]);
  return out;
}

std::string SettingsReport::text_line(const SettingSpec& spec, const Settings::Value& value) const {
  std::string out = std::string(spec.variable) + "=";
  if (spec.secret())
    out += value.text.empty() ? "" : "(set)";
  else
    append_printable(out, value.text);
  out += "  # ";
  append_printable(out, value.source);
  return out + "\n";
}

std::string SettingsReport::json_line(const SettingSpec& spec, const Settings::Value& value) const {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("setting", spec.variable);
  if (spec.secret())
    json.member("secret", true).member("set", !value.text.empty());
  else
    json.member("value", value.text);
  if (spec.kind == SettingKind::duration) {
    if (const auto span = parse_duration(value.text)) json.member("seconds", std::int64_t{span->count()});
  }
  text_or_null(json, "key", spec.key);
  json.member("source", value.source).end_object();
  return out + "\n";
}

std::string SettingsReport::json_messages() const {
  std::string out;
  for (const Settings::Warning& warning : settings_.warnings_) {
    JsonWriter json(out);
    json.begin_object().member("warning", warning.message);
    text_or_null(json, "setting", warning.variable);
    json.end_object();
    out += '\n';
  }
  for (const Settings::Fault& fault : settings_.faults_) {
    JsonWriter json(out);
    json.begin_object().member("fault", sentence(fault, false));
    text_or_null(json, "setting", fault.variable);
    text_or_null(json, "option", fault.option.empty() ? "" : "--" + std::string(fault.option));
    json.end_object();
    out += '\n';
  }
  return out;
}

void SettingsReport::print(bool as_json) const {
  std::string out;
  for (const SettingSpec& spec : all_settings()) {
    const auto found = settings_.values_.find(spec.variable);
    if (found == settings_.values_.end()) continue;
    out += as_json ? json_line(spec, found->second) : text_line(spec, found->second);
  }
  if (as_json) out += json_messages();
  std::fputs(out.c_str(), stdout);
}

}  // namespace common
