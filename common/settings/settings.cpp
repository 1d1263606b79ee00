// SPDX-License-Identifier: Apache-2.0
#include "common/settings/settings.hpp"

#include <unistd.h>

#include <charconv>
#include <stdexcept>

#include "common/duration.hpp"
#include "common/program/failure.hpp"
#include "common/settings/setting_values.hpp"
#include "common/settings/setting_words.hpp"
#include "common/settings/settings_loader.hpp"
#include "common/settings/settings_report.hpp"

extern char** environ;

namespace common {

std::vector<Option> with_setting_options(std::vector<Option> own, std::span<const SettingUse> uses) {
  for (const SettingUse& use : uses) {
    if (!use.option.empty()) own.push_back({use.option, use.argument, option_help(*find_setting(use.variable))});
  }
  return own;
}

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
                        Log& log, Instant now) {
  return SettingsLoader(arguments, environment, log, now).load(uses);
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

double Settings::number(std::string_view variable) const {
  const std::string& digits = text(variable);
  double number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::chrono::seconds Settings::duration(std::string_view variable) const {
  return parse_duration(text(variable)).value_or(std::chrono::seconds{0});
}

Instant Settings::instant(std::string_view variable) const { return parse_instant(text(variable)).value_or(Instant{}); }

std::string Settings::names(std::string_view variable) {
  const SettingSpec* spec = find_setting(variable);
  std::string out(variable);
  if (spec != nullptr && !spec->key.empty()) out.append(" (config.yml: ").append(spec->key).append(")");
  return out;
}

std::vector<std::string> Settings::faults() const { return SettingsReport(*this).faults(true); }

void Settings::require_valid(const Arguments& arguments) const {
  const SettingsReport report(*this);
  const bool checking = arguments.has("check-settings");
  const bool as_json = checking && SettingsLoader::reports_as_json(arguments);
  if (checking) report.print(as_json);
  if (!faults_.empty()) throw Failure(ExitStatus::settings, as_json ? "" : report.message(checking));
  if (checking) throw Failure(ExitStatus::done, "");
}

}  // namespace common
