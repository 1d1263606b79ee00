// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/console/log.hpp"
#include "common/program/command_line.hpp"
#include "common/time.hpp"

namespace common {

/// What a setting's text must look like.
enum class SettingKind { text, url, boolean, integer, duration, instant, uuid, choice, log_level, path, secret };

/// One setting: the name that users of the existing connectors know, in both forms, and what is allowed.
struct SettingSpec {
  std::string_view variable;  ///< environment variable, e.g. "OPENCTI_URL"
  std::string_view key;       ///< place in config.yml, e.g. "opencti.url"
  SettingKind kind;
  std::string_view fallback;  ///< default as text; "" means none
  std::string_view allowed;   ///< for a choice: the values joined by "|"; else a remark on the range, or ""
  std::string_view meaning;   ///< one sentence for man pages and messages
};

/// Every setting of the project, in the order of the documentation.
std::span<const SettingSpec> all_settings();

/// A setting that a tool uses.
struct SettingUse {
  std::string_view variable;
  bool required = false;
  std::string_view option = {};  ///< the command line option that overrides it, without dashes; "" for none
};

/// The environment as name/value pairs; tests pass their own.
using Environment = std::vector<std::pair<std::string, std::string>>;
Environment process_environment();

/// The settings of one run: command line over environment over config.yml over default. Faults are collected, so that
/// one message can name them all.
class Settings {
 public:
  /// Reads all settings that the tool uses. A secret may also come from the file that VARIABLE_FILE (or key_file)
  /// names. Unknown keys in config.yml and unknown SENTINEL_INCIDENTS_* variables are warned of with the nearest known
  /// name.
  static Settings load(const Arguments& arguments, std::span<const SettingUse> uses, const Environment& environment,
                       Log& log);

  /// The value as text; "" when there is none. Only for settings named in `uses`.
  const std::string& text(std::string_view variable) const;
  bool given(std::string_view variable) const;  ///< from any source but the default
  bool has(std::string_view variable) const { return !text(variable).empty(); }
  bool boolean(std::string_view variable) const;
  std::int64_t integer(std::string_view variable) const;
  std::chrono::seconds duration(std::string_view variable) const;
  Instant instant(std::string_view variable) const;

  /// Adds a fault that concerns several settings.
  void fault(std::string message) { faults_.push_back(std::move(message)); }
  /// The two names and what is allowed, for messages: "OPENCTI_URL (config.yml: opencti.url)".
  static std::string names(std::string_view variable);
  /// Throws Failure(settings) with every fault in one message. With --check-settings it first prints the values in
  /// effect, secrets left out, as lines NAME=value (control characters as spaces); the faults stand one a line, and
  /// without any it throws Failure(done).
  void require_valid(const Arguments& arguments) const;
  const std::vector<std::string>& faults() const { return faults_; }

 private:
  void print_values() const;
  struct Value {
    std::string text;
    bool given = false;
  };
  const Value& value(std::string_view variable) const;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::string> faults_;
};

/// Parses true/false/yes/no/on/off/1/0 in any case.
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace common
