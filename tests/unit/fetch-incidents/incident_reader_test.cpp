// SPDX-License-Identifier: Apache-2.0
// Incidents that change, or are answered by a replica that lags, between their listing and the request for each.
#include <algorithm>

#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using namespace fetch_incidents_test;

namespace {

constexpr std::int64_t second = common::ticks_per_second;
const std::int64_t start = ticks("2026-03-01T00:00:00Z");

/// Graph with `count` incidents a second apart that gives alerts one incident at a time only.
FakeGraph graph_of_singles(int count) {
  FakeGraph graph;
  graph.most_expanded = 0;
  for (int i = 0; i < count; ++i) graph.put("i" + std::to_string(i), start + i * second);
  return graph;
}

bool is_single(const std::string& url) {
  return url.size() > FakeGraph::address.size() && url[FakeGraph::address.size()] == '/';
}

/// Every incident was written at the version that Graph holds, in ascending order.
void check_last_versions(const FakeGraph& graph, const RunResult& result) {
  CHECK(result.status == 0);
  CHECK(result.message == "");
  CHECK(std::is_sorted(result.written.begin(), result.written.end(), [](const auto& a, const auto& b) {
    return common::parse_instant(a.second)->ticks < common::parse_instant(b.second)->ticks;
  }));
  for (const auto& [id, listed] : graph.incidents) {
    INFO(id);
    CHECK(std::count(result.written.begin(), result.written.end(), std::pair(id, listed.text)) == 1);
  }
}

}  // namespace

TEST_CASE("an incident of the last page that changes before it is read itself is not left out") {
  for (const bool refused : {false, true}) {
    INFO((refused ? "by windows" : "in order"));
    FakeGraph graph = graph_of_singles(7);
    graph.orderby_refused = refused;
    bool changed = false;
    graph.on_request = [&](const std::string& url, int) {
      if (is_single(url) && !std::exchange(changed, true)) {
        graph.put("i3", start + 30 * second);
        graph.put("unseen", start + 20 * second);  // would be passed over if i3 ended the run
      }
      return common::HttpResponse{};
    };
    check_last_versions(graph, run_fetch(graph));
  }
}

TEST_CASE("a replica that answers with an older version than was listed is asked again") {
  for (const bool refused : {false, true}) {
    INFO((refused ? "by windows" : "in order"));
    FakeGraph graph = graph_of_singles(7);
    graph.orderby_refused = refused;
    int lagging = 2;
    graph.on_request = [&](const std::string& url, int) -> common::HttpResponse {
      if (url.find("/i3?") == std::string::npos || lagging-- <= 0) return {};
      return {.status = 200, .body = R"({"id":"i3","lastUpdateDateTime":"2026-02-01T00:00:00Z","alerts":[]})"};
    };
    check_last_versions(graph, run_fetch(graph));
  }
}

TEST_CASE("whatever Graph says to the request for one incident, the others are fetched and that one is noted") {
  const long status = GENERATE(302, 400, 403, 404, 405, 407, 409, 410, 422, 451);
  FakeGraph graph = graph_of_singles(7);
  graph.on_request = [&](const std::string& url, int) -> common::HttpResponse {
    if (url.find("/i3?") == std::string::npos) return {};
    return {.status = status, .headers = {{"location", "/v1.0/security/incidents/i3?again"}}};
  };
  const RunResult result = run_fetch(graph, {.failed_file = "/dev/null"});
  INFO(status);
  CHECK(result.status == 0);
  CHECK(result.written.size() == 6);
  CHECK(result.log.find("i3") != std::string::npos);
  CHECK(run_fetch(graph).status == 75);  // where nothing would keep it
}

TEST_CASE("refused rights end the run where Graph does not list incidents either, and no incident is noted") {
  const long status = GENERATE(403, 407);
  FakeGraph graph = graph_of_singles(7);
  graph.on_request = [&](const std::string& url, int) -> common::HttpResponse {
    const bool refused = url.find("/i3?") != std::string::npos || url.ends_with("incidents?$top=1");
    return refused ? common::HttpResponse{.status = status} : common::HttpResponse{};
  };
  const RunResult result = run_fetch(graph, {.failed_file = "/dev/null"});
  CHECK(result.status == (status == 403 ? 77 : 69));
  CHECK(result.message.find("HTTP status " + std::to_string(status)) != std::string::npos);
  CHECK(result.log.find("i3") == std::string::npos);
}
