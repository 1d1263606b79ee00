// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/platform/connector_run.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"
#include "tools/push-opencti/state/state_text.hpp"

namespace {

using push_opencti::Answer;
using push_opencti::comparable_state;
using push_opencti::ConnectorRun;
using push_opencti::GraphqlClient;
using namespace push_opencti::testing;

const std::string started = R"({"last_incident_timestamp":1767225600})";
const std::string moved = R"({"last_incident_timestamp":1767312000})";

struct Scene {
  explicit Scene(std::optional<std::string> claimed)
      : connector({.identity = {"c", "Microsoft Sentinel", "EXTERNAL_IMPORT", "sentinel"},
                   .work = {},
                   .start = clock.now(),
                   .claimed_state = std::move(claimed)},
                  log) {}

  GraphqlClient client() {
    return {platform.connect()(std::chrono::seconds(1), nullptr), clock, log, {std::chrono::seconds(900), 1}};
  }
  void open() {
    GraphqlClient one = client();
    connector.open(one);
  }
  Answer ping(const std::optional<std::string>& state) {
    GraphqlClient one = client();
    return connector.ping(one, state);
  }

  FakePlatform platform{"7.260817.0"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  ConnectorRun connector;
};

}  // namespace

TEST_CASE("a run that started from the platform's state moves it") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  CHECK(scene.connector.holds_claim());
  CHECK(scene.ping(moved).ok());
  CHECK(scene.platform.state() == moved);
}

TEST_CASE("white space in the platform's state makes no difference") {
  Scene scene(started);
  scene.platform.set_state(R"({"last_incident_timestamp": 1767225600})");
  scene.open();
  CHECK(scene.connector.holds_claim());
}

TEST_CASE("a connector without a state matches the empty state, however the platform says it") {
  for (const std::optional<std::string>& none :
       {std::optional<std::string>{}, std::optional<std::string>{""}, std::optional<std::string>{"null"},
        std::optional<std::string>{"{}"}}) {
    Scene scene("{}");
    scene.platform.set_state(none);
    scene.open();
    CHECK(scene.connector.holds_claim());
    CHECK(scene.ping(moved).ok());
    CHECK(scene.platform.state() == moved);
  }
}

TEST_CASE("a run without --advance-from leaves the platform's state as it is") {
  Scene scene({});
  scene.platform.set_state(started);
  scene.open();
  CHECK(scene.ping({}).ok());
  CHECK(scene.ping(moved).ok());
  CHECK(scene.platform.state() == started);
  CHECK_FALSE(scene.connector.lost_claim());
}

TEST_CASE("a run without --advance-from hands back the newer state of a run beside it") {
  Scene scene({});
  scene.platform.set_state(started);
  scene.open();
  scene.platform.set_state(moved);
  CHECK(scene.ping({}).ok());
  CHECK(scene.platform.state() == moved);
}

TEST_CASE("a state that moved between --print-state and the push costs the claim") {
  Scene scene(started);
  scene.platform.set_state(moved);
  scene.open();
  CHECK(scene.connector.lost_claim());
  CHECK(scene.ping(started).ok());
  CHECK(scene.platform.state() == moved);
}

TEST_CASE("a reset before the run is used up by the ping after registering") {
  Scene scene("{}");
  scene.platform.set_state(started);
  scene.platform.press_refresh();
  scene.open();
  CHECK(scene.connector.holds_claim());
  CHECK(scene.ping(moved).ok());
  CHECK(scene.platform.state() == moved);
}

TEST_CASE("a reset between --print-state and the push costs the claim") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.platform.press_refresh();
  scene.open();
  CHECK(scene.connector.lost_claim());
  CHECK(scene.ping(moved).ok());
  CHECK(comparable_state(scene.platform.state().value()).empty());
}

TEST_CASE("a reset during the run costs the claim, and the state stays empty") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  CHECK(scene.ping(moved).ok());
  scene.platform.press_refresh();
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.lost_claim());
  CHECK(scene.ping(moved).ok());
  CHECK(comparable_state(scene.platform.state().value()).empty());
}

TEST_CASE("a reset between registering and pinging is noticed by the ping's answer") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  scene.platform.before_each([&scene](const std::string& field) {
    if (field == "pingConnector") scene.platform.press_refresh();
  });
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.lost_claim());
  CHECK(comparable_state(scene.platform.state().value()).empty());
}

TEST_CASE("a second process with the same id costs the claim, and its state stays") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  CHECK(scene.ping(moved).ok());
  const std::string theirs = R"({"last_incident_timestamp":1767916800})";
  scene.platform.set_state(theirs);
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.lost_claim());
  CHECK(scene.platform.state() == theirs);
}

TEST_CASE("a deleted connector comes back with the next heartbeat, without its state") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  scene.platform.delete_connector();
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.lost_claim());
  CHECK(scene.connector.disturbances() == 1);
  CHECK(scene.platform.state() == "null");
}

TEST_CASE("a ping that was carried out but not answered costs no claim") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  scene.platform.lose_next_answer("pingConnector");
  CHECK_FALSE(scene.ping(moved).ok());
  CHECK(scene.platform.state() == moved);
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.holds_claim());
}

TEST_CASE("a reset between two first pings, the answers of which are lost, is not undone") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.platform.lose_next_answer("pingConnector");
  scene.platform.lose_next_answer("pingConnector");
  int pings = 0;
  scene.platform.before_each([&](const std::string& field) {
    if (field == "pingConnector" && ++pings == 2) scene.platform.press_refresh();
  });
  scene.open();
  CHECK(pings == 3);
  CHECK(scene.connector.lost_claim());
  CHECK(comparable_state(scene.platform.state().value()).empty());
}

TEST_CASE("storing at the end is tried again, registering before each ping") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  scene.platform.answer_next("pingConnector", http_status(502, "<html>"));
  scene.platform.answer_next("pingConnector", graphql_error("DATABASE_ERROR", "elastic"));
  GraphqlClient client = scene.client();
  CHECK(scene.connector.store(client, scene.clock, std::chrono::seconds(900), moved).ok());
  CHECK(scene.platform.state() == moved);
  CHECK(scene.platform.count("registerConnector") == 4);
}

TEST_CASE("registering again after a doubtful answer notices a deleted connector") {
  Scene scene(started);
  scene.platform.set_state(started);
  scene.open();
  scene.platform.delete_connector();
  GraphqlClient client = scene.client();
  scene.connector.register_again(client);
  CHECK(scene.connector.lost_claim());
  CHECK(scene.connector.disturbances() == 1);
}

TEST_CASE("a connector is registered with what every supported version knows") {
  Scene scene(started);
  scene.open();
  const std::string input = scene.platform.last_variable("registerConnector", "input");
  CHECK(input == R"({"id":"c","name":"Microsoft Sentinel","type":"EXTERNAL_IMPORT","scope":["sentinel"],"auto":false,)"
                 R"("only_contextual":false,"playbook_compatible":false})");
}

TEST_CASE("a reset while there is no state is noticed all the same, since it empties the queue") {
  Scene scene("{}");
  scene.open();
  CHECK(scene.ping({}).ok());
  CHECK(scene.connector.holds_claim());
  scene.platform.press_refresh();
  CHECK(scene.ping({}).ok());
  CHECK(scene.connector.lost_claim());
}

TEST_CASE("a connector that is deleted while there is no state is noticed all the same") {
  Scene scene("{}");
  scene.open();
  scene.platform.delete_connector();
  CHECK(scene.ping(moved).ok());
  CHECK(scene.connector.lost_claim());
}

TEST_CASE("a run without a claim notices by an emptied state that its queue was emptied, and not at the start") {
  Scene scene({});
  scene.platform.set_state(moved);
  scene.open();
  CHECK(scene.ping({}).ok());
  CHECK_FALSE(scene.connector.lost_some());
  SECTION("a reset") { scene.platform.press_refresh(); }
  SECTION("a deletion") { scene.platform.delete_connector(); }
  CHECK(scene.ping({}).ok());
  CHECK(scene.connector.lost_some());
  CHECK_FALSE(scene.connector.lost_claim());
}

TEST_CASE("to a run without a claim a state that another process moves means nothing") {
  Scene scene({});
  scene.open();
  scene.platform.set_state(moved);
  CHECK(scene.ping({}).ok());
  CHECK_FALSE(scene.connector.lost_some());
}

TEST_CASE("a work that was deleted costs the claim") {
  Scene scene("{}");
  scene.open();
  scene.connector.give_up_claim("the work was deleted");
  CHECK(scene.connector.lost_claim());
  CHECK(scene.ping(moved).ok());
  CHECK(scene.platform.state() == "null");
}
