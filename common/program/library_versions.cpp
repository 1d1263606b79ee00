// SPDX-License-Identifier: Apache-2.0
#include "common/program/library_versions.hpp"

#include <curl/curlver.h>
#include <openssl/opensslv.h>
#include <simdjson.h>

#include "tools/push-opencti/amqp/rabbitmq.hpp"

namespace common {

// There where a tool speaks HTTP, or AMQP; see http_library.hpp and amqp_library.hpp.
struct HttpLibrary;
[[gnu::weak]] const HttpLibrary& libcurl();
struct AmqpLibrary;
[[gnu::weak]] const AmqpLibrary& librabbitmq();

std::string library_versions() {
  std::string text;
  // These two would have to be loaded to be asked, which takes longer than all the rest of a start.
  if (&libcurl != nullptr) text.append("libcurl " LIBCURL_VERSION "\n");
  if (&librabbitmq != nullptr) text.append("librabbitmq " AMQP_VERSION_STRING "\n");
  // Of this one a part is in the tool itself, and the last two cannot be asked.
  text.append("libcrypto " OPENSSL_VERSION_STR "\n");
  text.append("simdjson ").append(std::to_string(simdjson::SIMDJSON_VERSION_MAJOR)).append(".");
  text.append(std::to_string(simdjson::SIMDJSON_VERSION_MINOR))
      .append(".")
      .append(std::to_string(simdjson::SIMDJSON_VERSION_REVISION));
  text.append("\nyaml-cpp ").append(YAML_CPP_VERSION).append("\n");
  return text;
}

}  // namespace common
