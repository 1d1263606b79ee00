// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace push_opencti {

/// The state in a file, for runs without a platform.
/// The content, "" when the file is not there. Throws Failure(no_input) when it cannot be read.
std::string read_state_file(const std::string& path);
/// Replaces the file in one step: no crash leaves half a state. Throws Failure(io).
void write_state_file(const std::string& path, const std::string& state);

/// Writes `content` under `path`, mode 0600, through a temporary name beside it, durable before it gets its name. The
/// file's time is set just before that. Throws Failure(io).
void write_durably(const std::string& path, const std::string& temporary, std::string_view content);

}  // namespace push_opencti
