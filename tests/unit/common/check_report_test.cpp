// SPDX-License-Identifier: Apache-2.0
#include "common/console/check_report.hpp"

#include <unistd.h>

#include <array>

#include "common/console/printable.hpp"
#include "common/http/http_check.hpp"
#include "common/http/http_faults.hpp"
#include "common/http/http_proxy.hpp"
#include "common/http/http_retry.hpp"
#include "tests/unit/catch.hpp"
#include "tests/unit/fetch-incidents/fake_graph.hpp"

using common::ExitStatus;

namespace {

/// What is written to a pipe until it is read.
class Pipe {
 public:
  Pipe() { REQUIRE(::pipe(ends_.data()) == 0); }
  ~Pipe() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  int in() const { return ends_[1]; }
  std::string text() const {
    std::array<char, 8192> bytes{};
    const ssize_t count = ::read(ends_[0], bytes.data(), bytes.size());
    return {bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
  }

 private:
  std::array<int, 2> ends_{};
};

/// What check_peer() says of an answer.
std::string said_of(const common::HttpResponse& response, ExitStatus* status = nullptr) {
  Pipe pipe;
  common::Log log("tool", -1);
  common::CheckReport report(log, pipe.in());
  fetch_incidents_test::FakeClock clock;
  common::check_peer(
      report, [&](const common::HttpRequest&) { return response; }, clock, "peer", "https://peer.test");
  if (status != nullptr) *status = report.status();
  return pipe.text();
}

common::HttpResponse dated(const fetch_incidents_test::FakeClock& clock, long seconds_off,
                           const std::string& age = {}) {
  common::HttpResponse response;
  response.status = 404;
  response.address = "192.0.2.7";
  const std::time_t at = clock.now().ticks / common::ticks_per_second + seconds_off;
  std::tm parts{};
  gmtime_r(&at, &parts);
  std::array<char, 64> text{};
  response.headers.emplace_back(
      "date", std::string(text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts)));
  if (!age.empty()) response.headers.emplace_back("age", age);
  return response;
}

}  // namespace

TEST_CASE(
    "a report's status is that of the first step that failed, and no line holds a secret or a control character") {
  Pipe pipe;
  common::Log log("tool", -1);
  log.add_secret("s3cret");
  common::CheckReport report(log, pipe.in());
  report.ok("one", "fine");
  report.warning("two", "so so");
  CHECK(report.status() == ExitStatus::done);
  report.failed("three", ExitStatus::refused, "s3cret\n\033[31m refused");
  report.failed("four", ExitStatus::settings, "also");
  report.skipped("five", "");
  CHECK(report.status() == ExitStatus::refused);
  CHECK(pipe.text() ==
        "ok       one: fine\nwarning  two: so so\nfailed   three: ***\\n\\x1b[31m refused\nfailed   four: "
        "also\nskipped  five: \n");
  log.set_format(common::LogFormat::json);
  report.ok("one", "a \"quoted\" word");
  CHECK(pipe.text() == "{\"step\":\"one\",\"result\":\"ok\",\"message\":\"a \\\"quoted\\\" word\"}\n");
}

TEST_CASE("any answer is a connection, and its Date is compared with this machine's clock") {
  const fetch_incidents_test::FakeClock clock;
  ExitStatus status{};
  CHECK(said_of(dated(clock, 0), &status) ==
        "ok       peer connection: https://peer.test answers (192.0.2.7, 0 ms)\nok       peer clock: this machine's "
        "clock agrees\n");
  CHECK(status == ExitStatus::done);
  CHECK_THAT(said_of(dated(clock, 20)),
             contains_text("ok       peer clock: this machine's clock is 20 s behind the answer's Date"));
  CHECK_THAT(said_of(dated(clock, -100), &status),
             contains_text("warning  peer clock: this machine's clock is 99 s ahead of"));
  CHECK(status == ExitStatus::done);
  CHECK_THAT(said_of(dated(clock, 7'200), &status),
             contains_text("warning  peer clock: this machine's clock is 7200 s behind"));
  CHECK(status == ExitStatus::done);
  CHECK_THAT(said_of(dated(clock, -4000, "4000")), contains_text("ok       peer clock: this machine's clock agrees"));
  common::HttpResponse undated;
  undated.status = 200;
  CHECK_THAT(said_of(undated, &status), contains_text("skipped  peer clock"));
  CHECK(status == ExitStatus::done);
}

TEST_CASE("libcurl's message names the proxy that cannot be reached by its variable") {
  ::setenv("https_proxy", "http://user:word@proxy.test:3999/", 1);
  CHECK(common::proxy_named_in("Failed to connect to proxy.test port 3999 after 2 ms: Couldn't connect") ==
        "https_proxy");
  CHECK(common::proxy_named_in("Failed to connect to graph.test port 443 after 2 ms: Couldn't connect").empty());
  ::setenv("https_proxy", "[::1]", 1);
  CHECK(common::proxy_named_in("Failed to connect to ::1 port 1080 after 2 ms: Couldn't connect") == "https_proxy");
  ::unsetenv("https_proxy");
}

TEST_CASE("the time of the next try is told in units that people use") {
  using std::chrono::milliseconds;
  CHECK(common::retry_notice("no answer", milliseconds(29), "x") == "no answer, next try at once: x");
  CHECK(common::retry_notice("no answer", milliseconds(10'932), "x") == "no answer, next try in 11 s: x");
  CHECK(common::retry_notice("no answer", milliseconds(600'000), "x") == "no answer, next try in 10 min: x");
}

TEST_CASE("no answer, and a proxy that wants to know who asks, are failures") {
  common::HttpResponse none;
  none.error = "Could not resolve host: peer.test";
  ExitStatus status{};
  CHECK(said_of(none, &status) ==
        "failed   peer connection: https://peer.test does not answer: Could not resolve host: peer.test\n");
  CHECK(status == ExitStatus::unavailable);
  common::HttpResponse proxy;
  proxy.status = 407;
  CHECK_THAT(said_of(proxy, &status), contains_text("give user and password in https_proxy"));
  CHECK(status == ExitStatus::unavailable);
  CHECK_THAT(std::string(common::advice_for_transfer(56, 407, "")),
             contains_text("give user and password in https_proxy"));
  CHECK_THAT(std::string(common::advice_for_transfer(56, 403, "")), contains_text("does not let this through"));
  CHECK(common::advice_for_transfer(56, 200, "").empty());
}

TEST_CASE("a text is never cut within a character") {
  CHECK(common::shortened("abc", 3) == "abc");
  CHECK(common::shortened("abcd", 3) == "abc…");
  CHECK(common::shortened("ab\xc3\xa9", 3) == "ab…");
}

TEST_CASE("an excerpt is one line, and says where something is left out") {
  CHECK(common::excerpt(" a\r\n\t b\x1b[2Jc \n") == "a b [2Jc");
  CHECK(common::excerpt("").empty());
  CHECK(common::excerpt(" \n ").empty());
  CHECK(common::excerpt("abcd", 4) == "abcd");
  CHECK(common::excerpt("abc  de", 4) == "abc …");
  CHECK(common::excerpt(std::string(100'000, 'x')).size() < 210);
}

TEST_CASE("one is one, and any other number is more") {
  CHECK(common::counted(0, "line") == "0 lines");
  CHECK(common::counted(1, "line") == "1 line");
  CHECK(common::counted(2, "line") == "2 lines");
}
