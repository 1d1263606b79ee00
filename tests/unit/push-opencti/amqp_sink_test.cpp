// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/amqp/amqp_sink.hpp"

#include <signal.h>

#include <algorithm>
#include <latch>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_broker.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

using namespace std::chrono_literals;
using Kind = BrokerFault::Kind;

// The objects of a bundle_line() in the order of their messages.
std::vector<std::string> ids_of(int incident) {
  const std::string uuid = "0000000" + std::to_string(incident) + "-0000-4000-8000-000000000000";
  return {"identity--11111111-1111-5111-8111-111111111111", "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
          "ipv4-addr--" + uuid, "case-incident--" + uuid};
}

std::vector<std::string> joined(std::vector<std::string> first, const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

std::shared_ptr<const Bundle> bundle_of(int incident, std::uint64_t number,
                                        const std::string& last_update = "2026-01-01T00:00:00Z") {
  return testing::bundle_of(bundle_line(incident, last_update), number);
}

// A bundle_line() with further objects.
std::string line_with(const std::string& objects) {
  std::string line = bundle_line(1, "2026-01-01T00:00:00Z");
  line.insert(line.size() - 2, objects);
  return line;
}

struct Scene {
  explicit Scene(const std::string& version = "7.260817.0", bool validate = false)
      : platform(version),
        connector({.identity = {"c", "Microsoft Sentinel", "EXTERNAL_IMPORT", "sentinel"},
                   .work = work_policy(*parse_platform_version(version), "amqp", validate),
                   .start = clock.now()},
                  log),
        version_(*parse_platform_version(version)) {
    GraphqlClient one = client();
    connector.open(one);
    connector.open_work(one);
  }

  GraphqlClient client() { return {platform.connect()(1s, nullptr), clock, log, {900s, 1}}; }
  AmqpRun run() { return {connector, version_, 900s, stop, clock, log}; }
  // The outcomes, until there are that many or the sink has failed.
  static std::vector<Outcome> collect(QueueSink& sink, std::size_t count) {
    std::vector<Outcome> outcomes;
    while (outcomes.size() < count && !sink.failure()) {
      for (Outcome& outcome : sink.collect(1000ms)) outcomes.push_back(std::move(outcome));
    }
    return outcomes;
  }

  common::StopSignal stop;
  FakePlatform platform;
  FakeClock clock;
  FakeBroker broker{clock};
  common::Log log{"push-opencti", -1};
  ConnectorRun connector;
  PlatformVersion version_;
  AmqpSink sink{run(), client(), broker.connect()};
};

}  // namespace

TEST_CASE("over AMQP each object is a message of its own, after what it refers to, and names the run's work") {
  Scene scene;
  scene.sink.take(bundle_of(1, 0));
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].kind == Outcome::Kind::sent);
  CHECK(outcomes[0].work_id == scene.connector.work().id());
  CHECK(scene.broker.object_ids() == ids_of(1));
  for (const auto& message : scene.broker.published()) CHECK(message.work_id == scene.connector.work().id());
  CHECK(scene.sink.requests() == 4);
}

TEST_CASE(
    "over AMQP a bundle is sent once the last of its messages is confirmed, in whatever order confirmations come") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.sink.take(bundle_of(1, 0));
  scene.broker.wait_for_messages(4);
  for (const std::uint64_t tag : {4u, 1u, 3u}) scene.broker.say({tag, false, true});
  scene.broker.say({3, false, true});  // said twice
  CHECK(scene.sink.collect(100ms).empty());
  CHECK(scene.sink.open() == 1);
  scene.broker.say({2, false, true});
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  CHECK(scene.sink.open() == 0);
}

TEST_CASE("a confirmation of several settles all up to its tag and no more") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.sink.take(bundle_of(1, 0));
  scene.sink.take(bundle_of(2, 1));
  scene.broker.wait_for_messages(8);
  scene.broker.say({7, true, true});
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].number == 0);
  CHECK(scene.sink.collect(100ms).empty());
  scene.broker.say({8, false, true});
  CHECK(Scene::collect(scene.sink, 1).at(0).number == 1);
}

TEST_CASE("objects are announced before the first of them is published, and once") {
  Scene scene;
  std::vector<std::size_t> announced;
  scene.broker.before_publishing([&](std::size_t count) {
    if (count == 0) announced.push_back(scene.platform.count("addExpectations"));
  });
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.sink.take(bundle_of(1, 0));
  REQUIRE(Scene::collect(scene.sink, 1).size() == 1);
  CHECK(announced == std::vector<std::size_t>{1});
  CHECK(scene.platform.count("addExpectations") == 1);
  CHECK(scene.platform.works().at(scene.connector.work().id()).expected == 4);
  CHECK(scene.broker.published().size() == 8);
}

TEST_CASE("after a broken connection what was not confirmed is published again, and nothing else") {
  Scene scene;
  scene.broker.say({2, true, true});
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  const auto ids = ids_of(1);
  CHECK(scene.broker.object_ids() == joined(ids, {ids[2], ids[3]}));
  CHECK(scene.broker.published().back().link == 2);
}

TEST_CASE("where closing a work can make workers drop messages, those that may come twice are announced twice") {
  const auto [version, expected] = GENERATE(std::pair{"6.8.7", 4 + 2 + 1}, std::pair{"7.260507.0", 4 + 2 + 1},
                                            std::pair{"6.8.6", 4}, std::pair{"7.260508.0", 4});
  Scene scene(version);
  scene.broker.say({2, true, true});
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.broker.say({1, false, true});
  scene.broker.break_link({Kind::transient, "connection reset"});
  std::vector<int> announced;
  scene.broker.before_publishing(
      [&](std::size_t) { announced.push_back(scene.platform.works().at(scene.connector.work().id()).expected); });
  scene.sink.take(bundle_of(1, 0));
  REQUIRE(Scene::collect(scene.sink, 1).size() == 1);
  CHECK(scene.broker.published().size() == 4 + 2 + 1);
  CHECK(announced.back() == expected);
  CHECK(scene.platform.works().at(scene.connector.work().id()).expected == expected);
}

TEST_CASE("what is confirmed after a new connection is counted by its own tags") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.broker.say({3, true, true});
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.sink.take(bundle_of(1, 0));
  scene.broker.wait_for_messages(5);
  scene.broker.say({1, false, true});
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
}

TEST_CASE("a message that RabbitMQ could not keep is published again") {
  Scene scene;
  scene.broker.say({3, true, true});
  scene.broker.say({4, false, false});
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  CHECK(scene.broker.object_ids() == joined(ids_of(1), {ids_of(1)[3]}));
}

TEST_CASE(
    "a returned message makes the connector register again and is published again, and its confirmation is not "
    "believed") {
  Scene scene;
  scene.broker.say({1, false, true});
  scene.broker.break_link({Kind::unrouted, "RabbitMQ returned a message: 312 NO_ROUTE"});
  const std::size_t registered = scene.platform.count("registerConnector");
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  CHECK(scene.platform.count("registerConnector") == registered + 1);
  const auto ids = ids_of(1);
  CHECK(scene.broker.object_ids() == joined(ids, {ids[1], ids[2], ids[3]}));
}

TEST_CASE("when the work has gone with the queue, the rest is announced to another work and says so") {
  Scene scene;
  const std::string first = scene.connector.work().id();
  scene.broker.say({2, true, true});
  scene.broker.break_link({Kind::unrouted, "RabbitMQ returned a message: 312 NO_ROUTE"});
  scene.broker.before_publishing([&scene](std::size_t count) {
    if (count == 3) scene.platform.delete_connector();
  });
  scene.sink.take(bundle_of(1, 0));
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(scene.connector.work().id() != first);
  CHECK(outcomes[0].work_id == scene.connector.work().id());
  CHECK(scene.platform.works().at(scene.connector.work().id()).expected == 2);
  const auto published = scene.broker.published();
  CHECK(published.at(3).work_id == first);
  CHECK(published.at(4).work_id == scene.connector.work().id());
}

TEST_CASE("waits between connections double up to thirty seconds, and start anew after a confirmation") {
  Scene scene;
  for (int i = 0; i < 10; ++i) scene.broker.refuse_link({Kind::transient, "connection refused"});
  scene.broker.say({2, true, true});
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  const auto at = scene.broker.connected_at();
  REQUIRE(at.size() == 12);
  std::vector<std::chrono::milliseconds> waits;
  for (std::size_t i = 1; i < at.size(); ++i) waits.push_back(at[i] - at[i - 1]);
  CHECK(waits == std::vector<std::chrono::milliseconds>{250ms, 500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s, 30s, 250ms});
}

TEST_CASE("when RabbitMQ cannot be reached for the whole budget the run ends with 69 and nothing is claimed") {
  Scene scene;
  for (int i = 0; i < 1000; ++i) scene.broker.refuse_link({Kind::transient, "connection refused"});
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).empty());
  REQUIRE(scene.sink.failure());
  CHECK(scene.sink.failure()->status() == common::ExitStatus::unavailable);
  CHECK(scene.clock.slept() >= 900s);
  CHECK(scene.clock.slept() < 950s);
  CHECK(scene.sink.unanswered() == 0);
}

TEST_CASE(
    "a RabbitMQ that keeps silent for the whole budget ends the run with 69, and what it may have is unanswered") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.broker.let_time_pass();
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).empty());
  REQUIRE(scene.sink.failure());
  CHECK(scene.sink.failure()->status() == common::ExitStatus::unavailable);
  CHECK_THAT(scene.sink.failure()->what(), contains_text("memory or disk"));
  CHECK(scene.sink.unanswered() == 1);
}

TEST_CASE("a RabbitMQ that says it is short of memory is sent nothing until it has room") {
  Scene scene;
  scene.broker.set_blocked(true);
  scene.sink.take(bundle_of(1, 0));
  CHECK(scene.sink.collect(100ms).empty());
  CHECK(scene.broker.published().empty());
  scene.broker.set_blocked(false);
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
}

TEST_CASE("a refused password or certificate ends the run at once") {
  const auto [kind, status] = GENERATE(std::pair{Kind::refused, common::ExitStatus::refused},
                                       std::pair{Kind::tls, common::ExitStatus::unavailable});
  Scene scene;
  scene.broker.refuse_link({kind, "not you"});
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).empty());
  REQUIRE(scene.sink.failure());
  CHECK(scene.sink.failure()->status() == status);
  CHECK(scene.broker.connected_at().size() == 1);
}

TEST_CASE("over AMQP an update of an incident is not published while its earlier bundle is unconfirmed") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.sink.take(bundle_of(1, 0));
  scene.broker.wait_for_messages(4);
  scene.sink.take(bundle_of(1, 1, "2026-01-02T00:00:00Z"));
  scene.broker.say({3, true, true});
  CHECK(scene.sink.collect(100ms).empty());
  CHECK(scene.broker.published().size() == 4);
  scene.broker.confirm_all(true);
  CHECK(Scene::collect(scene.sink, 2).size() == 2);
  CHECK(scene.broker.object_ids() == joined(ids_of(1), ids_of(1)));
}

TEST_CASE("no more than a thousand messages are on their way at a time") {
  Scene scene;
  scene.broker.confirm_all(false);
  std::string objects;
  for (int i = 0; i < 1500; ++i) objects += R"(,{"type":"url","id":"url--)" + std::to_string(i) + "\"}";
  scene.sink.take(testing::bundle_of(line_with(objects), 0));
  scene.broker.wait_for_messages(AmqpSink::most_unconfirmed);
  CHECK(scene.sink.collect(100ms).empty());
  CHECK(scene.broker.published().size() == AmqpSink::most_unconfirmed);
  scene.broker.confirm_all(true);
  CHECK(Scene::collect(scene.sink, 1).size() == 1);
  const auto ids = scene.broker.object_ids();
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 1504);
}

TEST_CASE("of a message that RabbitMQ finds too large the work is told, and the rest of its bundle is published") {
  Scene scene;
  scene.broker.break_link({Kind::too_large, "message size 300000 is larger than configured max size"});
  scene.sink.take(testing::bundle_of(
      line_with(R"(,{"type":"note","id":"note--large","content":")" + std::string(9000, 'x') + "\"}"), 0));
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].kind == Outcome::Kind::partly_refused);
  CHECK_THAT(outcomes[0].reason, contains_text("note--large"));
  const auto work = scene.platform.works().at(scene.connector.work().id());
  CHECK(work.expected == 5);
  CHECK(work.reported == 1);
  CHECK_THAT(scene.platform.last_variable("reportExpectation", "error"), contains_text("note--large"));
  const auto ids = scene.broker.object_ids();
  CHECK(std::count(ids.begin(), ids.end(), "note--large") == 1);
}

TEST_CASE("an object that no RabbitMQ of the platform could hold is neither announced nor published") {
  Scene scene;
  const std::string content(SizeLimits{}.bundle, 'x');
  scene.sink.take(
      testing::bundle_of(line_with(R"(,{"type":"note","id":"note--huge","content":")" + content + "\"}"), 0));
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].kind == Outcome::Kind::partly_refused);
  CHECK(scene.broker.object_ids() == ids_of(1));
  CHECK(scene.platform.works().at(scene.connector.work().id()).expected == 4);
}

TEST_CASE("a bundle without an object to publish gets its outcome at once") {
  const std::string text =
      GENERATE(std::string(R"({"type":"bundle","id":"bundle--1","objects":[]})"),
               R"({"type":"bundle","id":"bundle--1","objects":[{"type":"note","id":"note--1","content":")" +
                   std::string(SizeLimits{}.bundle, 'x') + "\"}]}");
  Scene scene;
  auto bundle = std::make_shared<Bundle>();
  bundle->text = text;
  scene.sink.take(bundle);
  const auto outcomes = Scene::collect(scene.sink, 1);
  REQUIRE(outcomes.size() == 1);
  CHECK(outcomes[0].kind == Outcome::Kind::refused);
  CHECK(scene.sink.open() == 0);
  CHECK(scene.broker.connected_at().empty());
}

TEST_CASE("over AMQP three bundles in a row of which nothing can be published end the run with 69") {
  Scene scene;
  for (std::uint64_t number = 0; number < 3; ++number) {
    auto bundle = std::make_shared<Bundle>();
    bundle->number = number;
    bundle->text = R"({"type":"bundle","id":"bundle--1","objects":[]})";
    scene.sink.take(bundle);
  }
  CHECK(Scene::collect(scene.sink, 4).size() <= 3);
  REQUIRE(scene.sink.failure());
  CHECK(scene.sink.failure()->status() == common::ExitStatus::unavailable);
}

TEST_CASE("what was published before a connection broke is unanswered when a signal ends the run") {
  Scene scene;
  scene.broker.confirm_all(false);
  scene.sink.take(bundle_of(1, 0));
  scene.broker.wait_for_messages(4);
  for (int i = 0; i < 1000; ++i) scene.broker.refuse_link({Kind::transient, "connection refused"});
  scene.broker.break_link({Kind::transient, "connection reset"});
  scene.stop.raise(SIGTERM);
  scene.sink.stop();
  CHECK(scene.sink.unanswered() == 1);
  CHECK(scene.sink.collect(0ms).empty());
}

TEST_CASE("when the platform does not take the announcement, nothing is published") {
  Scene scene;
  scene.platform.answer_next("addExpectations", graphql_error("FORBIDDEN_ACCESS", "You are not allowed to do this."));
  scene.sink.take(bundle_of(1, 0));
  CHECK(Scene::collect(scene.sink, 1).empty());
  REQUIRE(scene.sink.failure());
  CHECK(scene.sink.failure()->status() == common::ExitStatus::refused);
  CHECK(scene.broker.published().empty());
}

TEST_CASE("over AMQP a sink that holds sixteen megabytes has no room, but an empty one takes any bundle") {
  Scene scene;
  scene.broker.confirm_all(false);
  Bundle huge;
  huge.text.assign(20u << 20, 'x');
  CHECK(scene.sink.has_room(huge));
  scene.sink.take(testing::bundle_of(bundle_line(1, "2026-01-01T00:00:00Z", std::string(10u << 20, 'y')), 0));
  CHECK_FALSE(scene.sink.has_room(huge));
  CHECK(scene.sink.has_room(*bundle_of(2, 1)));
}
