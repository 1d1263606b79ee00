// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

namespace fetch_incidents {

/// The content of a file that a person or another tool keeps: a token, a state. Nothing, with the reason in words, when
/// it cannot be read or is larger than any such file.
std::optional<std::string> read_small_file(const std::string& path, std::string& reason);

}  // namespace fetch_incidents
