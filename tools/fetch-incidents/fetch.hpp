// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/program/stop_signal.hpp"
#include "common/records/rejects.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/options.hpp"
#include "tools/fetch-incidents/paging/output.hpp"
#include "tools/fetch-incidents/token/token_source.hpp"

namespace fetch_incidents {

/// The outside context of one run.
struct Context {
  common::HttpSend send;
  TokenSource& tokens;
  common::Clock& clock;
  const common::StopSignal* stop = nullptr;
  common::Rejects& failed;
  common::Log& log;
};

/// Fetches what the settings ask for into the queue. Returns how many incidents could not be had. Throws Failure.
std::uint64_t fetch(const RunSettings& settings, Context& context, BatchQueue& queue);

}  // namespace fetch_incidents
