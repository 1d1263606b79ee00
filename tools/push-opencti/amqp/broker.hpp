// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/console/log.hpp"
#include "tools/push-opencti/amqp/amqp_connection.hpp"

namespace push_opencti {

/// Settings for RabbitMQ that take precedence over what the platform says; empty means as the platform says.
struct BrokerOverrides {
  std::string host;
  int port = 0;
  std::string vhost;
  std::string user;
  std::string password;
  std::optional<bool> use_tls;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string passphrase;
  bool verify = true;
};

/// The RabbitMQ that the platform names, with the settings applied. Throws Failure(settings) when nobody names a host.
Broker choose_broker(Broker named, const BrokerOverrides& own);

/// Connects to it; `patience` is the time-out for sending, as BrokerConnection has it. The log masks its password.
/// Throws Failure as choose_broker() does, and BrokerFault.
std::unique_ptr<BrokerLink> open_broker(const Broker& named, const BrokerOverrides& own,
                                        std::chrono::milliseconds patience, common::Log& log);

/// Advice on a fault that ends the run, to follow its text.
std::string_view advice_for(BrokerFault::Kind kind);

}  // namespace push_opencti
