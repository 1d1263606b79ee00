// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace push_opencti {

/// The state as the platform answered it, made comparable: "" for null, "", "null" and "{}", which all mean that there
/// is none; else the JSON text without insignificant white space. What is no JSON stays as it is.
std::string comparable_state(std::string_view text);

}  // namespace push_opencti
