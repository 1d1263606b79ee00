// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <random>

#include "common/records/state.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using namespace fetch_incidents_test;

namespace {

constexpr std::int64_t second = common::ticks_per_second;

/// Changes the incidents after each page: updates, new incidents, late arrivals (their time lies before the newest) and
/// ties.
class RandomChanges {
 public:
  RandomChanges(FakeGraph& graph, std::uint64_t seed) : graph_(graph), random_(seed) {
    for (int i = 0; i < 230; ++i) {
      now_ += pick(4) == 0 ? 0 : pick(3 * second);
      graph_.put(std::to_string(i), now_);
    }
  }

  bool over() const { return left_ == 0; }

  void change() {
    if (left_ == 0) return;
    for (std::int64_t changes = pick(4); changes > 0 && left_ > 0; --changes, --left_) change_one();
  }

  /// The incidents that appeared with a time in the past and did not change since.
  const std::set<std::string>& late() const { return late_; }
  std::int64_t pick(std::int64_t below) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(below));
  }

 private:
  std::string any() {
    auto it = graph_.incidents.begin();
    std::advance(it, pick(static_cast<std::int64_t>(graph_.incidents.size())));
    return it->first;
  }
  void change_one() {
    now_ += pick(second / 10);
    const std::string added = "new" + std::to_string(left_);
    switch (pick(6)) {
      case 0: graph_.put(added, now_); break;
      case 1:
        graph_.put(added, now_ - pick(100 * second));
        late_.insert(added);
        break;
      case 2:
        for (int i = 0; i < 60; ++i) graph_.put(any(), now_);  // a bulk change gives many the same time
        break;
      default: graph_.put(any(), now_); break;
    }
    // What was changed again is late no longer.
    std::erase_if(late_, [&](const std::string& id) { return graph_.incidents[id].ticks == now_; });
  }

  FakeGraph& graph_;
  std::mt19937_64 random_;
  std::int64_t now_ = ticks("2026-03-01T00:00:00Z");
  std::set<std::string> late_;
  int left_ = 30;
};

using Version = std::pair<std::string, std::string>;

bool ascends(const RunResult& result) {
  return std::is_sorted(result.written.begin(), result.written.end(), [](const auto& a, const auto& b) {
    return common::parse_instant(a.second)->ticks < common::parse_instant(b.second)->ticks;
  });
}

/// The incidents whose version as listed was not written.
std::vector<std::string> missed(const std::map<std::string, FakeGraph::Listed>& listed,
                                const std::set<Version>& written) {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : listed) {
    if (!written.contains({id, entry.text})) ids.push_back(id + " " + entry.text);
  }
  return ids;
}

/// 50, or as many as SEEDS says: the long run has 1,000.
std::uint64_t seeds() {
  const char* asked = std::getenv("SEEDS");
  return asked != nullptr ? std::strtoull(asked, nullptr, 10) : 50;
}

struct Mode {
  bool by_token;
  bool refused;
  bool singles = false;  ///< incidents can be had with their alerts one by one only
  bool ignored = false;  ///< $orderby is ignored
};

/// A run and what Graph held when it answered last.
struct Observed {
  RunResult result;
  std::map<std::string, FakeGraph::Listed> at_last_page;  ///< without what was published late
};

Observed observe(FakeGraph& graph, RandomChanges& changes, const RunOptions& options) {
  Observed seen;
  std::set<std::string> late;
  graph.after_page = [&] {
    seen.at_last_page = graph.incidents;
    late = changes.late();
    changes.change();
  };
  seen.result = run_fetch(graph, options);
  graph.after_page = {};
  std::erase_if(seen.at_last_page, [&](const auto& entry) { return late.contains(entry.first); });
  return seen;
}

/// Runs follow one another from where the one before ended, as the chain has them, until one ends without a change
/// during it. Everything must have been written at its last version by then, and nothing twice.
void check_seed(std::uint64_t seed, Mode mode) {
  INFO("seed " << seed << (mode.by_token ? ", $skiptoken" : ", $skip") << (mode.refused ? ", no $orderby" : "")
               << (mode.singles ? ", single incidents" : "") << (mode.ignored ? ", $orderby ignored" : ""));
  FakeGraph graph;
  graph.by_token = mode.by_token;
  graph.orderby_refused = mode.refused;
  graph.orderby_ignored = mode.ignored;
  if (mode.singles) graph.most_expanded = 0;
  RandomChanges changes(graph, seed);
  std::set<Version> written;
  std::vector<std::string> marks;
  RunOptions options;
  for (bool quiet = false; !quiet;) {
    quiet = changes.over();
    const Observed seen = observe(graph, changes, options);
    INFO(seen.result.message);
    // Too much change within one tie ends a run early, which is no loss.
    REQUIRE((seen.result.status == 0 || (seen.result.status == 75 && !quiet)));
    REQUIRE(ascends(seen.result));
    for (const Version& version : seen.result.written) {
      INFO(version.first << " " << version.second);
      REQUIRE(written.insert(version).second);
      marks.push_back(common::incident_mark(version.first, version.second));
    }
    if (seen.result.status == 0) REQUIRE(missed(seen.at_last_page, written).empty());
    if (seen.result.written.empty()) continue;
    const common::Instant watermark = *common::parse_instant(seen.result.written.back().second);
    options = {.since = common::full_text(watermark - std::chrono::seconds(300)), .delivered = marks};
  }
  REQUIRE(missed(graph.incidents, written).empty());
}

}  // namespace

TEST_CASE("no change of incidents while pages are read loses one, by offset or token, with or without $orderby") {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    for (const bool by_token : {false, true}) {
      for (const bool refused : {false, true}) check_seed(seed, {by_token, refused});
    }
    for (const bool ignored : {false, true})
      check_seed(seed, {.by_token = false, .refused = false, .singles = true, .ignored = ignored});
  }
}
