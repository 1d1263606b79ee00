// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "tools/push-opencti/ledger/ledger.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/platform.hpp"
#include "tools/push-opencti/sink.hpp"
#include "tools/push-opencti/state/state_store.hpp"

namespace push_opencti {

/// Where a run's bundles go and where its state is kept: the platform, or neither where the directory is all there is.
struct Target {
  std::unique_ptr<StateStore> state;
  std::unique_ptr<QueueSink> queue;  ///< may use `state`, so it goes first
  SettleCounts ledger = {};          ///< what the ledger learnt of earlier runs
  bool is_buffering = false;         ///< the connector's queue is too full for another run
  std::string user_id;               ///< the connector's user at the platform, "" without one
};

/// Opens what `options` name. `claimed_state`: the state that the run started from, when it is to move the state.
/// Throws Failure. The options and the context must outlive the target.
Target open_target(const Options& options, Context& context, const std::optional<std::string>& claimed_state);

}  // namespace push_opencti
