// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/program/failure.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/context.hpp"

namespace push_opencti {

/// --dry-run: reads the input and writes receipts with the status "dry-run". Touches no network and no file but the
/// input.
common::ExitStatus dry_run(const Options& options, Context& context);

/// --print-state: the state as one line, "{}" for none. Throws Failure, with nothing printed, when it cannot be had.
common::ExitStatus print_state(const Options& options, Context& context);
/// Writes one line for each object that the ledger knows; a run that uses the ledger need not end first.
common::ExitStatus print_ledger(const Options& options);

/// --keep-alive: registers at once and then every two minutes, since the platform calls a connector inactive after
/// five. It never pings, for a ping would write a state. Ends with a signal only.
common::ExitStatus keep_alive(const Options& options, Context& context);

}  // namespace push_opencti
