// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_library.hpp"

namespace common {

const AmqpLibrary& librabbitmq() {
  static const AmqpLibrary library;
  return library;
}

const AmqpTlsLibrary& amqp_openssl() {
  static const AmqpTlsLibrary library;
  return library;
}

std::string amqp_library_version() {
  return std::string("librabbitmq ") + librabbitmq().version() + " (" +
         amqp_openssl().OpenSSL_version(OPENSSL_VERSION) + ")";
}

}  // namespace common
