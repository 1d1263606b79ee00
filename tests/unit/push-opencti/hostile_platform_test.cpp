// SPDX-License-Identifier: Apache-2.0
// What a platform may answer that is no honest platform: each answer ends in a message, never in a crash or a false
// receipt.
#include <limits>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"
#include "tools/push-opencti/api/api_delivery.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

struct Scene {
  GraphqlClient client() {
    return {platform.connect()(std::chrono::seconds(1), nullptr), clock, log, {std::chrono::seconds(60), 1}};
  }

  FakePlatform platform{"7.260817.0"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
};

Registration registration_with(const std::string& connection) {
  return read_registration(
      read_answer(http_status(200, R"({"data":{"registerConnector":{"config":{"connection":)" + connection + "}}}}")));
}

}  // namespace

TEST_CASE("figures of a queue that cannot be are taken for none, and whatever they are the heartbeat is well-formed") {
  for (const std::string text : {"1e300", "-5", "1e15", "\"nan\"", "\"inf\"", "true", "[]", "\"12 MB\"", "null"}) {
    INFO(text);
    Scene scene;
    scene.platform.answer_next(
        "connector_queue_details",
        http_status(200, R"({"data":{"connector":{"connector_queue_details":{"messages_number":)" + text +
                             R"(,"messages_size":)" + text + "}}}}"));
    GraphqlClient client = scene.client();
    const auto queue = read_queue(client, "c");
    REQUIRE(queue);
    CHECK(queue->bytes == (text == "1e15" ? 1e15 : 0));
    CHECK(queue->messages == queue->bytes);
  }
  RunFigures figures;
  figures.queue_size = std::numeric_limits<double>::max();
  const std::string body = ping_body("c", "null", figures);
  CHECK_THAT(body, contains_text(R"("queue_messages_size":179769313486231570814)"));
  CHECK(body.ends_with("}}}"));
  CHECK(body.find('\0') == std::string::npos);
}

TEST_CASE("a port that is none counts as not told") {
  for (const std::string text : {"-1", "65536", "1e300", "\"nan\"", "\"5672x\"", "{}", "null"}) {
    INFO(text);
    CHECK(registration_with(R"({"port":)" + text + "}").broker.port == 0);
  }
  CHECK(registration_with(R"({"port":5671})").broker.port == 5671);
  CHECK(registration_with(R"({"port":"5671"})").broker.port == 5671);
}

TEST_CASE("members of other types than they should be are no error in reading") {
  const Registration registration =
      registration_with(R"({"host":["x"],"vhost":7,"user":{"a":1},"use_ssl":"yes","pass":null})");
  CHECK(registration.broker.host == R"(["x"])");
  CHECK_FALSE(registration.broker.use_tls);
  CHECK(registration.broker.password.empty());
  CHECK(registration_with("[]").broker.host.empty());
}

TEST_CASE("answers that are no GraphQL answers are none") {
  for (const std::string body : {"", "null", "[]", "7", "\"text\"", R"({"data":null})", R"({"data":[]})",
                                 R"({"errors":{}})", R"({"errors":[]})", "{\"data\":{}"}) {
    INFO(body);
    CHECK(read_answer(http_status(200, body)).kind == AnswerKind::again_briefly);
  }
  for (const std::string body :
       {R"({"errors":[7],"data":{}})", R"({"errors":[null]})", R"({"errors":[{"extensions":7,"message":[]}]})",
        R"({"errors":[{"extensions":{"code":{}}}]})"}) {
    INFO(body);
    CHECK(read_answer(http_status(200, body)).kind == AnswerKind::final_fault);
  }
}

TEST_CASE("an answer nested a hundred thousand deep is refused, not followed") {
  const std::string deep = R"({"data":{"x":)" + std::string(100'000, '[') + std::string(100'000, ']') + "}}";
  CHECK(read_answer(http_status(200, deep)).kind == AnswerKind::again_briefly);
}

TEST_CASE("an answer that is too large is final: asked again it would be as large") {
  const Answer answer = read_answer({.error = "the answer is larger than 16777216 bytes", .too_large = true});
  CHECK(answer.kind == AnswerKind::final_fault);
  CHECK_THAT(answer.message, contains_text("larger than"));
}

TEST_CASE("what the platform says is told in a few words") {
  const Answer answer = read_answer(graphql_error(std::string(1'000'000, 'X'), std::string(1'000'000, 'x')));
  CHECK(answer.code.size() < 400);
  CHECK(answer.message.size() < 400);
  CHECK(read_answer(http_status(404, std::string(1'000'000, 'x'))).message.size() < 400);
  Scene scene;
  scene.platform.answer_next(
      "about", http_status(200, R"({"data":{"about":{"version":")" + std::string(1'000'000, 'x') + "\"}}}"));
  GraphqlClient client = scene.client();
  try {
    ask_version(client);
    FAIL("a version that cannot be read was taken");
  } catch (const common::Failure& failure) {
    CHECK(failure.status() == common::ExitStatus::unavailable);
    CHECK(std::string(failure.what()).size() < 400);
  }
}

TEST_CASE("a push is acknowledged by true alone") {
  for (const std::string answer : {"false", "null", "\"true\"", "\"true\"x", "{}", "1"}) {
    INFO(answer);
    Scene scene;
    const PlatformVersion version = *parse_platform_version("7.260817.0");
    ConnectorRun connector({.identity = {"c", "Microsoft Sentinel", "EXTERNAL_IMPORT", "sentinel"},
                            .work = work_policy(version, "api", false),
                            .start = scene.clock.now()},
                           scene.log);
    GraphqlClient client = scene.client();
    connector.open(client);
    connector.open_work(client);
    ApiRun run(connector, version, scene.log);
    for (int i = 0; i < 3; ++i)
      scene.platform.answer_next("stixBundlePush", http_status(200, R"({"data":{"stixBundlePush":)" + answer + "}}"));
    const auto bundle = bundle_of(bundle_line(1, "2026-01-01T00:00:00Z"), 0);
    const Delivery delivery = ApiDelivery(scene.client(), run).deliver({bundle});
    CHECK(delivery.outcomes.empty());
    REQUIRE(delivery.failure);
    CHECK(delivery.failure->status() == common::ExitStatus::unavailable);
  }
}

TEST_CASE("a work without an id is none") {
  Scene scene;
  GraphqlClient client = scene.client();
  Work work(work_policy(*parse_platform_version("7.260817.0"), "api", false), {"c", "n", "EXTERNAL_IMPORT", "s"},
            scene.clock.now(), scene.log);
  scene.platform.answer_next("workAdd", http_status(200, R"({"data":{"workAdd":null}})"));
  CHECK_THROWS_AS(work.open(client, 0), common::Failure);
}
