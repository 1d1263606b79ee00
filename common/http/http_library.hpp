// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace common {

/// The loaded libcurl and the library that it does TLS with: "libcurl 7.88.1 (OpenSSL/3.0.17)".
std::string http_library_version();

}  // namespace common
