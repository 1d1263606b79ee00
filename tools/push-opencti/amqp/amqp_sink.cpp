// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_sink.hpp"

#include <algorithm>
#include <unordered_set>

#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/threads.hpp"

namespace push_opencti {

namespace {

using namespace std::chrono_literals;

constexpr auto first_back_off = 250ms;
constexpr auto longest_back_off = 30'000ms;
constexpr auto confirmation_wait = 20ms;     // short: new bundles are published meanwhile
constexpr std::size_t portion = 256u << 10;  // bytes of objects published without listening
constexpr auto idle_wait = 1000ms;  // how often an idle link is looked after: RabbitMQ drops it without heartbeats

common::ExitStatus status_of(BrokerFault::Kind kind) {
  return kind == BrokerFault::Kind::refused ? common::ExitStatus::refused : common::ExitStatus::unavailable;
}

}  // namespace

AmqpSink::AmqpSink(AmqpRun run, GraphqlClient client, ConnectToBroker connect)
    : run_(run),
      client_(std::move(client)),
      connect_(std::move(connect)),
      last_progress_(run.clock.steady()),
      back_off_(first_back_off),
      thread_(start_thread([this] { this->run(); })) {}

AmqpSink::~AmqpSink() { AmqpSink::stop(); }

void AmqpSink::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    if (link_ != nullptr && run_.stop.received() != 0) link_->interrupt();
  }
  work_came_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool AmqpSink::has_room(const Bundle& bundle) const {
  const Outbox::Load load = outbox_.load();
  return load.bundles == 0 || (load.bytes + bundle.text.size() <= most_bytes && load.bundles < most_bundles);
}

void AmqpSink::take(std::shared_ptr<const Bundle> bundle) {
  outbox_.add(*bundle);
  {
    const std::lock_guard lock(mutex_);
    incoming_.push_back(std::move(bundle));
  }
  work_came_.notify_all();
}

void AmqpSink::run() {
  std::optional<common::Failure> failure;
  try {
    while (take_in()) {
      try {
        if (items_.empty()) {
          if (link_ != nullptr) link_->confirmation(0ms);  // answers RabbitMQ's heartbeats
          continue;
        }
        connect();
        announce();
        await_confirmations(publish_some() ? 0ms : confirmation_wait);
      } catch (const BrokerFault& fault) {
        recover(fault);
      }
    }
  } catch (...) {
    failure = current_failure("publishing");
  }
  {
    const std::lock_guard lock(mutex_);
    link_.reset();
  }
  outbox_.change_unanswered(
      std::count_if(items_.begin(), items_.end(), [](const Item& item) { return !item.finished && item.published; }));
  if (failure) outbox_.fail(*failure);
}

// Moves new bundles into the thread's own list; waits a while if there is nothing to do. False when the sink is
// stopped.
bool AmqpSink::take_in() {
  throw_if_stopped();
  std::unique_lock lock(mutex_);
  if (items_.empty() && incoming_.empty() && !stopping_) {
    work_came_.wait_for(lock, idle_wait, [this] { return stopping_ || !incoming_.empty(); });
  }
  if (stopping_) return false;
  std::deque<std::shared_ptr<const Bundle>> taken;
  taken.swap(incoming_);
  lock.unlock();
  if (items_.empty()) last_progress_ = run_.clock.steady();
  for (auto& bundle : taken) {
    Item& item = items_.emplace_back(std::move(bundle));
    for (std::size_t i = 0; i < item.messages.count(); ++i) {
      if (item.messages.object_size(i) > SizeLimits{}.bundle) refuse(item, i, "larger than the platform's queue takes");
    }
    // Without messages there is no confirmation that would finish it.
    if (item.messages.count() == 0) finish(item);
  }
  drop_finished();
  return true;
}

void AmqpSink::throw_if_stopped() const {
  if (run_.stop.received() != 0) throw common::Failure(common::ExitStatus::stopped_early, "");
}

void AmqpSink::connect() {
  if (link_ != nullptr) return;
  std::unique_ptr<BrokerLink> link = connect_(run_.connector.registration());
  last_tag_ = 0;
  const std::lock_guard lock(mutex_);
  link_ = std::move(link);
}

// Announces the objects before they are published, so that the platform never completes the work too early. At versions
// where that would make workers drop queued messages, messages that are published again are announced again, since they
// may arrive twice. If they arrive once, the work stays open until the platform closes it after the next run.
void AmqpSink::announce() {
  const std::string work_id = run_.connector.work().id();
  std::size_t count = work_needs_hold(run_.version) ? possible_copies_ : 0;
  for (const Item& item : items_) {
    if (item.announced != work_id) count += item.left;
  }
  if (count == 0) return;
  const Answer answer = run_.connector.work().expect(client_, count);
  if (!answer.ok()) fail(operations::work_add_expectations, answer);
  for (Item& item : items_) item.announced = work_id;
  possible_copies_ = 0;
}

// Publishes one portion; true when there is another one. Between portions the sink listens: a RabbitMQ that is short of
// memory says so once and then reads nothing, so that publishing would block.
bool AmqpSink::publish_some() {
  if (link_->blocked()) return false;
  std::size_t bytes = 0;
  const MessageFrame frame{run_.version, run_.connector.registration().user_id, run_.connector.work().id(),
                           run_.connector.work().draft_id()};
  std::unordered_set<std::string_view> unfinished;
  for (Item& item : items_) {
    if (item.finished) continue;
    // Wait while an earlier bundle of the incident is unconfirmed: published again, it would arrive last.
    if (!unfinished.insert(item.bundle->key()).second) return false;
    while (item.next < item.messages.count()) {
      if (on_their_way_.size() >= most_unconfirmed) return false;
      if (bytes >= portion) return true;
      const std::size_t index = item.next++;
      if (item.settled[index]) continue;
      publish(item, index, frame);
      bytes += item.messages.object_size(index);
    }
  }
  return false;
}

void AmqpSink::publish(Item& item, std::size_t index, const MessageFrame& frame) {
  on_their_way_[++last_tag_] = {&item, index};
  item.published = true;
  ++published_;
  link_->publish(item.messages.body(index, frame));
}

// Reads all confirmations that have come, waiting up to `wait` for the first, or for RabbitMQ to unblock.
void AmqpSink::await_confirmations(std::chrono::milliseconds wait) {
  for (; !on_their_way_.empty() || link_->blocked(); wait = 0ms) {
    const auto confirmation = link_->confirmation(wait);
    if (!confirmation) {
      note_blockage();
      // A broker short of memory or disk keeps the connection and confirms nothing.
      if (run_.clock.steady() - last_progress_ < run_.budget) return;
      throw BrokerFault(BrokerFault::Kind::transient, "RabbitMQ keeps silent; is it short of memory or disk?");
    }
    if (!confirmation->positive) throw BrokerFault(BrokerFault::Kind::transient, "RabbitMQ could not keep a message");
    confirm(*confirmation);
  }
}

void AmqpSink::note_blockage() {
  if (link_->blocked() == told_of_blockage_) return;
  told_of_blockage_ = !told_of_blockage_;
  run_.log.warning_of_kind("RabbitMQ blocks",
                           told_of_blockage_ ? "RabbitMQ is short of memory or disk and takes nothing until it has room"
                                             : "RabbitMQ has room again");
}

void AmqpSink::confirm(const Confirmation& confirmation) {
  last_progress_ = run_.clock.steady();
  back_off_ = first_back_off;
  const auto end = on_their_way_.upper_bound(confirmation.tag);
  const auto begin = confirmation.multiple ? on_their_way_.begin() : on_their_way_.find(confirmation.tag);
  if (begin == on_their_way_.end()) return;
  confirmed_ = true;
  std::vector<Sent> confirmed;
  for (auto at = begin; at != end; ++at) confirmed.push_back(at->second);
  on_their_way_.erase(begin, end);
  for (const Sent& sent : confirmed) settle(*sent.item, sent.index);
  drop_finished();
}

void AmqpSink::drop_finished() {
  while (!items_.empty() && items_.front().finished) items_.pop_front();
}

void AmqpSink::settle(Item& item, std::size_t index) {
  if (item.settled[index]) return;
  item.settled[index] = true;
  if (--item.left == 0) finish(item);
}

void AmqpSink::refuse(Item& item, std::size_t index, const std::string& reason) {
  if (!item.refused.empty()) item.refused += ", ";
  item.refused.append(item.messages.object_id(index)).append(" (").append(reason).append(")");
  ++item.refusals;
  settle(item, index);
}

void AmqpSink::finish(Item& item) {
  item.finished = true;
  Outcome outcome{item.bundle->number, Outcome::Kind::sent, {}, item.announced};
  outcome.messages = static_cast<std::int64_t>(item.messages.count());
  if (!item.refused.empty()) {
    outcome.kind = item.refusals == item.messages.count() ? Outcome::Kind::refused : Outcome::Kind::partly_refused;
    outcome.kind_of_reason = "not taken by RabbitMQ";
    outcome.reason = "not taken by RabbitMQ: " + item.refused;
  } else if (item.messages.count() == 0) {
    outcome.kind = Outcome::Kind::refused;
    outcome.kind_of_reason = outcome.reason = "no object was found in it";
  }
  refused_in_a_row_ = outcome.kind == Outcome::Kind::refused ? refused_in_a_row_ + 1 : 0;
  const std::string reason = outcome.reason;
  std::vector<Outcome> outcomes;
  outcomes.push_back(std::move(outcome));
  outbox_.release(load_of(*item.bundle), std::move(outcomes));
  if (refused_in_a_row_ >= most_refused_in_a_row) {
    throw common::Failure(common::ExitStatus::unavailable, refused_too_often(refused_in_a_row_, reason));
  }
}

void AmqpSink::drop_link() {
  {
    const std::lock_guard lock(mutex_);
    link_.reset();
  }
  possible_copies_ +=
      static_cast<std::size_t>(std::count_if(on_their_way_.begin(), on_their_way_.end(), [](const auto& sent) {
        return !sent.second.item->settled[sent.second.index];
      }));
  on_their_way_.clear();
  for (Item& item : items_) item.next = 0;  // what is settled is passed over
}

void AmqpSink::recover(const BrokerFault& fault) {
  throw_if_stopped();
  if (fault.kind() == BrokerFault::Kind::refused || fault.kind() == BrokerFault::Kind::tls) {
    throw common::Failure(status_of(fault.kind()), std::string(fault.what()).append(advice_for(fault.kind())));
  }
  if (fault.kind() == BrokerFault::Kind::too_large && !on_their_way_.empty()) refuse_largest(fault.what());
  drop_link();
  drop_finished();
  if (run_.clock.steady() - last_progress_ >= run_.budget) {
    throw common::Failure(common::ExitStatus::unavailable,
                          "RabbitMQ confirmed nothing within SENTINEL_INCIDENTS_RETRY_BUDGET: " +
                              std::string(fault.what()).append(advice_for(fault.kind())));
  }
  run_.log.warning_of_kind(
      "RabbitMQ", std::string(fault.what()) + "; connecting again in " + std::to_string(back_off_.count()) + " ms");
  if (!run_.clock.sleep(back_off_)) throw_if_stopped();
  back_off_ = std::min<std::chrono::milliseconds>(back_off_ * 2, longest_back_off);
  if (fault.kind() == BrokerFault::Kind::unrouted) redeclare_queue();
}

// RabbitMQ does not say which message was too large. If it was not the largest one, it is the largest the next time.
void AmqpSink::refuse_largest(const std::string& reason) {
  const auto largest = std::max_element(on_their_way_.begin(), on_their_way_.end(), [](const auto& a, const auto& b) {
    return a.second.item->messages.object_size(a.second.index) < b.second.item->messages.object_size(b.second.index);
  });
  const Sent sent = largest->second;
  run_.connector.work().report_refused(client_, std::string(sent.item->messages.object_id(sent.index)), reason);
  refuse(*sent.item, sent.index, reason);
}

// The platform declares the connector's queue whenever the connector registers.
void AmqpSink::redeclare_queue() {
  // Messages that were confirmed and not consumed went with the queue; nobody can tell how many.
  if (confirmed_) {
    run_.connector.give_up_claim(
        "the connector's queue at RabbitMQ was deleted, and with it perhaps what was pushed before");
  }
  run_.connector.register_again(client_);
}

}  // namespace push_opencti
