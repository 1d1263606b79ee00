// SPDX-License-Identifier: Apache-2.0
// The heartbeat keeps the connector active whatever the rest of a run is doing.
#include <unistd.h>

#include <condition_variable>
#include <future>
#include <set>

#include "tests/unit/catch.hpp"
#include "tests/unit/push-opencti/fake_platform.hpp"
#include "tools/push-opencti/push_run.hpp"

using namespace push_opencti;
using namespace push_opencti::testing;
using namespace std::chrono_literals;

namespace {

/// Pings counted as they come.
class Pings {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  /// Waits until `more` pings have come from now on; false when they do not within half a minute.
  bool await(int more) {
    std::unique_lock lock(mutex_);
    const int wanted = count_ + more;
    return changed_.wait_for(lock, 30s, [&] { return count_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// A run of push-opencti in a thread of its own, whose input is a pipe.
class Scene {
 public:
  Scene() {
    REQUIRE(::pipe(input_) == 0);
    REQUIRE(::pipe(output_) == 0);
    options.files = {"/dev/fd/" + std::to_string(input_[0])};
    options.platform.identity = {
        .id = "c", .name = "Microsoft Sentinel", .type = "EXTERNAL_IMPORT", .scope = "sentinel"};
    options.platform.protocol = "api";
    options.platform.queue_threshold = 500;
    options.platform.retry_budget = 60s;
  }
  ~Scene() {
    end_input();
    for (const int fd : {input_[0], output_[0], output_[1]}) ::close(fd);
  }

  void start() {
    run_ = std::async(std::launch::async, [this] { return PushRun(options, context, summary_, output_[1]).run(); });
  }
  void write(const std::string& line) {
    REQUIRE(::write(input_[1], (line + "\n").data(), line.size() + 1) == ssize_t(line.size() + 1));
  }
  void end_input() {
    if (input_[1] >= 0) ::close(std::exchange(input_[1], -1));
  }
  common::ExitStatus end() {
    end_input();
    return run_.get();
  }

  FakePlatform platform{"7.260817.0"};
  Pings pings;
  FakeClock clock;
  common::StopSignal stop;
  common::Log log{"push-opencti", -1};
  Options options;
  Context context{stop, clock, log, platform.connect(), 1ms};

 private:
  int input_[2] = {-1, -1};
  int output_[2] = {-1, -1};
  common::Summary summary_{{}, log};
  std::future<common::ExitStatus> run_;
};

/// A connection that tells of each request before it goes.
class Overheard : public Transport {
 public:
  using Tell = std::function<void(std::string_view body)>;
  Overheard(std::unique_ptr<Transport> inner, Tell tell) : inner_(std::move(inner)), tell_(std::move(tell)) {}
  common::HttpResponse post(std::string_view body, bool once) override {
    tell_(body);
    return inner_->post(body, once);
  }

 private:
  std::unique_ptr<Transport> inner_;
  Tell tell_;
};

}  // namespace

TEST_CASE("the heartbeat goes on while no input comes") {
  Scene scene;
  scene.platform.before_each([&](const std::string& field) {
    if (field == "pingConnector") scene.pings.add();
  });
  scene.start();
  CHECK(scene.pings.await(5));
  scene.write(bundle_line(1, "2026-09-01T00:00:00.1234567Z"));
  CHECK(scene.pings.await(5));
  CHECK(scene.end() == common::ExitStatus::done);
  CHECK(scene.platform.pushes().size() == 1);
}

TEST_CASE("the heartbeat goes on while a push, or the opening of the work before it, hangs") {
  const std::string hanging = GENERATE("stixBundlePush", "workAdd");
  Scene scene;
  bool beat_meanwhile = false;
  scene.platform.before_each([&](const std::string& field) {
    if (field == "pingConnector") scene.pings.add();
    if (field == hanging) beat_meanwhile = scene.pings.await(5);
  });
  scene.start();
  scene.write(bundle_line(1, "2026-09-01T00:00:00.1234567Z"));
  CHECK(scene.end() == common::ExitStatus::done);
  CHECK(scene.platform.pushes().size() == 1);
  CHECK(beat_meanwhile);
}

TEST_CASE("the heartbeat has a connection of its own, whose requests end after 10 s") {
  Scene scene;
  scene.options.platform.request_timeout = 300s;
  std::mutex mutex;
  std::set<std::chrono::milliseconds> ping_limits;
  std::set<std::chrono::milliseconds> push_limits;
  const Connect connect = scene.platform.connect();
  scene.context.connect = [&](std::chrono::milliseconds limit, common::StopSignal* stop) {
    return std::make_unique<Overheard>(connect(limit, stop), [&, limit](std::string_view body) {
      const std::lock_guard lock(mutex);
      if (body.find("pingConnector") != std::string_view::npos) ping_limits.insert(limit);
      if (body.find("stixBundlePush") != std::string_view::npos) push_limits.insert(limit);
    });
  };
  scene.platform.before_each([&](const std::string& field) {
    if (field == "pingConnector") scene.pings.add();
  });
  scene.start();
  CHECK(scene.pings.await(5));
  scene.write(bundle_line(1, "2026-09-01T00:00:00.1234567Z"));
  CHECK(scene.end() == common::ExitStatus::done);
  // The first ping, right after registering, and the last, which stores the state, are the run's own.
  CHECK(ping_limits == std::set<std::chrono::milliseconds>{10s, 300s});
  CHECK(push_limits == std::set<std::chrono::milliseconds>{300s});
}
