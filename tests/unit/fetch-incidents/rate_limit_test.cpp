// SPDX-License-Identifier: Apache-2.0
// The limit on requests a minute over a whole run, on a clock that waiting moves on.
#include <algorithm>

#include "common/settings/settings.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using namespace fetch_incidents_test;
using std::chrono::milliseconds;

namespace {

std::int64_t default_rate() {
  const auto all = common::all_settings();
  const auto spec =
      std::find_if(all.begin(), all.end(), [](const auto& s) { return s.variable == "SENTINEL_INCIDENTS_MAX_RATE"; });
  REQUIRE(spec != all.end());
  return std::stoll(std::string(spec->fallback));
}

/// A run over `count` incidents, one a page, and the moment of each request.
struct Paced {
  explicit Paced(int count) {
    for (int i = 0; i < count; ++i)
      graph.put("i" + std::to_string(i), ticks("2026-03-01T00:00:00Z") + i * common::ticks_per_second);
    graph.on_request = [this](const std::string& url, int number) {
      sent.push_back(clock.elapsed());
      return oddity ? oddity(url, number) : common::HttpResponse{};
    };
  }
  RunResult run(RunOptions options) {
    options.top = 1;
    return run_fetch(graph, options, &clock);
  }
  /// The most requests within any minute.
  std::size_t busiest_minute() const {
    std::size_t most = 0;
    for (auto first = sent.begin(); first != sent.end(); ++first) {
      const auto end = std::lower_bound(first, sent.end(), *first + milliseconds(60'000));
      most = std::max(most, static_cast<std::size_t>(end - first));
    }
    return most;
  }

  FakeGraph graph;
  FakeClock clock;
  std::function<common::HttpResponse(const std::string&, int)> oddity;
  std::vector<milliseconds> sent;
};

}  // namespace

TEST_CASE("by default Graph gets 150 requests in a minute and no more") {
  REQUIRE(default_rate() == 150);
  Paced paced(400);
  const RunResult result = paced.run({.max_rate = default_rate()});
  CHECK(result.status == 0);
  CHECK(result.written.size() == 400);
  REQUIRE(paced.sent.size() > 400);
  CHECK(paced.busiest_minute() == 150);
  // Nor is less asked than that.
  CHECK(paced.clock.elapsed() <= std::chrono::minutes(paced.sent.size() / 150));
}

TEST_CASE("retries and requests for single incidents count against the rate as well") {
  Paced paced(60);
  paced.graph.most_expanded = 0;  // each incident is asked for alone
  paced.oddity = [](const std::string&, int number) {
    common::HttpResponse response;
    if (number % 3 == 0) {
      response.status = 503;
      response.headers.emplace_back("retry-after", "0");
    }
    return response;
  };
  const RunResult result = paced.run({.max_rate = 20});
  CHECK(result.status == 0);
  CHECK(result.written.size() == 60);
  REQUIRE(paced.sent.size() > 100);
  CHECK(paced.busiest_minute() == 20);
}

TEST_CASE("without a limit nothing is waited for") {
  Paced paced(400);
  CHECK(paced.run({.max_rate = 0}).written.size() == 400);
  CHECK(paced.clock.elapsed() == milliseconds(0));
}
