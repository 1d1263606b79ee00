// SPDX-License-Identifier: Apache-2.0
// One request to Graph with all its tries.
#include <unistd.h>

#include "common/http/http_url.hpp"
#include "common/program/failure.hpp"
#include "common/records/record_writer.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"
#include "tools/fetch-incidents/graph/graph_client.hpp"

using namespace fetch_incidents;
using fetch_incidents_test::FakeClock;

namespace {

/// A client with a budget of 15 minutes; Graph fails once and then answers.
struct OneRequest {
  explicit OneRequest(std::function<void()> before_request) : rate(0, clock) {
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    input = ends[0];
    common::write_all(ends[1], "token-1\n", "pipe");
    ::close(ends[1]);
    tokens.emplace(TokenSource::Options{.fd = input}, clock, log);
    const auto send = [this](const common::HttpRequest&) {
      return common::HttpResponse{.status = ++requests == 1 ? 503 : 200, .body = "{}"};
    };
    client.emplace(GraphClient::Options{.origin = *common::parse_url(url), .before_request = std::move(before_request)},
                   send, *tokens, rate, clock, log);
  }
  ~OneRequest() { ::close(input); }
  Answer get() {
    return client->get(url, {}, [](const SharedText&) {});
  }

  const std::string url = "https://graph.test/";
  FakeClock clock;
  common::Log log{"test", -1};
  RateLimit rate;
  std::optional<TokenSource> tokens;
  std::optional<GraphClient> client;
  int input = -1;
  int requests = 0;
};

}  // namespace

TEST_CASE("the time that the reader of the output takes is not taken from the retry budget") {
  FakeClock* clock = nullptr;
  bool waited = false;
  OneRequest request([&] {
    if (!std::exchange(waited, true)) clock->sleep(std::chrono::hours(1));
  });
  clock = &request.clock;
  CHECK(request.get().kind == Answer::Kind::good);
  CHECK(request.requests == 2);
}
