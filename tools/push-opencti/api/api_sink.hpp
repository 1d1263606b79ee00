// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <vector>

#include "tools/push-opencti/api/api_delivery.hpp"
#include "tools/push-opencti/outbox.hpp"

namespace push_opencti {

/// Gathers bundles into batches and delivers up to `lanes` of them at a time, each over a connection of its own. A
/// batch waits while an earlier bundle of one of its incidents is on its way, so that an older version of an incident
/// never arrives last.
class ApiSink : public QueueSink {
 public:
  static constexpr std::size_t lanes = 4;
  static constexpr std::size_t most_bytes = 16u << 20;  ///< of bundles held at a time, unless a single one is larger

  /// `make_client` is called once per lane. Goes on with fewer lanes where threads are short; throws Failure where
  /// there is not one.
  ApiSink(ApiRun& run, const std::function<GraphqlClient(std::size_t lane)>& make_client);
  ~ApiSink() override;

  bool has_room(const Bundle& bundle) const override;
  void take(std::shared_ptr<const Bundle> bundle) override;
  void flush() override;
  std::size_t open() const override { return outbox_.load().bundles; }
  std::size_t unanswered() const override { return outbox_.unanswered(); }
  bool busy() const override;
  bool gathering() const override { return !gathered_.empty(); }
  std::vector<Outcome> collect(std::chrono::milliseconds wait) override { return outbox_.collect(wait); }
  std::optional<common::Failure> failure() const override { return outbox_.failure(); }
  std::uint64_t requests() const override { return run_.requests; }
  void stop() override;

 private:
  void work(ApiDelivery& delivery);
  bool can_start() const;
  void finish(const Batch& batch, Delivery&& delivery);

  ApiRun& run_;
  Batch gathered_;
  std::size_t gathered_size_ = 0;
  std::unordered_set<std::string> gathered_keys_;

  Outbox outbox_;
  mutable std::mutex mutex_;
  std::condition_variable work_came_;
  std::deque<Batch> ready_;
  std::unordered_multiset<std::string> on_their_way_;  // keys
  std::size_t busy_lanes_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace push_opencti
