// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "tools/map-stix/text/json_values.hpp"

namespace map_stix {

/// The folder that `path` names: itself, or without the last part where that is the file's own name, as Microsoft
/// Sentinel writes it. "" where nothing is left.
std::string_view folder_of(std::string_view path, std::string_view file_name);

/// Folder and name of a Graph fileDetails as one path, with the separator that the folder uses; "" without both.
std::string full_path(Json details);

}  // namespace map_stix
