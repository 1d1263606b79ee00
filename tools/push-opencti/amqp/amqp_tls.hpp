// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tools/push-opencti/amqp/amqp_connection.hpp"

namespace push_opencti {

/// Puts certificates and key into an SSL_CTX of OpenSSL; the system's certificate authorities are trusted as well.
/// Unless the settings say otherwise, the handshake fails when the certificate is not for `host`, a name or an address.
/// Throws Failure(settings) naming the setting that cannot be read.
void set_up_tls(void* ssl_context, const BrokerTls& tls, const std::string& host);

}  // namespace push_opencti
