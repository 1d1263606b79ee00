#pragma once
#include <cstdint>

#include "common/http.hpp"
#include "common/log.hpp"
#include "common/rejects.hpp"
#include "common/stop_signal.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/output.hpp"
#include "tools/fetch-incidents/settings.hpp"
#include "tools/fetch-incidents/token_source.hpp"

namespace fetch_incidents {

/// The outside world of one run.
struct World {
  common::HttpSend send;
  TokenSource& tokens;
  common::Clock& clock;
  const common::StopSignal* stop = nullptr;
  common::Rejects& failed;
  common::Log& log;
};

/// Fetches what the settings ask for into the queue. Returns how many incidents could not be had. Throws Failure.
std::uint64_t fetch(const RunSettings& settings, World& world, BatchQueue& queue);

}  // namespace fetch_incidents
