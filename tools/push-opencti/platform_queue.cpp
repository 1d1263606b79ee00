// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform_queue.hpp"

#include "tools/push-opencti/amqp/amqp_sink.hpp"
#include "tools/push-opencti/api/api_sink.hpp"

namespace push_opencti {

PlatformQueue::PlatformQueue(const PlatformOptions& options, const BrokerOverrides& broker, Platform& platform,
                             Context& context)
    : options_(options), broker_(broker), platform_(platform), context_(context), sink_(std::make_unique<NoQueue>()) {}

PlatformQueue::~PlatformQueue() = default;

void PlatformQueue::prepare() {
  if (is_open_) {
    platform_.replace_lost_work();
    return;
  }
  platform_.open_work();
  sink_ = make_sink();
  is_open_ = true;
}

std::unique_ptr<QueueSink> PlatformQueue::make_sink() {
  if (options_.protocol == "amqp") {
    const AmqpRun run{platform_.connector(), platform_.version(), options_.retry_budget,
                      context_.stop,         context_.clock,      context_.log};
    return std::make_unique<AmqpSink>(run, platform_.make_client(), [this](const Registration& registration) {
      return open_broker(registration.broker, broker_, options_.retry_budget, context_.log);
    });
  }
  api_ = std::make_unique<ApiRun>(platform_.connector(), platform_.version(), context_.log);
  return std::make_unique<ApiSink>(*api_, [this](std::size_t) { return platform_.make_client(); });
}

}  // namespace push_opencti
