// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace common {

/// The libraries of this tool, one a line: "libcurl 7.88.1", … with the versions of the build. Which libcurl or
/// librabbitmq is loaded, when one is needed, stands in the log at level debug.
std::string library_versions();

}  // namespace common
