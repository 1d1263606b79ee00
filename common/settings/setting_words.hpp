// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/settings/settings_table.hpp"

namespace common {

/// The choices of a setting, in the table's order.
std::vector<std::string_view> choices_of(const SettingSpec& spec);

/// What may stand there, to follow "must be": "an http or https URL", "one of: api, amqp". "" where anything may.
std::string allowed_words(const SettingSpec& spec);

/// What --help says of an option that overrides the setting: its meaning, then in brackets what
/// scripts/make-completions offers ("a|b|c") or the range, and the default.
std::string option_help(const SettingSpec& spec);

}  // namespace common
