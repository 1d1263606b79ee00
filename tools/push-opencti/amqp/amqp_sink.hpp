// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "common/program/stop_signal.hpp"
#include "tools/push-opencti/amqp/amqp_connection.hpp"
#include "tools/push-opencti/amqp/amqp_message.hpp"
#include "tools/push-opencti/outbox.hpp"
#include "tools/push-opencti/platform/connector_run.hpp"

namespace push_opencti {

/// Connects to the RabbitMQ that the registration names. Throws BrokerFault.
using ConnectToBroker = std::function<std::unique_ptr<BrokerLink>(const Registration&)>;

/// What the sink uses of the run.
struct AmqpRun {
  ConnectorRun& connector;
  PlatformVersion version;
  std::chrono::seconds budget;  ///< how long nothing may be confirmed before the run ends
  common::StopSignal& stop;
  common::Clock& clock;
  common::Log& log;
};

/// Publishes bundles to RabbitMQ, object by object, on its own thread. Many messages are on their way at a time; a
/// bundle counts as sent when each of its messages is confirmed. After a broken connection, unconfirmed messages are
/// published again.
class AmqpSink : public QueueSink {
 public:
  static constexpr std::size_t most_bytes = 16u << 20;  ///< of bundles held at a time, unless a single one is larger
  static constexpr std::size_t most_bundles = 4096;
  static constexpr std::size_t most_unconfirmed = 1000;  ///< messages

  AmqpSink(AmqpRun run, GraphqlClient client, ConnectToBroker connect);
  ~AmqpSink() override;

  bool has_room(const Bundle& bundle) const override;
  void take(std::shared_ptr<const Bundle> bundle) override;
  void flush() override {}  // nothing is gathered
  std::size_t open() const override { return outbox_.load().bundles; }
  std::size_t unanswered() const override { return outbox_.unanswered(); }
  bool busy() const override { return open() > 0 && !failure(); }
  bool gathering() const override { return false; }
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override { return outbox_.collect(wait); }
  std::optional<common::Failure> failure() const override { return outbox_.failure(); }
  std::uint64_t requests() const override { return published_; }
  void stop() override;

 private:
  // A bundle on its way.
  struct Item {
    explicit Item(std::shared_ptr<const Bundle> the_bundle)
        : bundle(std::move(the_bundle)), messages(*bundle), settled(messages.count()), left(messages.count()) {}
    std::shared_ptr<const Bundle> bundle;
    BundleMessages messages;
    std::vector<bool> settled;  // confirmed, or refused for good
    std::size_t left;           // messages that are not settled
    std::size_t next = 0;       // the next message to publish
    bool published = false;     // the platform may have some of it
    std::string announced;      // the work that was told of them
    std::string refused;        // objects that RabbitMQ cannot hold
    std::size_t refusals = 0;
    bool finished = false;
  };
  struct Sent {
    Item* item;
    std::size_t index;
  };

  void run();
  bool take_in();
  void connect();
  void announce();
  bool publish_some();
  void publish(Item& item, std::size_t index, const MessageFrame& frame);
  void await_confirmations(std::chrono::milliseconds wait);
  void confirm(const Confirmation& confirmation);
  void settle(Item& item, std::size_t index);
  void drop_finished();
  void refuse(Item& item, std::size_t index, const std::string& reason);
  void refuse_largest(const std::string& reason);
  void note_blockage();
  void finish(Item& item);
  void recover(const BrokerFault& fault);
  void drop_link();
  void redeclare_queue();
  void throw_if_stopped() const;

  AmqpRun run_;
  GraphqlClient client_;
  ConnectToBroker connect_;

  // Used by the thread only.
  std::deque<Item> items_;
  std::map<std::uint64_t, Sent> on_their_way_;
  std::uint64_t last_tag_ = 0;
  std::size_t possible_copies_ =
      0;  // messages that RabbitMQ may hold already when they are published again, not announced yet
  std::chrono::steady_clock::time_point last_progress_;
  std::chrono::milliseconds back_off_;
  bool told_of_blockage_ = false;
  int refused_in_a_row_ = 0;
  bool confirmed_ = false;  // a message of this run

  Outbox outbox_;
  std::mutex mutex_;
  std::condition_variable work_came_;
  std::unique_ptr<BrokerLink> link_;  // used by the thread without the mutex, made and dropped with it
  std::deque<std::shared_ptr<const Bundle>> incoming_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> published_{0};
  std::thread thread_;
};

}  // namespace push_opencti
