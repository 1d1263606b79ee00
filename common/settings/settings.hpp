// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"
#include "common/settings/setting_sources.hpp"
#include "common/settings/settings_table.hpp"
#include "common/time.hpp"

namespace common {

/// A setting that a tool uses.
struct SettingUse {
  std::string_view variable;
  bool required = false;
  std::string_view option = {};    ///< the command line option that overrides it, without dashes; "" for none
  std::string_view argument = {};  ///< what --help calls its argument; "" for a flag
};

/// The options of a tool: its own, and one for each setting in `uses` that has one, described by the table.
std::vector<Option> with_setting_options(std::vector<Option> own, std::span<const SettingUse> uses);

Environment process_environment();

/// The settings of one run: command line over environment over config.yml over default; in environment and config.yml
/// this project's names over those of a Python connector. Faults are collected, so that one message can name them all.
class Settings {
 public:
  /// Reads all settings that the tool uses, and warns of names that are set in vain, each tool of those that resemble
  /// what it uses. `now` is what durations back from now count from.
  static Settings load(const Arguments& arguments, std::span<const SettingUse> uses, const Environment& environment,
                       Log& log, Instant now = SystemClock().now());

  /// The value in the one form that SettingReading says; "" when there is none. Only for settings named in `uses`.
  const std::string& text(std::string_view variable) const;
  bool given(std::string_view variable) const;  ///< from any source but a default
  bool has(std::string_view variable) const { return !text(variable).empty(); }
  bool boolean(std::string_view variable) const;
  std::int64_t integer(std::string_view variable) const;
  double number(std::string_view variable) const;
  std::chrono::seconds duration(std::string_view variable) const;
  Instant instant(std::string_view variable) const;

  /// Adds a fault of that setting: `what` follows its names, "must name one tenant".
  void fault(std::string_view variable, std::string what) { faults_.push_back({variable, {}, std::move(what)}); }
  /// Adds a fault that concerns several settings, or none.
  void fault(std::string message) { faults_.push_back({{}, {}, std::move(message)}); }
  bool has_faults() const { return !faults_.empty(); }
  /// Every fault as a sentence.
  std::vector<std::string> faults() const;

  /// The two names, for messages: "OPENCTI_URL (config.yml: opencti.url)".
  static std::string names(std::string_view variable);

  /// Throws Failure(settings) with every fault in one message. With --check-settings it first prints the settings (see
  /// settings_report.hpp), and without a fault it throws Failure(done).
  void require_valid(const Arguments& arguments) const;

 private:
  friend class SettingsLoader;
  friend class SettingsReport;

  struct Value {
    std::string text;
    std::string source;  ///< where it comes from, for people
    bool given = false;
  };
  struct Fault {
    std::string_view variable;  ///< "" when it is of no single setting
    std::string_view option;    ///< that would override it, without dashes
    std::string what;
  };
  struct Warning {
    std::string_view variable;
    std::string message;
  };

  const Value& value(std::string_view variable) const;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<Fault> faults_;
  std::vector<Warning> warnings_;
};

}  // namespace common
