// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/revival_sink.hpp"

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

// Takes everything and says what it is told to.
class InnerSink : public NoQueue {
 public:
  explicit InnerSink(std::vector<std::shared_ptr<const Bundle>>& taken) : taken_(taken) {}
  void take(std::shared_ptr<const Bundle> bundle) override {
    taken_.push_back(bundle);
    NoQueue::take(std::move(bundle));
  }

 private:
  std::vector<std::shared_ptr<const Bundle>>& taken_;
};

std::string indicator(const std::string& id, const std::string& members) {
  return R"(,{"type":"indicator","id":"indicator--)" + id + R"(","pattern":"[a:b = 'c']")" + members + "}";
}

std::shared_ptr<const Bundle> bundle_with(const std::string& objects, std::uint64_t number) {
  std::string line = bundle_line(7, "2026-01-01T00:00:00Z");
  line.insert(line.size() - 2, objects);
  return bundle_of(line, number);
}

struct Scene {
  Scene() {
    platform.answer_next(
        "indicators", http_status(200, R"({"data":{"indicators":{"edges":[{"node":{"standard_id":"indicator--held",)"
                                       R"("x_opencti_stix_ids":["indicator--older-id"]}}],"pageInfo":{"hasNextPage":)"
                                       R"(false,"endCursor":"x"}}}})"));
  }
  GraphqlClient client() {
    return {platform.connect()(std::chrono::seconds(1), nullptr), clock, log, {std::chrono::seconds(60), 1}};
  }

  FakePlatform platform{"7.260817.0"};
  FakeClock clock;
  common::Log log{"push-opencti", -1};
  HeldObjects held{client(), log};
  std::vector<std::shared_ptr<const Bundle>> taken;
  RevivalSink sink{std::make_unique<InnerSink>(taken), held, clock, log};
};

const std::string malicious = R"(,"x_opencti_score":90)";
const std::string dismissed = R"(,"x_opencti_score":0,"revoked":true)";

}  // namespace

TEST_CASE("an indicator that the platform holds as revoked is sent again with a valid_until, after its own bundle") {
  Scene scene;
  for (const std::string id : {"held", "older-id"}) {
    INFO(id);
    const auto bundle = bundle_with(indicator(id, malicious) + indicator("other", malicious), 5);
    scene.taken.clear();
    scene.sink.take(bundle);
    REQUIRE(scene.taken.size() == 2);
    CHECK(scene.taken[0] == bundle);
    const Bundle& second = *scene.taken[1];
    CHECK(second.key() == bundle->key());
    CHECK_THAT(second.text, contains_text(R"("id":"indicator--)" + id +
                                          R"(","pattern":"[a:b = 'c']","x_opencti_score":90,)"
                                          R"("revoked":false,"valid_until":"20)"));
    CHECK(second.text.find("indicator--other") == std::string::npos);
    CHECK(second.text.find("case-incident") == std::string::npos);
    CHECK_THAT(second.text, contains_text("identity--"));
    const auto outcomes = scene.sink.collect(std::chrono::milliseconds{0});
    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].number == 5);
    CHECK(outcomes[0].kind == Outcome::Kind::sent);
  }
}

TEST_CASE("an indicator that is brought back is not brought back at each later version of its incident") {
  Scene scene;
  scene.sink.take(bundle_with(indicator("held", malicious), 0));
  scene.sink.take(bundle_with(indicator("held", malicious), 1));
  CHECK(scene.taken.size() == 3);
}

TEST_CASE("an indicator that this run itself took back is brought back when its verdict turns again") {
  Scene scene;
  scene.sink.take(bundle_with(indicator("mine", dismissed), 0));
  CHECK(scene.taken.size() == 1);
  scene.sink.take(bundle_with(indicator("mine", malicious), 1));
  CHECK(scene.taken.size() == 3);
}

TEST_CASE("an indicator that is not revoked gets no valid_until, which would replace the platform's decay") {
  Scene scene;
  scene.sink.take(bundle_with(indicator("fresh", malicious), 0));
  scene.sink.take(bundle_with(indicator("held", malicious + R"(,"valid_until":"2030-01-01T00:00:00Z")"), 1));
  scene.sink.take(bundle_with(indicator("held", dismissed), 2));
  CHECK(scene.taken.size() == 3);
}

TEST_CASE("the platform is asked for revoked indicators once a run, and not for bundles without indicators") {
  Scene scene;
  scene.sink.take(bundle_with("", 0));
  CHECK(scene.platform.count("indicators") == 0);
  for (std::uint64_t number = 1; number < 5; ++number)
    scene.sink.take(bundle_with(indicator("fresh", malicious), number));
  CHECK(scene.platform.count("indicators") == 1);
}
