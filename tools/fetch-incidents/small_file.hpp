// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

namespace fetch_incidents {

/// Reads a small file such as a token or a state. Returns nothing, with the reason in words, when it cannot be read or
/// is larger than 16 MB.
std::optional<std::string> read_small_file(const std::string& path, std::string& reason);

}  // namespace fetch_incidents
