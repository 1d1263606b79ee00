// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string_view>

#include "common/console/check_report.hpp"
#include "common/http/http.hpp"

namespace common {

/// Limits for a request of --check, where a person waits for the answer.
void use_short_timeouts(HttpOptions& options);

/// Reports the steps "PEER connection" (name, proxy, TLS: whether anything answers at that address, whatever it says)
/// and "PEER clock" (how far this machine's clock is from the answer's Date). Asks without any secret. False when
/// nothing answers.
bool check_peer(CheckReport& report, const HttpSend& send, Clock& clock, std::string_view peer, std::string_view url);

}  // namespace common
