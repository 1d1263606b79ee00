// SPDX-License-Identifier: Apache-2.0
#include "tools/push-opencti/settlement.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;

namespace {

// A pipe whose content can be read without waiting.
class Output {
 public:
  Output() {
    if (::pipe2(ends_, O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
  }
  ~Output() {
    close_reader();
    ::close(ends_[1]);
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  int fd() const { return ends_[1]; }
  void close_reader() {
    if (ends_[0] >= 0) ::close(ends_[0]);
    ends_[0] = -1;
  }
  std::string text() {
    std::array<char, 65536> block{};
    const ssize_t count = ::read(ends_[0], block.data(), block.size());
    return count <= 0 ? std::string() : std::string(block.data(), static_cast<std::size_t>(count));
  }

 private:
  int ends_[2] = {-1, -1};
};

std::string temporary_file() {
  std::string name = "/tmp/push-opencti-test.XXXXXX";
  const int fd = ::mkstemp(name.data());
  if (fd < 0) throw std::runtime_error("no temporary file");
  ::close(fd);
  return name;
}

struct Scene {
  explicit Scene(std::optional<std::string> rejects_file = {}, const std::string& start = "{}",
                 std::chrono::seconds overlap = std::chrono::seconds(300))
      : watermark(state_of(start), overlap, clock.now()),
        rejects(std::move(rejects_file), false, log),
        receipts(output.fd()) {}

  static common::State state_of(const std::string& text) {
    std::string reason;
    return common::State::parse(text, reason).value();
  }
  std::uint64_t add(int incident, const std::string& last_update) {
    auto bundle = std::make_shared<Bundle>();
    bundle->id = "bundle--" + std::to_string(incident);
    bundle->incident = std::to_string(incident);
    bundle->last_update = last_update;
    bundle->object_count = 4;
    bundle->text = "line of " + std::to_string(incident);
    bundle->number = settlement.next_number();
    settlement.add(bundle);
    return bundle->number;
  }
  void sent(std::uint64_t number) { settlement.deliver({number, Outcome::Kind::sent, {}, "work_1"}); }
  std::string last_update() {
    const auto state = watermark.state();
    return state ? state_of(*state).last_incident_update : "";
  }

  FakeClock clock;
  common::Log log{"push-opencti", -1};
  Output output;
  Watermark watermark;
  common::Rejects rejects;
  common::RecordWriter receipts;
  Settlement settlement{watermark, rejects, receipts};
};

const std::string day1 = "2026-01-01T00:00:00.1234567Z";
const std::string day2 = "2026-01-02T00:00:00.7654321Z";
const std::string day3 = "2026-01-03T00:00:00Z";

}  // namespace

TEST_CASE("a receipt names bundle, incident, last update, objects, status and work") {
  Scene scene;
  scene.sent(scene.add(123, day1));
  scene.settlement.settle();
  CHECK(
      scene.output.text() ==
      R"({"bundle":"bundle--123","incident":"123","last_update":"2026-01-01T00:00:00.1234567Z","objects":4,"status":"sent","work_id":"work_1"})"
      "\n");
}

TEST_CASE("receipts come in the order of the input, whatever the order of the answers") {
  Scene scene;
  const auto first = scene.add(1, day1);
  const auto second = scene.add(2, day2);
  scene.sent(second);
  scene.settlement.settle();
  CHECK(scene.output.text().empty());
  CHECK_FALSE(scene.watermark.state());
  scene.sent(first);
  scene.settlement.settle();
  const std::string text = scene.output.text();
  CHECK(text.find("bundle--1") < text.find("bundle--2"));
  CHECK(scene.last_update() == day2);
}

TEST_CASE("a flood of rejected lines behind an open bundle is counted and takes no memory") {
  const std::string file = temporary_file();
  Scene scene(file);
  const auto first = scene.add(1, day1);
  for (int i = 0; i < 100'000; ++i) scene.settlement.add_rejected();
  const auto last = scene.add(2, day2);
  CHECK(scene.settlement.waiting() == 3);
  scene.sent(last);
  scene.sent(first);
  scene.settlement.settle();
  CHECK(scene.settlement.waiting() == 0);
  CHECK(scene.settlement.counts().rejected == 100'000);
  CHECK(scene.last_update() == day2);
}

TEST_CASE("the watermark stays before the first bundle that is not settled") {
  Scene scene;
  const auto first = scene.add(1, day1);
  scene.add(2, day2);
  const auto third = scene.add(3, day3);
  scene.sent(first);
  scene.sent(third);
  scene.settlement.settle();
  CHECK(scene.last_update() == day1);
}

TEST_CASE("a rejected bundle that lies in the rejects file is settled, without a receipt") {
  const std::string file = temporary_file();
  Scene scene(file);
  const auto first = scene.add(1, day1);
  const auto second = scene.add(2, day2);
  scene.settlement.reject({first, Outcome::Kind::refused, "Invalid bundle", ""});
  scene.sent(second);
  scene.settlement.settle();
  CHECK(scene.last_update() == day2);
  CHECK(scene.output.text().find("bundle--1") == std::string::npos);
  CHECK(scene.settlement.counts().rejected == 1);
  std::array<char, 64> block{};
  const int fd = ::open(file.c_str(), O_RDONLY);
  const ssize_t count = ::read(fd, block.data(), block.size());
  ::close(fd);
  ::unlink(file.c_str());
  CHECK(std::string(block.data(), static_cast<std::size_t>(count)) == "line of 1\n");
}

TEST_CASE("a rejected bundle that is kept nowhere holds the watermark, but not the receipts behind it") {
  Scene scene;
  scene.sent(scene.add(1, day1));
  const auto second = scene.add(2, day2);
  scene.settlement.reject({second, Outcome::Kind::refused, "Invalid bundle", ""});
  scene.sent(scene.add(3, day3));
  scene.settlement.settle();
  CHECK(scene.last_update() == day1);
  CHECK_THAT(scene.output.text(), contains_text("bundle--3"));
}

TEST_CASE("a line that was no bundle holds the watermark when it is kept nowhere") {
  Scene scene;
  scene.settlement.add_rejected();
  scene.sent(scene.add(3, day3));
  scene.settlement.settle();
  CHECK_FALSE(scene.watermark.state());
}

TEST_CASE("a bundle without a case gets a receipt with nulls and never moves the state") {
  Scene scene;
  auto bundle = std::make_shared<Bundle>();
  bundle->id = "bundle--x";
  bundle->object_count = 1;
  scene.settlement.add(bundle);
  scene.settlement.deliver({0, Outcome::Kind::sent, {}, {}});
  scene.settlement.settle();
  CHECK(scene.output.text() ==
        R"({"bundle":"bundle--x","incident":null,"last_update":null,"objects":1,"status":"sent","work_id":null})"
        "\n");
  CHECK_FALSE(scene.watermark.state());
}

TEST_CASE("when the reader of the receipts has gone, settling goes on") {
  Scene scene;
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before = {};
  sigaction(SIGPIPE, &ignore, &before);
  scene.output.close_reader();
  scene.sent(scene.add(1, day1));
  scene.sent(scene.add(2, day2));
  scene.settlement.settle();
  sigaction(SIGPIPE, &before, nullptr);
  REQUIRE(scene.settlement.output_failure());
  CHECK(scene.settlement.output_failure()->status() == common::ExitStatus::broken_pipe);
  CHECK(scene.last_update() == day2);
}

TEST_CASE("the state lists what was delivered within the overlap, and forgets what is older") {
  Scene scene;
  scene.sent(scene.add(1, "2026-01-01T00:00:00Z"));
  scene.sent(scene.add(2, "2026-01-01T00:04:00Z"));
  scene.sent(scene.add(3, "2026-01-01T00:06:00Z"));
  scene.settlement.settle();
  const auto state = Scene::state_of(*scene.watermark.state());
  CHECK(state.delivered == std::vector<std::string>{common::incident_mark("2", "2026-01-01T00:04:00Z"),
                                                    common::incident_mark("3", "2026-01-01T00:06:00Z")});
  CHECK(state.last_incident_timestamp == 1767225960);
}

TEST_CASE("what an earlier run listed is kept while the overlap reaches back to it") {
  const std::string start =
      R"({"last_incident_timestamp":1767225600,"last_incident_update":"2026-01-01T00:00:00Z","delivered":["0123456789abcdef"],"theirs":7})";
  Scene near({}, start);
  near.sent(near.add(1, "2026-01-01T00:03:00Z"));
  near.settlement.settle();
  CHECK(Scene::state_of(*near.watermark.state()).delivered.size() == 2);
  CHECK_THAT(*near.watermark.state(), contains_text(R"("theirs":7)"));
  Scene far({}, start);
  far.sent(far.add(1, "2026-01-01T00:10:00Z"));
  far.settlement.settle();
  CHECK(Scene::state_of(*far.watermark.state()).delivered.size() == 1);
}

TEST_CASE("the watermark never goes back, but a late arrival is listed") {
  Scene scene({}, R"({"last_incident_timestamp":1767226200,"last_incident_update":"2026-01-01T00:10:00Z"})");
  scene.sent(scene.add(1, "2026-01-01T00:08:00Z"));
  scene.settlement.settle();
  const auto state = Scene::state_of(*scene.watermark.state());
  CHECK(state.last_incident_update == "2026-01-01T00:10:00Z");
  CHECK(state.delivered == std::vector<std::string>{common::incident_mark("1", "2026-01-01T00:08:00Z")});
}

TEST_CASE("a last update later than the moment the run began is listed and moves nothing, however late it is settled") {
  Scene scene;
  const std::string in_future = "2030-01-01T00:01:00Z";  // the clock starts at 2030-01-01
  scene.sent(scene.add(1, day1));
  const auto future = scene.add(2, in_future);
  scene.clock.advance(std::chrono::minutes(10));
  scene.sent(future);
  scene.settlement.settle();
  CHECK(scene.last_update() == day1);
  CHECK(Scene::state_of(*scene.watermark.state()).delivered ==
        std::vector<std::string>{common::incident_mark("1", day1), common::incident_mark("2", in_future)});
}

TEST_CASE("a stored state later than the moment the run began is pulled back to it, also when nothing comes") {
  Scene scene({},
              R"({"last_incident_timestamp":"2031-01-01T00:00:00Z","last_incident_update":"2031-01-01T00:00:00Z"})");
  CHECK(Scene::state_of(*scene.watermark.state()).watermark() == common::parse_instant("2030-01-01T00:00:00Z"));
}

TEST_CASE("a run that settled nothing stores nothing") {
  Scene scene({}, R"({"last_incident_timestamp":1767226200})");
  CHECK_FALSE(scene.watermark.state());
}
