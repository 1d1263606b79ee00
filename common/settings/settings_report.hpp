// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <vector>

#include "common/settings/settings.hpp"

namespace common {

/// What there is to say of a tool's settings: the message that names every fault, and what --check-settings prints.
class SettingsReport {
 public:
  explicit SettingsReport(const Settings& settings) : settings_(settings) {}

  /// Every fault as a sentence; `with_options`: a fault names the option that overrides the setting too.
  std::vector<std::string> faults(bool with_options) const;
  /// One message with all faults, or each on a line of its own.
  std::string message(bool one_a_line) const;
  /// Prints to standard output every setting that the tool uses, in the table's order: a line
  /// `NAME=value  # where it comes from`, secrets as (set). As JSON, an object a line: for a setting
  /// {"setting":…,"value":…,"source":…} (for a secret "secret":true and "set" in place of the value; for a duration
  /// also "seconds"), then for a warning {"warning":…,"setting":…}, then for a fault
  /// {"fault":…,"setting":…,"option":…}.
  void print(bool as_json) const;

 private:
  std::string sentence(const Settings::Fault& fault, bool with_option) const;
  std::string text_line(const SettingSpec& spec, const Settings::Value& value) const;
  std::string json_line(const SettingSpec& spec, const Settings::Value& value) const;
  std::string json_messages() const;

  const Settings& settings_;
};

}  // namespace common
