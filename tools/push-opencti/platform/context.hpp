// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>

#include "common/console/log.hpp"
#include "common/program/stop_signal.hpp"
#include "common/time.hpp"
#include "tools/push-opencti/platform/graphql_client.hpp"

namespace push_opencti {

/// What one call of the tool shares everywhere. Tests replace the clock and the connections, and shorten the heartbeat.
struct Context {
  common::StopSignal& stop;
  common::Clock& clock;
  common::Log& log;
  Connect connect;
  /// The platform calls a connector inactive after 300 s without a ping; its own connectors ping every 40 s.
  std::chrono::milliseconds heartbeat_interval{40'000};
};

}  // namespace push_opencti
