// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_library.hpp"

#include <openssl/crypto.h>

#include "tools/push-opencti/amqp/rabbitmq.hpp"

namespace push_opencti {

std::string amqp_library_version() {
  return std::string("librabbitmq ") + amqp_version() + " (" + OpenSSL_version(OPENSSL_VERSION) + ")";
}

}  // namespace push_opencti
