// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>

#include "common/console/log.hpp"
#include "tools/push-opencti/amqp/amqp_connection.hpp"
#include "tools/push-opencti/options.hpp"

namespace push_opencti {

/// RabbitMQ as the platform names it, with what the settings say in its place. Throws Failure(settings) when nobody
/// names a host.
Broker choose_broker(Broker named, const BrokerOverrides& own);

/// Connects to that one, and bears with it for `patience` as the link does; its password is hidden from the log. Throws
/// Failure as choose_broker() does, and BrokerFault.
std::unique_ptr<BrokerLink> open_broker(const Broker& named, const BrokerOverrides& own,
                                        std::chrono::milliseconds patience, common::Log& log);

/// What to do about a fault that ends the run, to follow its text.
std::string_view advice_for(BrokerFault::Kind kind);

}  // namespace push_opencti
