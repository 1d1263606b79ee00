// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/outbox.hpp"

#include <iterator>
#include <utility>

namespace push_opencti {

void Outbox::add(const Bundle& bundle) {
  const std::lock_guard lock(mutex_);
  ++load_.bundles;
  load_.bytes += bundle.text.size();
}

Outbox::Load Outbox::load() const {
  const std::lock_guard lock(mutex_);
  return load_;
}

std::size_t Outbox::unanswered() const {
  const std::lock_guard lock(mutex_);
  return unanswered_;
}

std::vector<Outcome> Outbox::collect(std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  news_.wait_for(lock, wait, [this] { return !outcomes_.empty() || failure_.has_value(); });
  return std::exchange(outcomes_, {});
}

std::optional<common::Failure> Outbox::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Outbox::release(Load done, std::vector<Outcome>&& outcomes) {
  const std::lock_guard lock(mutex_);
  load_.bundles -= done.bundles;
  load_.bytes -= done.bytes;
  std::move(outcomes.begin(), outcomes.end(), std::back_inserter(outcomes_));
  news_.notify_all();
}

void Outbox::change_unanswered(long difference) {
  const std::lock_guard lock(mutex_);
  unanswered_ = static_cast<std::size_t>(static_cast<long>(unanswered_) + difference);
}

void Outbox::fail(const common::Failure& failure) {
  const std::lock_guard lock(mutex_);
  if (!failure_) failure_ = failure;
  news_.notify_all();
}

}  // namespace push_opencti
