// SPDX-License-Identifier: Apache-2.0
// Any bytes as OpenCTI's answer, to every question that push-opencti asks: its version, a registration with the way to
// RabbitMQ, a ping with a state, the queue's figures, a work, a push. Whatever comes, messages stay short, what goes
// back is JSON, and nothing counts as pushed that was not answered by true.
#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "common/program/failure.hpp"
#include "common/records/state.hpp"
#include "tools/push-opencti/amqp/broker.hpp"
#include "tools/push-opencti/api/api_delivery.hpp"
#include "tools/push-opencti/platform/connector.hpp"

using namespace push_opencti;

namespace {

constexpr std::size_t longest_message = 1'000;

void demand(bool holds) {
  if (!holds) std::abort();
}

/// Waiting takes no time here.
class PatientClock : public common::Clock {
 public:
  common::Instant now() const override { return {17'672'256'000'000'000 + elapsed_.count() * 10'000}; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(elapsed_);
  }
  bool sleep(std::chrono::milliseconds span) override {
    elapsed_ += span;
    return true;
  }

 private:
  std::chrono::milliseconds elapsed_{0};
};

/// Answers every request alike, and looks at what is asked.
class Echo : public Transport {
 public:
  explicit Echo(const std::string& body) : body_(body) {}
  common::HttpResponse post(std::string_view body, bool /*once*/) override {
    static simdjson::dom::parser parser;
    demand(parser.parse(body.data(), body.size()).error() == simdjson::SUCCESS);
    return {.status = 200, .body = body_};
  }

 private:
  const std::string& body_;
};

struct Scene {
  GraphqlClient client() { return {std::make_unique<Echo>(text), clock, log, {std::chrono::seconds{0}, 1}}; }

  const std::string& text;
  PatientClock clock = {};
  common::Log log{"push-opencti", -1};
};

template <typename Act>
void try_to(Act act) {
  try {
    act();
  } catch (const common::Failure& failure) {
    demand(std::string_view(failure.what()).size() <= longest_message);
  }
}

void read_every_status(const std::string& text) {
  for (const long status : std::to_array({0L, 200L, 401L, 408L, 413L, 429L, 500L})) {
    common::HttpResponse response{.status = status, .body = text};
    if (status == 0) response.error = text;
    const Answer answer = read_answer(response);
    demand(status == 200 || !answer.ok());
    demand(answer.code.size() <= longest_message && answer.message.size() <= longest_message);
    demand((exit_status(answer) == common::ExitStatus::done) == answer.ok());
    if (!answer.ok()) continue;
    demand(answer.document != nullptr);
    names_in(answer, "me.capabilities");
    has_field(answer, "workAdd.id");
  }
}

void read_connection(const std::string& text) {
  const Answer answer = read_answer({.status = 200, .body = text});
  if (!answer.ok()) return;
  try_to([&] { demand(has_feature(read_version(answer), Feature::supported)); });
  const Registration registration = read_registration(answer);
  demand(registration.broker.port >= 0 && registration.broker.port <= 65'535);
  try_to([&] { demand(!choose_broker(registration.broker, {}).host.empty()); });
  std::string reason;
  if (const auto state = common::State::parse(registration.state, reason)) {
    demand(common::State::parse(state->to_json(), reason).has_value());
  } else {
    demand(!reason.empty() && reason.size() <= longest_message);
  }
}

/// Whether a worker could find a true where the push's answer belongs.
bool says_true(const std::string& text) {
  const Answer answer = read_answer({.status = 200, .body = text});
  return answer.ok() && is_true(answer, "stixBundlePush");
}

void run_against(Scene& scene) {
  GraphqlClient client = scene.client();
  try_to([&] {
    if (const auto queue = read_queue(client, "c")) demand(queue->messages >= 0 && queue->bytes >= 0);
  });
  std::string line = R"({"type":"bundle","id":"b","objects":[{"type":"url","id":"url--1"}]})";
  const std::size_t size = line.size();
  line.append(64, '\0');  // the parser reads beyond its end
  const auto bundle = std::make_shared<Bundle>();
  std::string reason;
  demand(BundleParser().parse({line.data(), size}, *bundle, reason));
  for (const char* version : {"6.4.0", "6.9.17", "7.260817.0"}) {
    const PlatformVersion parsed = *parse_platform_version(version);
    ConnectorRun connector({.identity = {"c", "Microsoft Sentinel", "EXTERNAL_IMPORT", "sentinel"},
                            .work = work_policy(parsed, "api", false),
                            .start = scene.clock.now(),
                            .claimed_state = "{}"},
                           scene.log);
    try_to([&] { connector.open(client); });
    connector.ping(client, R"({"last_incident_timestamp":1767225600})");
    connector.store(client, scene.clock, std::chrono::seconds{5}, "{}");
    try_to([&] { connector.open_work(client); });
    connector.work().expect(client, 3);
    try_to([&] { connector.replace_work_if_gone(client); });
    ApiRun run(connector, parsed, scene.log);
    const Delivery delivery = ApiDelivery(scene.client(), run).deliver({bundle});
    for (const Outcome& outcome : delivery.outcomes)
      demand(outcome.kind != Outcome::Kind::sent || says_true(scene.text));
    demand(delivery.outcomes.size() == 1 || delivery.failure.has_value());
    connector.work().close(client, "done", false);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(bytes), size);
  read_every_status(text);
  read_connection(text);
  Scene scene{.text = text};
  run_against(scene);
  return 0;
}
