// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/broker.hpp"

#include "common/program/failure.hpp"
#include "tools/push-opencti/amqp/amqp_library.hpp"

namespace push_opencti {

Broker choose_broker(Broker named, const BrokerOverrides& own) {
  Broker broker = std::move(named);
  if (!own.host.empty()) broker.host = own.host;
  if (own.port != 0) broker.port = own.port;
  if (!own.vhost.empty()) broker.vhost = own.vhost;
  if (!own.user.empty()) broker.user = own.user;
  if (!own.password.empty()) broker.password = own.password;
  broker.use_tls = own.use_tls.value_or(broker.use_tls);
  if (broker.host.empty())
    throw common::Failure(common::ExitStatus::settings, "OpenCTI names no RabbitMQ host: set MQ_HOST");
  return broker;
}

std::string_view advice_for(BrokerFault::Kind kind) {
  switch (kind) {
    case BrokerFault::Kind::refused: return "; check MQ_USER, MQ_PASS and MQ_VHOST";
    case BrokerFault::Kind::tls:  // said already
      return {};
    default: return "; check MQ_HOST, MQ_PORT and MQ_USE_SSL: OpenCTI's own name for RabbitMQ may mean nothing here";
  }
}

std::unique_ptr<BrokerLink> open_broker(const Broker& named, const BrokerOverrides& own,
                                        std::chrono::milliseconds patience, common::Log& log) {
  const Broker broker = choose_broker(named, own);
  log.add_secret(broker.password);
  log.debug("AMQP by " + amqp_library_version());
  return std::make_unique<BrokerConnection>(
      broker, BrokerTls{own.verify, own.ca, own.certificate, own.key, own.passphrase}, patience);
}

}  // namespace push_opencti
