// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/http/http.hpp"
#include "common/time.hpp"

namespace fetch_incidents_test {

/// A clock that sleeping moves on. Fetching and writing, which are two threads, read the same one.
class FakeClock : public common::Clock {
 public:
  common::Instant now() const override { return {start_.ticks + elapsed().count() * 10'000}; }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::time_point(elapsed());
  }
  bool sleep(std::chrono::milliseconds span) override {
    elapsed_ += span.count();
    return true;
  }
  std::chrono::milliseconds elapsed() const { return std::chrono::milliseconds{elapsed_}; }

 private:
  common::Instant start_ = *common::parse_instant("2026-06-01T00:00:00Z");
  std::atomic<std::int64_t> elapsed_{0};  // ms
};

/// Graph's incidents in memory, answering the requests that the tool makes. Its oddities are members; `on_request` may
/// change them, or answer in Graph's place by returning a response with a status.
struct FakeGraph {
  struct Listed {
    std::int64_t ticks = 0;
    std::string text;  ///< lastUpdateDateTime as written
  };
  std::map<std::string, Listed> incidents;

  bool orderby_refused = false;
  bool orderby_ignored = false;
  bool by_token = false;  ///< nextLink holds a snapshot in place of an offset
  bool no_next_link = false;
  bool counts = true;
  bool ordered_by_id = false;  ///< order of equal times, and of everything without $orderby: by id, else newest first
  int empty_pages = 0;         ///< so many empty pages come before the first of each question
  std::size_t most_expanded = 1'000;  ///< 500 for larger pages with alerts
  std::set<std::string> broken;       ///< 500 for every answer that holds one of them with alerts
  std::function<common::HttpResponse(const std::string& url, int number)> on_request = {};
  std::function<void()> after_page = {};
  std::vector<std::string> urls = {};

  void put(const std::string& id, std::int64_t ticks);
  common::HttpResponse answer(const common::HttpRequest& request);

  static constexpr std::string_view address = "https://graph.test/v1.0/security/incidents";

 private:
  using Row = std::pair<std::string, Listed>;
  common::HttpResponse compose(const common::HttpRequest& request);
  std::vector<Row> select(const std::string& url) const;
  std::string page(const std::string& url);
  std::string page_of(const std::vector<Row>& rows, std::size_t skip, std::size_t top, const std::string& next,
                      const std::string& url);
  std::string next_link(const std::vector<Row>& rows, std::size_t skip, std::size_t top, const std::string& url);
  std::map<std::string, std::vector<Row>> snapshots_;
  bool failed_ = false;
};

/// The value of a query parameter, percent-decoded; "" when absent.
std::string parameter(const std::string& url, const std::string& name);

struct RunResult {
  std::vector<std::pair<std::string, std::string>> written;  ///< id and lastUpdateDateTime
  std::vector<std::string> lines;
  std::uint64_t missing = 0;
  int status = 0;  ///< of the Failure that ended the run
  std::string message;
  std::string log;
};

struct RunOptions {
  std::string since = "2026-01-01";
  std::string until = {};
  std::vector<std::string> delivered = {};
  std::vector<std::string> ids = {};
  std::size_t top = 50;
  std::int64_t max_rate = 0;
  std::chrono::seconds retry_budget{900};
  std::string failed_file = {};
  std::string token_input = "token-1\n";
};

/// Runs the tool's fetching against the fake, with a fake clock.
RunResult run_fetch(FakeGraph& graph, const RunOptions& options = {}, FakeClock* clock = nullptr);

/// Ticks of a time in 2026; for building incidents.
std::int64_t ticks(const char* text);

}  // namespace fetch_incidents_test
