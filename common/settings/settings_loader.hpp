// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <span>
#include <string>
#include <vector>

#include "common/settings/settings.hpp"

namespace common {

/// Settings::load(), in its steps.
class SettingsLoader {
 public:
  SettingsLoader(const Arguments& arguments, const Environment& environment, Log& log, Instant now);
  Settings load(std::span<const SettingUse> uses);

  /// Whether --check-settings is to print JSON, warnings and faults among it, and nothing else is to be said.
  static bool reports_as_json(const Arguments& arguments);

 private:
  void load_one(const SettingUse& use);
  SettingSources::Given find(const SettingUse& use);
  void read(const SettingUse& use, Settings::Value& value, bool list);
  void note_missing(const SettingUse& use, const SettingSpec& spec);
  void note_foreign_names();
  void note_open_config_file();
  void apply_log_settings();
  void tell_warnings();
  void warn(std::string_view variable, std::string message);

  const Arguments& arguments_;
  Log& log_;
  Instant now_;
  const Environment& environment_;
  Settings settings_;
  std::vector<std::string> file_faults_;
  ConfigFile file_;
  SettingSources sources_;
  bool took_foreign_names_ = false;
  bool config_file_holds_secret_ = false;
};

}  // namespace common
