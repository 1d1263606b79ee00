// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/console/log.hpp"

namespace common {

/// Keeps user and password of the environment's proxies out of the log: libcurl quotes an address that it cannot read.
void hide_proxy_credentials(Log& log);

}  // namespace common
