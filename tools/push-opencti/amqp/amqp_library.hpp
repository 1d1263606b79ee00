// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace push_opencti {

/// The loaded librabbitmq and the OpenSSL that it does TLS with: "librabbitmq 0.11.0 (OpenSSL 3.0.17)".
std::string amqp_library_version();

}  // namespace push_opencti
