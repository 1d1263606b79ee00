// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/console/log.hpp"
#include "common/program/failure.hpp"
#include "common/program/stop_signal.hpp"
#include "common/time.hpp"
#include "tools/fetch-incidents/options.hpp"

namespace fetch_incidents {

/// --check: whether Graph can be reached, what the token on standard input says of its permissions, and whether an
/// incident can be read with it, as lines of common::CheckReport on standard output. Returns the status that a run
/// would end with.
common::ExitStatus check(RunSettings settings, common::Clock& clock, const common::StopSignal& stop, common::Log& log);

}  // namespace fetch_incidents
