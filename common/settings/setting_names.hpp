// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "common/settings/config_file.hpp"
#include "common/settings/setting_sources.hpp"

namespace common {

/// A name that is set and means nothing here.
struct OddName {
  std::string_view variable;  ///< the setting that it resembles or belongs to
  std::string message;        ///< the whole warning
};

/// Looks for names that are set in vain: settings without effect here, unknown keys of config.yml and unknown variables
/// of this project's names (with the nearest known name), and variables of the families OPENCTI_, CONNECTOR_ … that
/// differ little from a known one. Names that are set to nothing are passed over.
std::vector<OddName> odd_names(const Environment& environment, const ConfigFile& file);

}  // namespace common
