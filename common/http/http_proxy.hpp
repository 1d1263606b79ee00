// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "common/console/log.hpp"

namespace common {

/// Keeps user and password of the environment's proxies out of the log: libcurl quotes an address that it cannot read.
void hide_proxy_credentials(Log& log);

/// The variable of the environment (https_proxy, ...) whose proxy libcurl's message "Failed to connect to HOST port N"
/// names; "" when that is no proxy.
std::string proxy_named_in(std::string_view message);

}  // namespace common
