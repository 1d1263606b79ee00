// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/settings/settings_table.hpp"
#include "common/time.hpp"

namespace common {

/// A text, read as the value of a setting.
struct SettingReading {
  std::string
      value;  ///< in the one form that tools use: "true", a time in UTC, "PT1800S", a choice as the table spells it
  std::string fault;    ///< "", or what is wrong, to follow the setting's name ("must be …, not 'x'")
  std::string warning;  ///< "", or what is odd, to follow the setting's name
};

/// Reads the text; white space around it does not count. `now` is what durations back from now count from. Secrets, and
/// passwords in addresses, are never repeated in `fault` and `warning`.
SettingReading read_setting(const SettingSpec& spec, std::string_view text, Instant now);

/// Reads true/false/yes/no/on/off/1/0 in any case.
std::optional<bool> parse_boolean(std::string_view text);

/// The certificates that a setting of that kind holds: its PEM text, or the content of the file that it names.
std::string certificates_of(std::string_view text);

/// Reads a file that holds a setting, at most `limit` bytes. Nothing, with the reason in `reason`, when it cannot be
/// read or is longer.
std::optional<std::string> read_setting_file(const std::string& path, std::string& reason,
                                             std::size_t limit = std::size_t{1} << 20);

}  // namespace common
