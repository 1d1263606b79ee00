// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/program/failure.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/context.hpp"

namespace push_opencti {

/// --check: tries the way to the platform, to RabbitMQ and to the directory, as far as the settings use them, as lines
/// of common::CheckReport on standard output. Registers the connector, as each run does, but never pings, which would
/// write a state, and opens no work. Returns the status that a run would end with.
common::ExitStatus check(const Options& options, Context& context);

}  // namespace push_opencti
