// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "common/records/state.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/graph/query.hpp"
#include "tools/fetch-incidents/reading.hpp"

namespace fetch_incidents {

/// What decides where the range of incidents starts.
struct StartQuestion {
  std::optional<common::Instant> since;  ///< --since
  std::optional<common::State> state;    ///< of --state
  std::optional<Reading> last_reading;   ///< of --reading, where it is of the same incidents
  common::Instant import_start;          ///< SENTINEL_INCIDENTS_IMPORT_START_DATE
  std::chrono::seconds overlap{0};
  common::Instant now;
};

/// Where the range of incidents starts.
struct RangeStart {
  Bound from = {};
  std::vector<std::string> delivered = {};        ///< marks (common::incident_mark) of versions to leave out
  std::optional<common::Instant> watermark = {};  ///< of the state, where that decides
  std::string warning = {};                       ///< what looks wrong about it, and what to do; "" for nothing
};

/// The first of these that is there decides:
///   1. --since.
///   2. The state's watermark: the range starts the overlap before it. Where so much was delivered within the overlap
///      that the state's list may have been cut, it starts the overlap before the last complete reading, if that was
///      later and all that it wrote is delivered. A watermark later than now counts as now.
///   3. The import start date.
RangeStart range_start(const StartQuestion& question);

/// Reads the file of --state. Nothing, with the reason, when it cannot be read or is no state.
std::optional<common::State> read_state(const std::string& path, std::string& reason);

}  // namespace fetch_incidents
