// SPDX-License-Identifier: Apache-2.0
#include "common/http/http.hpp"
#include "common/http/http_retry.hpp"
#include "common/http/http_url.hpp"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "common/program/failure.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using common::HttpResponse;
using common::RetrySchedule;
using fetch_incidents_test::FakeClock;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

HttpResponse failed(long status, const std::string& retry_after = {}) {
  HttpResponse response;
  response.status = status;
  if (!retry_after.empty()) response.headers.emplace_back("retry-after", retry_after);
  return response;
}

/// Answers one request with a header and then a byte now and then, until the client goes away; at most for half a
/// minute.
class TricklingServer {
 public:
  TricklingServer() {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listening_, any, size) == 0);
    REQUIRE(::listen(listening_, 1) == 0);
    REQUIRE(::getsockname(listening_, any, &size) == 0);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/";
    serving_ = std::thread([this] { serve(); });
  }
  ~TricklingServer() {
    serving_.join();
    ::close(listening_);
  }
  TricklingServer(const TricklingServer&) = delete;
  TricklingServer& operator=(const TricklingServer&) = delete;

  std::string url;

 private:
  void serve() const {
    const int client = ::accept(listening_, nullptr, nullptr);
    std::string_view piece = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    for (int pieces = 0; pieces < 300 && ::send(client, piece.data(), piece.size(), MSG_NOSIGNAL) > 0; ++pieces) {
      piece = " ";
      pollfd gone = {client, POLLRDHUP, 0};
      if (::poll(&gone, 1, 100) != 0) break;
    }
    ::close(client);
  }

  int listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::thread serving_;
};

}  // namespace

TEST_CASE("a link is resolved against the URL that it came from") {
  const std::string base = "https://h:1/a/b?c=1";
  CHECK(common::resolve_url(base, "https://other/x") == "https://other/x");
  CHECK(common::resolve_url(base, "//other/x") == "https://other/x");
  CHECK(common::resolve_url(base, "/x?y:z=1") == "https://h:1/x?y:z=1");
  CHECK(common::resolve_url(base, "x/y?z=https://h") == "https://h:1/a/x/y?z=https://h");
  CHECK(common::resolve_url(base, "?$skip=1") == "https://h:1/a/b?$skip=1");
  CHECK(common::resolve_url(base, "") == base);
  CHECK(common::resolve_url("https://h", "x") == "https://h/x");
  CHECK(common::resolve_url("https://h?a=/b", "x") == "https://h/x");
  CHECK(common::parse_url(common::resolve_url(base, "ht!tp:garbage"))->same_origin(*common::parse_url(base)));
}

TEST_CASE("a URL is taken apart, and one that two readers could see differently is refused") {
  const auto url = common::parse_url("HTTPS://Graph.Example:8443/a?b=1#c");
  REQUIRE(url);
  CHECK(url->scheme == "https");
  CHECK(url->host == "graph.example");
  CHECK(url->port == 8443);
  CHECK(url->path == "/a?b=1");
  CHECK(common::parse_url("https://h")->path == "/");
  CHECK(common::parse_url("http://[::1]:80/")->host == "[::1]");
  CHECK(common::parse_url("https://h:443/")->same_origin(*common::parse_url("https://H/x")));
  for (const char* text :
       {"", "h", "//h/", "ftp://h/", "https://", "https://u@h/", "https://u:p@h/", "https://h\\@evil/", "https://h /",
        "https://h\r\n/", "https://h:0/", "https://h:99999/", "https://h:x/", "https:///x", "https:h"}) {
    INFO(text);
    CHECK_FALSE(common::parse_url(text));
  }
}

TEST_CASE("only true loopback hosts may be spoken to in the clear") {
  for (const char* host : {"localhost", "127.0.0.1", "127.255.0.9", "[::1]", "::1"}) CHECK(common::is_loopback(host));
  for (const char* host : {"127.0.0.1.evil.com", "128.0.0.1", "127.1", "localhost.evil.com", "127.0.0.256", "",
                           "127.0.0.1.", "10.127.0.0", "0127.0.0.1", "127.0.0.01", "0177.0.0.1"}) {
    INFO(host);
    CHECK_FALSE(common::is_loopback(host));
  }
  CHECK(common::secret_address_fault("https://h").empty());
  CHECK(common::secret_address_fault("http://localhost:80").empty());
  CHECK_FALSE(common::secret_address_fault("http://h").empty());
  CHECK_FALSE(common::secret_address_fault("https://h/?q").empty());
}

TEST_CASE("everything but unreserved characters is percent-encoded") {
  CHECK(common::url_encode("aZ0-._~ /&=\xc3\xa9") == "aZ0-._~%20%2F%26%3D%C3%A9");
}

TEST_CASE("Retry-After is read as seconds and as a date") {
  const common::Instant now = *common::parse_instant("2026-11-24T02:00:00Z");
  CHECK(common::parse_retry_after("17", now) == seconds(17));
  CHECK(common::parse_retry_after("Tue, 24 Nov 2026 02:01:00 GMT", now) == seconds(60));
  CHECK(common::parse_retry_after("Tue, 24 Nov 2026 01:00:00 GMT", now) == seconds(0));
  CHECK(common::parse_retry_after("99999999999999999999", now) == seconds(365 * 86'400));
  CHECK_FALSE(common::parse_retry_after("", now));
  CHECK_FALSE(common::parse_retry_after("-5", now));
  CHECK_FALSE(common::parse_retry_after("soon", now));
}

TEST_CASE("waits grow with jitter up to a minute and end with the budget") {
  FakeClock clock;
  RetrySchedule schedule(seconds(900), clock, 7);
  milliseconds wait{0};
  milliseconds longest{0};
  int tries = 0;
  while (schedule.next(failed(503), wait) == RetrySchedule::Answer::again) {
    CHECK(wait <= milliseconds(1'000) * (1 << std::min(tries, 6)));
    longest = std::max(longest, wait);
    clock.sleep(wait);
    ++tries;
  }
  CHECK(clock.elapsed() == seconds(900));
  CHECK(longest > seconds(20));
  CHECK(longest <= seconds(60));
}

TEST_CASE("Retry-After is honoured within the budget, and one beyond it says so at once") {
  FakeClock clock;
  RetrySchedule schedule(seconds(100), clock, 7);
  milliseconds wait{0};
  CHECK(schedule.next(failed(429, "41"), wait) == RetrySchedule::Answer::again);
  CHECK(wait == seconds(41));
  clock.sleep(wait);
  CHECK(schedule.next(failed(429, "315"), wait) == RetrySchedule::Answer::wait_too_long);
  CHECK(schedule.next(failed(429, "0"), wait) == RetrySchedule::Answer::again);
  CHECK(wait <= milliseconds(10));
  RetrySchedule none(seconds(0), clock, 7);
  CHECK(none.next(failed(500), wait) == RetrySchedule::Answer::budget_used);
}

TEST_CASE("what passes by itself is tried again, what does not is not") {
  for (const long status : {0L, 429L, 500L, 503L, 504L, 599L}) CHECK(common::is_transient(failed(status)));
  for (const long status : {200L, 301L, 400L, 401L, 403L, 404L}) CHECK_FALSE(common::is_transient(failed(status)));
  HttpResponse response;
  response.tls_failure = true;
  CHECK_FALSE(common::is_transient(response));
}

TEST_CASE("a header that would bring further headers is refused before anything is sent") {
  common::Log log("test", -1);
  common::HttpClient client({}, log);
  for (const auto& [name, value] :
       common::HttpHeaders{{"X", "a\r\nY: b"}, {"X", "a\nb"}, {"X\r\nY", "b"}, {"", "b"}, {"X Y", "b"}}) {
    CHECK_THROWS_AS(client.send({.url = "http://127.0.0.1:1/", .headers = {{name, value}}}), common::Failure);
  }
}

TEST_CASE("an answer that trickles in is given up like one that stalls") {
  TricklingServer server;
  common::Log log("test", -1);
  common::HttpOptions options;
  options.stall_timeout = seconds(1);
  const HttpResponse response = common::HttpClient(options, log).send({.url = server.url});
  CHECK(response.status == 0);
  CHECK(response.error.find("too slow") != std::string::npos);
}

TEST_CASE("a CA setting that is neither PEM text nor a readable file is a settings fault") {
  common::Log log("test", -1);
  common::HttpOptions options;
  options.ca = "/nonexistent/ca.pem";
  CHECK_THROWS_AS(common::HttpClient(options, log), common::Failure);
}
