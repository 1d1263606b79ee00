// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace common {

/// The versions of the libraries that every tool has, one a line: libcrypto, simdjson and yaml-cpp. The last two cannot
/// be asked at run time: theirs are those of the build.
std::string library_versions();

}  // namespace common
