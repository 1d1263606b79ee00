// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>

#include "common/records/state.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using namespace fetch_incidents_test;

namespace {

constexpr std::int64_t second = common::ticks_per_second;

/// `count` incidents a second apart, from 1 March on.
FakeGraph steady_graph(int count) {
  FakeGraph graph;
  for (int i = 0; i < count; ++i) graph.put("i" + std::to_string(i), ticks("2026-03-01T00:00:00Z") + i * second);
  return graph;
}

FakeGraph tied_graph(int count) {
  FakeGraph graph = steady_graph(10);
  for (int i = 0; i < count; ++i) graph.put("tie" + std::to_string(i), ticks("2026-03-02T00:00:00.5Z"));
  for (int i = 0; i < 10; ++i) graph.put("after" + std::to_string(i), ticks("2026-03-03T00:00:00Z") + i * second);
  return graph;
}

bool ascends(const RunResult& result) {
  return std::is_sorted(result.written.begin(), result.written.end(), [](const auto& a, const auto& b) {
    return common::parse_instant(a.second)->ticks < common::parse_instant(b.second)->ticks;
  });
}

void check_all_once(const FakeGraph& graph, const RunResult& result) {
  CHECK(result.status == 0);
  CHECK(result.message == "");
  CHECK(ascends(result));
  std::map<std::string, std::string> last;
  for (const auto& [id, update] : result.written) {
    CHECK_FALSE(last.contains(id));
    last[id] = update;
  }
  CHECK(last.size() == graph.incidents.size());
  for (const auto& [id, listed] : graph.incidents) CHECK(last[id] == listed.text);
}

}  // namespace

TEST_CASE("every incident is written once, oldest update first") {
  for (const int count : {0, 1, 49, 50, 51, 99, 100, 101, 320}) {
    INFO(count);
    FakeGraph graph = steady_graph(count);
    check_all_once(graph, run_fetch(graph));
  }
}

TEST_CASE("an incident leaves without white space between tokens and otherwise as it came") {
  FakeGraph graph;
  graph.put("7", ticks("2026-03-01T00:00:00.1Z"));
  CHECK(run_fetch(graph).lines ==
        std::vector<std::string>{
            R"({"id":"7","lastUpdateDateTime":"2026-03-01T00:00:00.1Z","alerts":[{"id":"alert of 7"}]})"});
}

TEST_CASE("a time goes back to Graph exactly as it was received") {
  FakeGraph graph = steady_graph(49);
  graph.put("last", ticks("2026-03-02T00:00:00.54Z"));
  run_fetch(graph);
  REQUIRE(graph.urls.size() == 2);
  CHECK(parameter(graph.urls[1], "$filter") == "lastUpdateDateTime ge 2026-03-02T00:00:00.54Z");
}

TEST_CASE("more equal timestamps than a page holds are read completely") {
  for (const bool by_token : {false, true}) {
    for (const int count : {49, 50, 51, 130, 400}) {
      INFO(count << (by_token ? " by token" : " by offset"));
      FakeGraph graph = tied_graph(count);
      graph.by_token = by_token;
      check_all_once(graph, run_fetch(graph));
    }
  }
}

TEST_CASE("an incident that leaves a tie while it is read hides no other") {
  FakeGraph graph = tied_graph(130);
  int left = 4;  // fewer than pages are read, so that each change comes before the last page
  graph.after_page = [&] {
    if (left == 0) return;
    --left;
    graph.put("tie" + std::to_string(left), ticks("2026-03-04T00:00:00Z") + left * second);
  };
  const RunResult result = run_fetch(graph);
  CHECK(result.status == 0);
  CHECK(ascends(result));
  for (const auto& [id, listed] : graph.incidents) {
    INFO(id);
    CHECK(std::count(result.written.begin(), result.written.end(), std::pair(id, listed.text)) == 1);
  }
}

TEST_CASE("a tie that changes at every reading ends the run with 75") {
  FakeGraph graph = tied_graph(60);
  int added = 0;
  graph.after_page = [&] { graph.put("more" + std::to_string(added++), ticks("2026-03-02T00:00:00.5Z")); };
  CHECK(run_fetch(graph).status == 75);
}

TEST_CASE("full pages without a nextLink are followed by their times") {
  for (const bool refused : {false, true}) {
    FakeGraph graph = steady_graph(200);
    graph.no_next_link = true;
    graph.orderby_refused = refused;
    check_all_once(graph, run_fetch(graph));
  }
}

TEST_CASE("equal timestamps are read to their end although Graph leaves nextLink out") {
  for (const bool refused : {false, true}) {
    FakeGraph graph = tied_graph(150);
    graph.no_next_link = true;
    graph.counts = false;
    graph.orderby_refused = refused;
    check_all_once(graph, run_fetch(graph));
  }
}

TEST_CASE("empty pages with a nextLink are followed to the incidents behind them") {
  for (const bool refused : {false, true}) {
    INFO(refused);
    FakeGraph graph = steady_graph(120);
    graph.empty_pages = 3;
    graph.orderby_refused = refused;
    check_all_once(graph, run_fetch(graph));
  }
}

TEST_CASE("a nextLink that repeats stops the run instead of going round for ever") {
  FakeGraph graph;
  graph.on_request = [](const std::string& url, int) {
    common::HttpResponse response;
    response.status = 200;
    response.body = R"({"@odata.nextLink":"https://graph.test/v1.0/security/incidents?again=1","value":[]})";
    CHECK(url.starts_with("https://graph.test/"));
    return response;
  };
  const RunResult result = run_fetch(graph);
  CHECK(result.status == 75);
  CHECK(result.message.find("circle") != std::string::npos);
  CHECK(graph.urls.size() == 2);
}

TEST_CASE("pages that bring nothing new stop the run although each has a nextLink of its own") {
  for (const bool refused : {false, true}) {
    FakeGraph graph = steady_graph(60);
    graph.orderby_refused = refused;
    graph.empty_pages = 5'000;
    CHECK(run_fetch(graph).status == 75);
    CHECK(graph.urls.size() < 3000);
  }
}

TEST_CASE("a server that leaves nextLink out and does not know $skip stops the run") {
  for (const bool refused : {false, true}) {
    FakeGraph graph = tied_graph(60);
    graph.orderby_refused = refused;
    graph.no_next_link = true;
    graph.on_request = [&](const std::string& url, int number) -> common::HttpResponse {
      if (url.find("&$skip=") == std::string::npos) return {};
      if (number > 5'000) return {.status = 403};
      std::string again = url;
      again.erase(again.find("&$skip="), again.find("&$top=") - again.find("&$skip="));
      return graph.answer({.url = again});
    };
    CHECK(run_fetch(graph).status == 75);
  }
}

TEST_CASE("a server without $orderby is read by windows of time") {
  for (const bool ignored : {false, true}) {
    for (const bool counts : {false, true}) {
      for (const int count : {0, 1, 50, 51, 700}) {
        INFO(count << (ignored ? " ignored" : " refused") << (counts ? " counted" : ""));
        FakeGraph graph = steady_graph(count);
        graph.orderby_refused = !ignored;
        graph.orderby_ignored = ignored;
        graph.counts = counts;
        check_all_once(graph, run_fetch(graph));
      }
    }
  }
}

TEST_CASE("equal timestamps beyond a page are read without $orderby as well") {
  FakeGraph graph = tied_graph(130);
  graph.orderby_refused = true;
  check_all_once(graph, run_fetch(graph));
}

TEST_CASE("the order breaking in mid-run turns to windows without writing anything twice") {
  FakeGraph graph = steady_graph(300);
  graph.on_request = [&](const std::string&, int number) {
    graph.orderby_ignored = number > 2;
    return common::HttpResponse{};
  };
  check_all_once(graph, run_fetch(graph));
}

TEST_CASE("the order breaking shows although incidents are read one by one and sorted in") {
  for (const int count : {51, 130, 500}) {
    INFO(count);
    FakeGraph graph = steady_graph(count);
    graph.orderby_ignored = true;
    graph.most_expanded = 0;
    check_all_once(graph, run_fetch(graph));
  }
}

TEST_CASE("a range ends before --until") {
  for (const bool refused : {false, true}) {
    FakeGraph graph = steady_graph(200);
    graph.orderby_refused = refused;
    const RunResult result = run_fetch(graph, {.since = "2026-03-01T00:00:10Z", .until = "2026-03-01T00:01:40Z"});
    REQUIRE(result.written.size() == 90);
    CHECK(result.written.front().first == "i10");
    CHECK(result.written.back().first == "i99");
  }
}

TEST_CASE("what the state lists as delivered is left out, and a changed version is not") {
  FakeGraph graph = steady_graph(60);
  std::vector<std::string> delivered;
  for (const auto& [id, listed] : graph.incidents) delivered.push_back(common::incident_mark(id, listed.text));
  graph.put("i7", ticks("2026-04-01T00:00:00Z"));
  const RunResult result = run_fetch(graph, {.delivered = delivered});
  REQUIRE(result.written.size() == 1);
  CHECK(result.written.front().first == "i7");
}

TEST_CASE("incidents outside the asked range stop the run rather than being taken for the range") {
  FakeGraph graph = steady_graph(5);
  graph.on_request = [](const std::string&, int) {
    common::HttpResponse response;
    response.status = 200;
    response.body = R"({"value":[{"id":"1","lastUpdateDateTime":"2025-01-01T00:00:00Z"}]})";
    return response;
  };
  CHECK(run_fetch(graph).status == 75);
}

TEST_CASE("an incident without a readable time is written all the same") {
  FakeGraph graph = steady_graph(2);
  graph.incidents["i1"].text = "2026-07-03T12:16:01+0530577Z";
  const RunResult result = run_fetch(graph);
  CHECK(result.status == 0);
  CHECK(result.written.size() == 2);
}
