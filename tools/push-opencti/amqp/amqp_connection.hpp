// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tools/push-opencti/platform/connector.hpp"

namespace push_opencti {

/// How TLS to RabbitMQ is done. Certificates and keys are files, or PEM text.
struct BrokerTls {
  bool verify = true;
  std::string ca;
  std::string certificate;
  std::string key;
  std::string passphrase;
};

/// Why a connection to RabbitMQ cannot be used any more.
class BrokerFault : public std::runtime_error {
 public:
  enum class Kind {
    transient,  ///< connect again
    unrouted,   ///< queue or exchange is not there: the platform makes them anew when the connector registers
    too_large,  ///< a message is larger than RabbitMQ takes
    refused,    ///< user, password or rights
    tls,        ///< the certificate was not accepted: final
  };
  BrokerFault(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// Up to which message RabbitMQ has confirmed.
struct Confirmation {
  std::uint64_t tag = 0;
  bool multiple = false;  ///< all up to the tag
  bool positive = true;   ///< false: RabbitMQ could not keep it
};

/// A channel in confirm mode to RabbitMQ. Use it from one thread, but for interrupt().
class BrokerLink {
 public:
  virtual ~BrokerLink() = default;
  /// Publishes one persistent message that must reach a queue; the n-th call has the tag n. Throws BrokerFault.
  virtual void publish(std::string_view body) = 0;
  /// The next confirmation, waiting up to `wait` for it. Throws BrokerFault, also when a message was returned because
  /// no queue took it: what was confirmed after that must not be believed.
  virtual std::optional<Confirmation> confirmation(std::chrono::milliseconds wait) = 0;
  /// Whether RabbitMQ has said that it accepts nothing for now, since it is short of memory or disk.
  virtual bool blocked() const = 0;
  /// Ends a call in progress; called from another thread.
  virtual void interrupt() = 0;
};

/// The link over librabbitmq.
class BrokerConnection : public BrokerLink {
 public:
  /// Connects and logs in. `patience`: the send time-out, after which the connection counts as broken. Throws
  /// BrokerFault.
  BrokerConnection(const Broker& broker, const BrokerTls& tls, std::chrono::milliseconds patience);
  ~BrokerConnection() override;
  BrokerConnection(const BrokerConnection&) = delete;
  BrokerConnection& operator=(const BrokerConnection&) = delete;

  void publish(std::string_view body) override;
  std::optional<Confirmation> confirmation(std::chrono::milliseconds wait) override;
  bool blocked() const override { return blocked_; }
  void interrupt() override;

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
  std::string peer_;  // "RabbitMQ at host:port", for messages
  std::string exchange_;
  std::string routing_key_;
  bool blocked_ = false;
};

}  // namespace push_opencti
