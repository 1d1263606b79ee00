// SPDX-License-Identifier: Apache-2.0
#include "common/program/library_versions.hpp"

#include <openssl/crypto.h>
#include <simdjson.h>

namespace common {

std::string library_versions() {
  std::string text = "libcrypto ";
  text.append(OpenSSL_version(OPENSSL_VERSION_STRING)).append("\nsimdjson ");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_MAJOR)).append(".");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_MINOR)).append(".");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_REVISION));
  return text.append("\nyaml-cpp ").append(YAML_CPP_VERSION).append("\n");
}

}  // namespace common
