// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_library.hpp"

#include <curl/curl.h>

namespace common {

std::string http_library_version() {
  const curl_version_info_data& curl = *curl_version_info(CURLVERSION_NOW);
  std::string text = std::string("libcurl ") + curl.version;
  if (curl.ssl_version != nullptr) text.append(" (").append(curl.ssl_version).append(")");
  return text;
}

}  // namespace common
