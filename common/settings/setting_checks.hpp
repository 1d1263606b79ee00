// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/settings/settings.hpp"

namespace common {

/// What is wrong with the text as a value of the setting, as the end of a sentence ("must be …, not 'x'"); "" when
/// nothing is. Secrets are never repeated.
std::string check_setting(const SettingSpec& spec, std::string_view text);

/// The content of a file that holds a secret, without its last line end. What is wrong is added to `faults`; `name` is
/// the setting that names the file.
std::string read_secret_file(std::string_view path, std::string_view name, std::vector<std::string>& faults);

}  // namespace common
