#pragma once
#include <string>

namespace common {

/// The libraries that this process has loaded, one a line: "libcurl 7.88.1 (OpenSSL/3.0.17)", …
std::string library_versions();

}  // namespace common
