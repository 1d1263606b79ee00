// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "common/records/state.hpp"

namespace push_opencti {

/// The state as the platform answered it, in a form that can be compared: "" for null, "", "null" and "{}", which all
/// mean that there is none; else the JSON text without insignificant white space. Text that is not JSON stays as it is.
std::string comparable_state(std::string_view text);

/// Parses a stored state ("" for none), which the platform keeps, or `file` where no platform is used. Throws
/// Failure(settings) for one that cannot be read: what it was, how to set or reset it, and what that costs.
common::State parse_stored_state(std::string_view text, const std::optional<std::string>& file);

}  // namespace push_opencti
