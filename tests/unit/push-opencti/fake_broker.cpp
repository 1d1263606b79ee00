// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/push-opencti/fake_broker.hpp"

#include <simdjson.h>

#include "tests/stand-in/base64.hpp"

namespace push_opencti::testing {

namespace {

std::string text_of(const simdjson::dom::element& root, std::string_view pointer) {
  std::string_view text;
  return root.at_pointer(pointer).get_string().get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

}  // namespace

class FakeLink : public BrokerLink {
 public:
  FakeLink(FakeBroker& broker, int number) : broker_(broker), number_(number) {}
  void publish(std::string_view body) override { broker_.publish(number_, ++published_, body); }
  std::optional<Confirmation> confirmation(std::chrono::milliseconds wait) override {
    return broker_.confirmation(confirmed_, published_, wait);
  }
  bool blocked() const override {
    const std::lock_guard lock(broker_.mutex_);
    return broker_.blocked_;
  }
  void interrupt() override {}

 private:
  FakeBroker& broker_;
  int number_;
  std::uint64_t published_ = 0;
  std::uint64_t confirmed_ = 0;
};

ConnectToBroker FakeBroker::connect() {
  return [this](const Registration&) -> std::unique_ptr<BrokerLink> {
    const std::lock_guard lock(mutex_);
    connected_at_.push_back(clock_.slept());
    if (!refusals_.empty()) {
      const BrokerFault fault = refusals_.front();
      refusals_.pop_front();
      throw fault;
    }
    return std::make_unique<FakeLink>(*this, static_cast<int>(connected_at_.size()));
  };
}

void FakeBroker::publish(int link, std::uint64_t tag, std::string_view body) {
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    count = published_.size();
  }
  if (hook_) hook_(count);
  Published message{link, tag, std::string(body), {}, {}};
  simdjson::dom::parser parser;
  const simdjson::dom::element root = parser.parse(message.body);
  message.work_id = text_of(root, "/work_id");
  const std::string content = stand_in::base64_decoded(text_of(root, "/content"));
  simdjson::dom::parser inner;
  message.object_id = text_of(inner.parse(content), "/objects/0/id");
  const std::lock_guard lock(mutex_);
  published_.push_back(std::move(message));
  came_.notify_all();
}

std::optional<Confirmation> FakeBroker::confirmation(std::uint64_t& confirmed, std::uint64_t published,
                                                     std::chrono::milliseconds wait) {
  std::unique_lock lock(mutex_);
  for (int round = 0; round < 2; ++round) {
    if (!sayings_.empty()) {
      const Saying saying = std::move(sayings_.front());
      sayings_.pop_front();
      if (saying.fault) throw *saying.fault;
      return saying.confirmation;
    }
    if (confirms_all_ && confirmed < published) {
      confirmed = published;
      return Confirmation{published, true, true};
    }
    if (time_passes_) {
      clock_.advance(wait);
      return {};
    }
    if (round == 0) said_.wait_for(lock, wait);
  }
  return {};
}

std::vector<FakeBroker::Published> FakeBroker::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::vector<std::string> FakeBroker::object_ids() const {
  std::vector<std::string> ids;
  for (const Published& message : published()) ids.push_back(message.object_id);
  return ids;
}

std::vector<std::chrono::milliseconds> FakeBroker::connected_at() const {
  const std::lock_guard lock(mutex_);
  return connected_at_;
}

void FakeBroker::wait_for_messages(std::size_t count) const {
  std::unique_lock lock(mutex_);
  came_.wait(lock, [this, count] { return published_.size() >= count; });
}

void FakeBroker::say(Confirmation confirmation) {
  const std::lock_guard lock(mutex_);
  sayings_.push_back({confirmation, {}});
  said_.notify_all();
}

void FakeBroker::break_link(BrokerFault fault) {
  const std::lock_guard lock(mutex_);
  sayings_.push_back({{}, std::move(fault)});
  said_.notify_all();
}

void FakeBroker::confirm_all(bool confirms) {
  const std::lock_guard lock(mutex_);
  confirms_all_ = confirms;
  said_.notify_all();
}

void FakeBroker::refuse_link(BrokerFault fault) {
  const std::lock_guard lock(mutex_);
  refusals_.push_back(std::move(fault));
}

void FakeBroker::set_blocked(bool blocked) {
  const std::lock_guard lock(mutex_);
  blocked_ = blocked;
}

void FakeBroker::let_time_pass() {
  const std::lock_guard lock(mutex_);
  time_passes_ = true;
  said_.notify_all();
}

}  // namespace push_opencti::testing
