// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "common/time.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"
#include "tools/push-opencti/amqp/amqp_sink.hpp"

namespace push_opencti::testing {

/// A RabbitMQ in memory. It confirms everything, or what it is told to confirm.
class FakeBroker {
 public:
  explicit FakeBroker(FakeClock& clock) : clock_(clock) {}

  /// Each call makes a link, whose tags count from 1.
  ConnectToBroker connect();

  /// What a message says, and when it came.
  struct Published {
    int link = 0;  ///< counted from 1
    std::uint64_t tag = 0;
    std::string body;
    std::string object_id;
    std::string work_id;
  };
  std::vector<Published> published() const;
  /// The ids of the objects in the order of their coming, over all links.
  std::vector<std::string> object_ids() const;
  /// When each link was asked for.
  std::vector<std::chrono::milliseconds> connected_at() const;
  /// Waits until that many messages have come in all.
  void wait_for_messages(std::size_t count) const;

  /// What the links say next, in order; once that is used up, and `confirms_all`, everything is confirmed as it comes.
  void say(Confirmation confirmation);
  void break_link(BrokerFault fault);
  void confirm_all(bool confirms);
  /// While there is nothing to say the clock moves by as long as the caller would have waited.
  void let_time_pass();
  /// The next attempts to connect end so.
  void refuse_link(BrokerFault fault);
  /// From now on.
  void set_blocked(bool blocked);
  /// Called at each publishing, with the number of messages so far; may throw BrokerFault.
  void before_publishing(std::function<void(std::size_t)> hook) { hook_ = std::move(hook); }

 private:
  friend class FakeLink;
  struct Saying {
    std::optional<Confirmation> confirmation;
    std::optional<BrokerFault> fault;
  };
  void publish(int link, std::uint64_t tag, std::string_view body);
  std::optional<Confirmation> confirmation(std::uint64_t& confirmed, std::uint64_t published,
                                           std::chrono::milliseconds wait);

  FakeClock& clock_;
  std::function<void(std::size_t)> hook_;
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  std::condition_variable said_;
  std::vector<Published> published_;
  std::vector<std::chrono::milliseconds> connected_at_;
  std::deque<Saying> sayings_;
  std::deque<BrokerFault> refusals_;
  bool confirms_all_ = true;
  bool blocked_ = false;
  bool time_passes_ = false;
};

}  // namespace push_opencti::testing
