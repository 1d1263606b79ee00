// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/target.hpp"

#include <utility>

#include "tools/push-opencti/ledger_opening.hpp"
#include "tools/push-opencti/ledger_sink.hpp"
#include "tools/push-opencti/platform_queue.hpp"
#include "tools/push-opencti/revival_sink.hpp"
#include "tools/push-opencti/state/state_keeper.hpp"

namespace push_opencti {

namespace {

Target open_platform(const Options& options, Context& context, const std::optional<std::string>& claimed_state) {
  auto platform = std::make_unique<Platform>(options.platform, context, claimed_state);
  platform->connect();
  std::unique_ptr<Ledger> ledger = open_with_ledger(options, *platform, context);
  Target target;
  target.is_buffering = platform->is_buffering();
  target.may_have_queued = platform->has_queued();
  target.user_id = platform->connector().registration().user_id;
  target.held = std::make_unique<HeldObjects>(platform->make_client(), context.log);
  target.queue = std::make_unique<RevivalSink>(
      std::make_unique<PlatformQueue>(options.platform, options.broker, *platform, context), *target.held,
      context.clock, context.log);
  if (ledger) {
    target.ledger = ledger->counts();
    ConnectorRun& connector = platform->connector();
    target.queue = std::make_unique<LedgerSink>(
        std::move(target.queue), std::move(ledger), [&connector] { return connector.disturbances(); },
        connector.work().policy().hold ? 1 : 0);
  }
  target.state = std::move(platform);
  return target;
}

}  // namespace

Target open_target(const Options& options, Context& context, const std::optional<std::string>& claimed_state) {
  if (options.to_queue) return open_platform(options, context, claimed_state);
  Target target;
  target.queue = std::make_unique<NoQueue>();
  if (options.state_file) {
    target.state = std::make_unique<FileState>(*options.state_file, claimed_state, context.log);
  } else {
    target.state = std::make_unique<NoState>();
  }
  return target;
}

}  // namespace push_opencti
