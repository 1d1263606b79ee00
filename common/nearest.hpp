// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace common {

/// The known name with the fewest edits from `name`, for "did you mean".
std::string nearest(std::string_view name, const std::vector<std::string_view>& known);

}  // namespace common
