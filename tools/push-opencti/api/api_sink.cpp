// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/api/api_sink.hpp"

#include <algorithm>

namespace push_opencti {

ApiSink::ApiSink(ApiRun& run, const std::function<GraphqlClient(std::size_t lane)>& make_client) : run_(run) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    threads_.emplace_back(
        [this, delivery = ApiDelivery(make_client(lane), run)]() mutable { work(std::move(delivery)); });
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
  const std::lock_guard lock(mutex_);
  return open_ == 0 || (open_bytes_ + bundle.text.size() <= most_bytes && ready_.size() < lanes);
}

void ApiSink::take(std::shared_ptr<const Bundle> bundle) {
  const std::string key(bundle->key());
  const bool fits = gathered_size_ + bundle->body_size <= run_.body_limit;
  if (!gathered_.empty() && (!fits || gathered_keys_.contains(key))) flush();
  {
    const std::lock_guard lock(mutex_);
    ++open_;
    open_bytes_ += bundle->text.size();
  }
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

std::size_t ApiSink::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::size_t ApiSink::unanswered() const {
  const std::lock_guard lock(mutex_);
  return unanswered_;
}

bool ApiSink::busy() const {
  const std::lock_guard lock(mutex_);
  return busy_lanes_ > 0;
}

std::vector<Outcome> ApiSink::collect(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  if (outcomes_.empty() && wait.count() > 0 && !failure_) {
    verdict_came_.wait_for(lock, wait, [this] { return !outcomes_.empty() || failure_.has_value(); });
  }
  std::vector<Outcome> taken;
  taken.swap(outcomes_);
  return taken;
}

std::optional<common::Failure> ApiSink::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

// Only the first batch in line may start, so that batches start in order.
bool ApiSink::can_start() const {
  if (ready_.empty() || failure_) return false;
  const Batch& batch = ready_.front();
  return std::none_of(batch.begin(), batch.end(),
                      [this](const auto& bundle) { return on_their_way_.contains(std::string(bundle->key())); });
}

void ApiSink::work(ApiDelivery delivery) {
  std::unique_lock lock(mutex_);
  for (;;) {
    work_came_.wait(lock, [this] { return stopping_ || can_start(); });
    if (stopping_) return;
    const Batch batch = std::move(ready_.front());
    ready_.pop_front();
    for (const auto& bundle : batch) on_their_way_.emplace(bundle->key());
    unanswered_ += batch.size();
    ++busy_lanes_;
    if (can_start()) work_came_.notify_one();
    lock.unlock();
    Delivery delivered = delivery.deliver(batch);
    lock.lock();
    finish(batch, std::move(delivered));
  }
}

void ApiSink::finish(const Batch& batch, Delivery&& delivery) {
  for (const auto& bundle : batch) {
    on_their_way_.erase(on_their_way_.find(std::string(bundle->key())));
    open_bytes_ -= bundle->text.size();
  }
  --busy_lanes_;
  unanswered_ -= delivery.failure ? delivery.outcomes.size() : batch.size();
  open_ -= batch.size();
  std::move(delivery.outcomes.begin(), delivery.outcomes.end(), std::back_inserter(outcomes_));
  if (delivery.failure && !failure_) failure_ = std::move(delivery.failure);
  work_came_.notify_all();
  verdict_came_.notify_all();
}

}  // namespace push_opencti
