// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "tools/push-opencti/ledger/ledger.hpp"
#include "tools/push-opencti/options.hpp"
#include "tools/push-opencti/platform/held_objects.hpp"
#include "tools/push-opencti/platform/platform.hpp"
#include "tools/push-opencti/sink.hpp"
#include "tools/push-opencti/state/state_store.hpp"

namespace push_opencti {

/// Where a run's bundles go and where its state is kept: the platform, or neither where the directory is all there is.
struct Target {
  /// Whether the case with this id is there already, or may be: then its bundle says something that is new.
  bool may_hold_case(const std::string& id) const { return !held || may_have_queued || held->holds_case(id); }

  std::unique_ptr<StateStore> state;
  std::unique_ptr<HeldObjects> held;  ///< none without a platform
  std::unique_ptr<QueueSink> queue;   ///< may use the two before, so it goes first
  SettleCounts ledger = {};           ///< what the ledger learnt of earlier runs
  bool is_buffering = false;          ///< the connector's queue is too full for another run
  bool may_have_queued = false;       ///< something that an earlier run pushed is still in it
  std::string user_id;                ///< the connector's user at the platform, "" without one
};

/// Opens what `options` name. `claimed_state`: the state that the run started from, when it is to move the state.
/// Throws Failure. The options and the context must outlive the target.
Target open_target(const Options& options, Context& context, const std::optional<std::string>& claimed_state);

}  // namespace push_opencti
