#include "common/library_versions.hpp"

#include <curl/curlver.h>
#include <openssl/crypto.h>
#include <openssl/opensslv.h>
#include <simdjson.h>

#include "common/rabbitmq.hpp"

// Weak: to ask for a version makes no tool load a library that it does not use, and those that are not loaded have no function.
#pragma weak amqp_version
#pragma weak OpenSSL_version

namespace common {

struct HttpLibrary;
// There where a tool speaks HTTP; see http_library.hpp.
[[gnu::weak]] const HttpLibrary& libcurl();

std::string library_versions() {
  std::string text;
  // It would have to be loaded to be asked, which takes longer than all the rest of a start.
  if (&libcurl != nullptr) text.append("libcurl " LIBCURL_VERSION "\n");
  if (&amqp_version != nullptr) text.append("librabbitmq ").append(amqp_version()).append("\n");
  text.append("libcrypto ").append(&OpenSSL_version != nullptr ? OpenSSL_version(OPENSSL_VERSION_STRING) : OPENSSL_VERSION_STR).append("\n");
  // Neither of these can be asked.
  text.append("simdjson ").append(std::to_string(simdjson::SIMDJSON_VERSION_MAJOR)).append(".");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_MINOR)).append(".").append(std::to_string(simdjson::SIMDJSON_VERSION_REVISION));
  text.append("\nyaml-cpp ").append(YAML_CPP_VERSION).append("\n");
  return text;
}

}  // namespace common
