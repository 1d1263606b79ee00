// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/program/stop_signal.hpp"

namespace fetch_token {

/// How long to use a token before the next one is requested: until five minutes before it expires, but at least half of
/// its lifetime.
std::chrono::seconds renewal_delay(std::chrono::seconds lifetime);

/// Waits for `span`. Returns false at once when the reader of `output_fd` goes away or a stop signal arrives.
bool wait_while_read(int output_fd, const common::StopSignal& stop, std::chrono::milliseconds span);

}  // namespace fetch_token
