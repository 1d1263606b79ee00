// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/api/api_sink.hpp"

#include <algorithm>

#include "tools/push-opencti/threads.hpp"

namespace push_opencti {

ApiSink::ApiSink(ApiRun& run, const std::function<GraphqlClient(std::size_t lane)>& make_client) : run_(run) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const auto delivery = std::make_shared<ApiDelivery>(make_client(lane), run);
    try {
      threads_.push_back(start_thread([this, delivery] { work(*delivery); }));
    } catch (const common::Failure& failure) {
      if (threads_.empty()) throw;
      run.log.warning("pushing over " + std::to_string(threads_.size()) + " connections instead of " +
                      std::to_string(lanes) + ": " + failure.what());
      return;
    }
  }
}

ApiSink::~ApiSink() { ApiSink::stop(); }

void ApiSink::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_came_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

bool ApiSink::has_room(const Bundle& bundle) const {
  const Outbox::Load load = outbox_.load();
  if (load.bundles == 0) return true;
  const std::lock_guard lock(mutex_);
  return load.bytes + bundle.text.size() <= most_bytes && ready_.size() < lanes;
}

void ApiSink::take(std::shared_ptr<const Bundle> bundle) {
  const std::string key(bundle->key());
  const bool fits = gathered_size_ + bundle->body_size <= run_.body_limit;
  if (!gathered_.empty() && (!fits || gathered_keys_.contains(key))) flush();
  outbox_.add(*bundle);
  gathered_size_ += bundle->body_size;
  gathered_keys_.insert(key);
  gathered_.push_back(std::move(bundle));
  if (gathered_size_ >= run_.body_limit) flush();
}

void ApiSink::flush() {
  if (gathered_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    ready_.push_back(std::move(gathered_));
  }
  gathered_.clear();
  gathered_size_ = 0;
  gathered_keys_.clear();
  work_came_.notify_one();
}

bool ApiSink::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_lanes_ > 0;
}

// Only the first batch in line may start, so that batches start in order.
bool ApiSink::can_start() const {
  if (ready_.empty() || outbox_.failure()) return false;
  const Batch& batch = ready_.front();
  return std::none_of(batch.begin(), batch.end(),
                      [this](const auto& bundle) { return on_their_way_.contains(std::string(bundle->key())); });
}

void ApiSink::work(ApiDelivery& delivery) {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_came_.wait(lock, [this] { return stopping_ || can_start(); });
    if (stopping_) return;
    const Batch batch = std::move(ready_.front());
    ready_.pop_front();
    for (const auto& bundle : batch) on_their_way_.emplace(bundle->key());
    outbox_.change_unanswered(static_cast<long>(batch.size()));
    ++busy_lanes_;
    if (can_start()) work_came_.notify_one();
    lock.unlock();
    Delivery delivered = delivery.deliver(batch);
    lock.lock();
    finish(batch, std::move(delivered));
  }
}

void ApiSink::finish(const Batch& batch, Delivery&& delivery) {
  Outbox::Load done;
  for (const auto& bundle : batch) {
    on_their_way_.erase(on_their_way_.find(std::string(bundle->key())));
    ++done.bundles;
    done.bytes += bundle->text.size();
  }
  --busy_lanes_;
  outbox_.change_unanswered(-static_cast<long>(delivery.outcomes.size()));
  if (delivery.failure) outbox_.fail(*delivery.failure);
  outbox_.release(done, std::move(delivery.outcomes));
  work_came_.notify_all();
}

}  // namespace push_opencti
