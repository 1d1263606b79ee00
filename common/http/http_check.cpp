// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_check.hpp"
#include "common/http/http_retry.hpp"

#include <algorithm>

namespace common {

namespace {

using std::chrono::seconds;

constexpr seconds noticed_skew{30};

std::string described(const HttpResponse& response, std::chrono::steady_clock::duration spent) {
  std::string text = "answers (";
  if (response.by_proxy) text += "through the proxy ";
  text += response.address + ", ";
  return text + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(spent).count()) + " ms)";
}

void check_clock(CheckReport& report, std::string_view peer, const HttpResponse& response, Instant asked,
                 Instant answered) {
  const std::string step = std::string(peer) + " clock";
  auto said = parse_http_date(response.header("date"));
  if (!said) return report.skipped(step, "the answer holds no Date to compare this machine's clock with");
  // An answer out of a cache says how old it is.
  if (const auto age = parse_retry_after(response.header("age"), *said)) said = *said + *age;
  // The Date is cut down to whole seconds and lies somewhere between the request and its answer.
  const std::int64_t ahead = asked.ticks - said->ticks - ticks_per_second;
  const std::int64_t behind = said->ticks - answered.ticks;
  const seconds skew{std::max(ahead, behind) / ticks_per_second};
  if (skew <= seconds{1}) return report.ok(step, "this machine's clock agrees");
  const std::string text = "this machine's clock is " + std::to_string(skew.count()) + " s " +
                           (ahead > behind ? "ahead of" : "behind") + " the answer's Date (" + seconds_text(*said) +
                           ")";
  // Whose clock is wrong, one answer cannot tell, and a run works with either.
  if (skew > noticed_skew) {
    return report.warning(step, text +
                                    "; if the other services agree with that Date, set this machine's clock, by NTP "
                                    "for example; if they do not, it is the clock of " +
                                    std::string(peer));
  }
  report.ok(step, text);
}

}  // namespace

void use_short_timeouts(HttpOptions& options) {
  options.connect_timeout = seconds{10};
  options.stall_timeout = seconds{30};
  options.total_timeout = seconds{30};
}

bool check_peer(CheckReport& report, const HttpSend& send, Clock& clock, std::string_view peer, std::string_view url) {
  const std::string step = std::string(peer) + " connection";
  const Instant asked = clock.now();
  const auto start = clock.steady();
  const HttpResponse response = send({.url = std::string(url)});
  if (response.cancelled) throw Failure(ExitStatus::stopped_early, "");
  const std::string where = std::string(url) + " ";
  if (response.status == 0) {
    report.failed(step, ExitStatus::unavailable, where + "does not answer: " + response.error);
    return false;
  }
  if (response.status == 407) {
    report.failed(step, ExitStatus::unavailable,
                  where + "is behind a proxy that wants to know who asks (407); give user and password in https_proxy");
    return false;
  }
  report.ok(step, where + described(response, clock.steady() - start));
  check_clock(report, peer, response, asked, clock.now());
  return true;
}

}  // namespace common
