// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/program/stop_signal.hpp"

namespace fetch_token {

/// How long after a token was taken the next one is asked for: five minutes before it expires, but not before half its
/// life is over.
std::chrono::seconds renewal_delay(std::chrono::seconds lifetime);

/// Waits that long, but ends at once, with false, when the reader of `output_fd` goes away or a stop signal comes.
bool wait_while_read(int output_fd, const common::StopSignal& stop, std::chrono::milliseconds span);

}  // namespace fetch_token
