#pragma once
#include "tools/push-opencti/amqp_connection.hpp"

namespace push_opencti {

/// Puts certificates and key into an SSL_CTX of OpenSSL; the system's certificate authorities are trusted as well. Throws
/// BrokerFault(tls) naming the setting that cannot be read.
void set_up_tls(void* ssl_context, const BrokerTls& tls);

}  // namespace push_opencti
