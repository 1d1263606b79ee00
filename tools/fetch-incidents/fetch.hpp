// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>

#include "common/console/log.hpp"
#include "common/http/http.hpp"
#include "common/program/stop_signal.hpp"
#include "common/records/rejects.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/options.hpp"
#include "tools/fetch-incidents/paging/output.hpp"
#include "tools/fetch-incidents/token/token_source.hpp"

namespace fetch_incidents {

/// What one run uses of the world outside; tests replace parts of it.
struct Context {
  common::HttpSend send;
  TokenSource& tokens;
  common::Clock& clock;
  const common::StopSignal* stop = nullptr;
  common::Rejects& failed;
  common::Log& log;
};

/// How fetching went.
struct Fetched {
  std::uint64_t missing = 0;       ///< incidents that could not be fetched
  std::optional<Reading> reading;  ///< of a range that was read to its open end, where Graph says when that was
};

/// Fetches what the settings ask for into the queue. Throws Failure.
Fetched fetch(const RunSettings& settings, Context& context, BatchQueue& queue);

}  // namespace fetch_incidents
