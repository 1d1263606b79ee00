// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/api/api_sink.hpp"

#include <algorithm>
#include <latch>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

Batch batch_of(int count, int poisoned = -1) {
  Batch batch;
  for (int i = 0; i < count; ++i) {
    batch.push_back(bundle_of(bundle_line(i + 1, "2026-01-01T00:00:00Z", i == poisoned ? " POISON" : ""),
                              static_cast<std::uint64_t>(i)));
  }
  return batch;
}

std::size_t count_of(const Delivery& delivery, Outcome::Kind kind) {
  return static_cast<std::size_t>(std::count_if(delivery.outcomes.begin(), delivery.outcomes.end(),
                                                [kind](const Outcome& outcome) { return outcome.kind == kind; }));
}

struct Scene {
  explicit Scene(const std::string& version = "7.260817.0")
      : platform(version), connector(setup(version), log), run(connector, *parse_platform_version(version), log) {
    GraphqlClient one = client();
    connector.open(one);
    connector.open_work(one);
  }

  GraphqlClient client() {
    return {platform.connect()(std::chrono::seconds(1), nullptr), clock, log, {std::chrono::seconds(900), 1}};
  }
  ConnectorRun::Setup setup(const std::string& version) const {
    return {.identity = {"c", "Microsoft Sentinel", "EXTERNAL_IMPORT", "sentinel"},
            .work = work_policy(*parse_platform_version(version), "api", false),
            .start = clock.now()};
  }
  Delivery deliver(const Batch& batch) { return ApiDelivery(client(), run).deliver(batch); }

  FakePlatform platform;
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  ConnectorRun connector;
  ApiRun run;
};

}  // namespace

TEST_CASE("bundles of different incidents go in one request") {
  Scene scene;
  const Delivery delivery = scene.deliver(batch_of(5));
  CHECK(count_of(delivery, Outcome::Kind::sent) == 5);
  REQUIRE(scene.platform.pushes().size() == 1);
  CHECK(bundle_of(scene.platform.pushes()[0].bundle, 0)->object_count == 12);
  CHECK(scene.platform.pushes()[0].work_id == scene.connector.work().id());
  CHECK(delivery.outcomes[0].work_id == scene.connector.work().id());
}

TEST_CASE("a bundle that goes alone goes as it came") {
  Scene scene;
  const std::string line = bundle_line(1, "2026-01-01T00:00:00Z");
  scene.deliver({bundle_of(line, 0)});
  CHECK(scene.platform.pushes().at(0).bundle == line);
}

TEST_CASE("at 6.4 a push names no work and none is opened") {
  Scene scene("6.4.5");
  CHECK(count_of(scene.deliver(batch_of(1)), Outcome::Kind::sent) == 1);
  CHECK(scene.platform.count("workAdd") == 0);
  CHECK(scene.platform.pushes().at(0).work_id.empty());
}

TEST_CASE("a bad bundle in a batch is found by halving, and the others are taken") {
  Scene scene;
  scene.platform.poison = "POISON";
  const Delivery delivery = scene.deliver(batch_of(8, 5));
  CHECK_FALSE(delivery.failure);
  CHECK(count_of(delivery, Outcome::Kind::sent) == 7);
  REQUIRE(count_of(delivery, Outcome::Kind::refused) == 1);
  const auto refused = std::find_if(delivery.outcomes.begin(), delivery.outcomes.end(),
                                    [](const Outcome& v) { return v.kind == Outcome::Kind::refused; });
  CHECK(refused->number == 5);
  CHECK_THAT(refused->reason, contains_text("Invalid bundle"));
}

TEST_CASE("\"Invalid bundle\" for a deleted connector is met by registering again and opening another work") {
  Scene scene;
  const std::string first_work = scene.connector.work().id();
  scene.platform.delete_connector();
  const Delivery delivery = scene.deliver(batch_of(3));
  CHECK(count_of(delivery, Outcome::Kind::sent) == 3);
  CHECK(scene.platform.count("registerConnector") == 2);
  CHECK(scene.connector.work().id() != first_work);
  CHECK(scene.platform.pushes().at(0).work_id == scene.connector.work().id());
}

TEST_CASE("three bundles refused in a row with none taken stop the run with status 69") {
  Scene scene;
  scene.platform.poison = "bundle";
  const Delivery delivery = scene.deliver(batch_of(10));
  REQUIRE(delivery.failure);
  CHECK(delivery.failure->status() == common::ExitStatus::unavailable);
  CHECK(count_of(delivery, Outcome::Kind::refused) == 3);
  CHECK(count_of(delivery, Outcome::Kind::sent) == 0);
}

TEST_CASE("a bundle taken in between breaks the row of refusals") {
  Scene scene;
  scene.platform.poison = "POISON";
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(scene.deliver(batch_of(1, 0)).failure);
    CHECK_FALSE(scene.deliver(batch_of(1)).failure);
  }
}

TEST_CASE("a batch that is too large for a proxy is halved, and later batches are smaller from the start") {
  Scene scene;
  scene.platform.answer_next("stixBundlePush", http_status(413, "<html>Request Entity Too Large</html>"));
  const std::size_t before = scene.run.body_limit;
  const Delivery delivery = scene.deliver(batch_of(4));
  CHECK(count_of(delivery, Outcome::Kind::sent) == 4);
  CHECK(scene.platform.pushes().size() == 2);
  CHECK(scene.run.body_limit < before);
}

TEST_CASE("the platform's own limit, an HTTP 500, is taken as too large and not as a transient fault") {
  Scene scene;
  scene.platform.most_body = 4000;
  const Delivery delivery = scene.deliver(batch_of(6));
  CHECK(count_of(delivery, Outcome::Kind::sent) == 6);
  CHECK(scene.clock.slept().count() == 0);
}

TEST_CASE("an incident larger than a request may be is cut and sent piece by piece") {
  Scene scene;
  scene.platform.most_body = 3000;
  std::string objects;
  for (int i = 0; i < 100; ++i)
    objects += R"(,{"type":"ipv4-addr","id":"ipv4-addr--)" + std::to_string(i) + R"(","value":"10.0.0.1"})";
  std::string line = bundle_line(1, "2026-01-01T00:00:00Z");
  line.insert(line.size() - 2, objects);
  const Delivery delivery = scene.deliver({bundle_of(line, 0)});
  REQUIRE(count_of(delivery, Outcome::Kind::sent) == 1);
  std::size_t addresses = 0;
  for (const auto& push : scene.platform.pushes()) {
    const auto pushed = bundle_of(push.bundle, 0);
    for (const ObjectText& object : pushed->objects) addresses += object.type == "ipv4-addr" ? 1 : 0;
  }
  CHECK(addresses == 101);
}

TEST_CASE("a single object over the limit is refused visibly, and the rest of its incident is taken") {
  Scene scene;
  scene.platform.most_body = 5000;
  std::string line = bundle_line(1, "2026-01-01T00:00:00Z");
  line.insert(line.size() - 2, R"(,{"type":"note","id":"note--huge","content":")" + std::string(6000, 'x') + "\"}");
  const Delivery delivery = scene.deliver({bundle_of(line, 0)});
  REQUIRE(count_of(delivery, Outcome::Kind::partly_refused) == 1);
  CHECK_THAT(delivery.outcomes[0].reason, contains_text("note--huge"));
  CHECK_FALSE(scene.platform.pushes().empty());
}

TEST_CASE("a refused token ends the delivery with status 77, and what was not answered has no outcome") {
  Scene scene;
  for (int i = 0; i < 3; ++i)
    scene.platform.answer_next("stixBundlePush", graphql_error("AUTH_REQUIRED", "You must be logged in to do this."));
  const Delivery delivery = scene.deliver(batch_of(2));
  REQUIRE(delivery.failure);
  CHECK(delivery.failure->status() == common::ExitStatus::refused);
  CHECK(delivery.outcomes.empty());
}

TEST_CASE("a push that was carried out but not answered is sent again") {
  Scene scene;
  scene.platform.lose_next_answer("stixBundlePush");
  CHECK(count_of(scene.deliver(batch_of(1)), Outcome::Kind::sent) == 1);
  CHECK(scene.platform.pushes().size() == 2);
}

TEST_CASE("the expectations of objects are never added over the API, but for the hold where it is needed") {
  for (const auto& [version, held] :
       {std::pair<std::string, bool>{"6.8.6", false}, {"6.8.10", true}, {"7.260318.0", true}, {"7.260817.0", false}}) {
    INFO(version);
    Scene scene(version);
    scene.deliver(batch_of(3));
    GraphqlClient client = scene.client();
    const std::string id = scene.connector.work().id();
    scene.connector.work().close(client, "done", false);
    const auto work = scene.platform.works().at(id);
    CHECK(work.expected == (held ? 1 : 0));
    CHECK(work.reported == (held ? 1 : 0));
    CHECK(work.closed);
    if (held) {
      const auto asked = scene.platform.asked();
      const auto closed = std::find(asked.begin(), asked.end(), "toProcessed");
      CHECK(std::find(asked.begin(), asked.end(), "addExpectations") <
            std::find(asked.begin(), asked.end(), "stixBundlePush"));
      CHECK(std::find(closed, asked.end(), "reportExpectation") != asked.end());
    }
  }
}

TEST_CASE("a work is closed once") {
  Scene scene;
  GraphqlClient client = scene.client();
  scene.connector.work().close(client, "done", false);
  scene.connector.work().close(client, "done", false);
  CHECK(scene.platform.count("toProcessed") == 1);
}

TEST_CASE("an update of an incident is not sent while its earlier bundle is on its way") {
  Scene scene;
  std::latch first_on_its_way(1);
  std::latch go_on(1);
  std::atomic<int> pushes = 0;
  scene.platform.before_each([&](const std::string& field) {
    if (field != "stixBundlePush" || ++pushes != 1) return;
    first_on_its_way.count_down();
    go_on.wait();
  });
  ApiSink sink(scene.run, [&scene](std::size_t) { return scene.client(); });
  sink.take(bundle_of(bundle_line(1, "2026-01-01T00:00:00Z"), 0));
  sink.flush();
  first_on_its_way.wait();
  sink.take(bundle_of(bundle_line(1, "2026-01-02T00:00:00Z"), 1));
  sink.flush();
  // Another incident behind it may not overtake either: batches start in order.
  CHECK(pushes == 1);
  CHECK(sink.unanswered() == 1);
  go_on.count_down();
  std::vector<Outcome> outcomes;
  while (outcomes.size() < 2) {
    for (Outcome& outcome : sink.collect(std::chrono::milliseconds(1000))) outcomes.push_back(std::move(outcome));
  }
  CHECK(pushes == 2);
  CHECK_THAT(scene.platform.pushes().at(1).bundle, contains_text("2026-01-02"));
}

TEST_CASE("two versions of one incident never go in one request") {
  Scene scene;
  ApiSink sink(scene.run, [&scene](std::size_t) { return scene.client(); });
  sink.take(bundle_of(bundle_line(1, "2026-01-01T00:00:00Z"), 0));
  sink.take(bundle_of(bundle_line(2, "2026-01-01T00:00:00Z"), 1));
  sink.take(bundle_of(bundle_line(1, "2026-01-02T00:00:00Z"), 2));
  sink.flush();
  std::size_t heard = 0;
  while (heard < 3) heard += sink.collect(std::chrono::milliseconds(1000)).size();
  CHECK(scene.platform.pushes().size() == 2);
  CHECK(sink.open() == 0);
}

TEST_CASE("up to four requests are on their way at a time") {
  Scene scene;
  std::latch all_four(4);
  scene.platform.before_each([&](const std::string& field) {
    if (field == "stixBundlePush") all_four.arrive_and_wait();
  });
  ApiSink sink(scene.run, [&scene](std::size_t) { return scene.client(); });
  for (int i = 0; i < 4; ++i) {
    sink.take(bundle_of(bundle_line(i + 1, "2026-01-01T00:00:00Z"), static_cast<std::uint64_t>(i)));
    sink.flush();
  }
  std::size_t heard = 0;
  while (heard < 4) heard += sink.collect(std::chrono::milliseconds(1000)).size();
  CHECK(heard == 4);
}

TEST_CASE("a sink that holds sixteen megabytes has no room, but an empty one takes any bundle") {
  Scene scene;
  std::latch go_on(1);
  scene.platform.before_each([&](const std::string& field) {
    if (field == "stixBundlePush") go_on.wait();
  });
  ApiSink sink(scene.run, [&scene](std::size_t) { return scene.client(); });
  Bundle huge;
  huge.text.assign(20u << 20, 'x');
  CHECK(sink.has_room(huge));
  std::string line = bundle_line(1, "2026-01-01T00:00:00Z", std::string(10u << 20, 'y'));
  sink.take(bundle_of(line, 0));
  CHECK_FALSE(sink.has_room(huge));
  CHECK(sink.has_room(*bundle_of(bundle_line(2, "2026-01-01T00:00:00Z"), 1)));
  go_on.count_down();
}
