#include "common/library_versions.hpp"

#include <curl/curl.h>
#include <openssl/crypto.h>
#include <simdjson.h>

#include "common/rabbitmq.hpp"

// Weak: to ask for a version makes no tool load a library that it does not use, and those that are not loaded have no function.
#pragma weak curl_version_info
#pragma weak amqp_version
#pragma weak OpenSSL_version

namespace common {

std::string library_versions() {
  std::string text;
  if (&curl_version_info != nullptr) {
    const curl_version_info_data& curl = *curl_version_info(CURLVERSION_NOW);
    text.append("libcurl ").append(curl.version);
    if (curl.ssl_version != nullptr) text.append(" (").append(curl.ssl_version).append(")");
    text += '\n';
  }
  if (&amqp_version != nullptr) text.append("librabbitmq ").append(amqp_version()).append("\n");
  if (&OpenSSL_version != nullptr) text.append("libcrypto ").append(OpenSSL_version(OPENSSL_VERSION_STRING)).append("\n");
  // Neither of these can be asked: what the tool was built with.
  text.append("simdjson ").append(std::to_string(simdjson::SIMDJSON_VERSION_MAJOR)).append(".");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_MINOR)).append(".").append(std::to_string(simdjson::SIMDJSON_VERSION_REVISION));
  text.append("\nyaml-cpp ").append(YAML_CPP_VERSION).append("\n");
  return text;
}

}  // namespace common
