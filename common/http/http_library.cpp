// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_library.hpp"

#include <string>

#include "common/program/failure.hpp"

namespace common {

namespace {

HttpLibrary load() {
  HttpLibrary loaded;
  if (loaded.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw Failure(ExitStatus::internal, "libcurl cannot be started");
  return loaded;
}

}  // namespace

const HttpLibrary& libcurl() {
  static const HttpLibrary library = load();
  return library;
}

std::string http_library_version() {
  const curl_version_info_data& curl = *libcurl().version_info(CURLVERSION_NOW);
  std::string text = std::string("libcurl ") + curl.version;
  if (curl.ssl_version != nullptr) text.append(" (").append(curl.ssl_version).append(")");
  return text;
}

}  // namespace common
