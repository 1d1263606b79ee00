// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_retry.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

#include "common/console/printable.hpp"

namespace common {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds first_step{1'000};
constexpr milliseconds longest_step{60'000};
constexpr milliseconds first_step_at_once{10};   ///< after "Retry-After: 0"
constexpr milliseconds time_to_resolve{30'000};  ///< the network of a machine that has just started may need it
constexpr std::int64_t longest_retry_after = 365 * 86'400;

}  // namespace

RetrySchedule::RetrySchedule(std::chrono::seconds budget, Clock& clock, std::uint64_t seed)
    : budget_(budget),
      clock_(clock),
      start_(clock.steady()),
      random_(static_cast<std::minstd_rand::result_type>(seed ^ seed >> 32)) {}

RetrySchedule::Answer RetrySchedule::next(const HttpResponse& response, milliseconds& wait) {
  const auto spent = std::chrono::duration_cast<milliseconds>(clock_.steady() - start_);
  const milliseconds budget(budget_);
  const milliseconds left = (response.unresolved ? std::min(budget, time_to_resolve) : budget) - spent;
  const auto asked = parse_retry_after(response.header("retry-after"), clock_.now());
  if (asked && asked->count() > 0) {
    if (*asked > left) return left.count() > 0 ? Answer::wait_too_long : Answer::budget_used;
    wait = *asked;
    ++retries_;
    return Answer::again;
  }
  if (left.count() <= 0) return Answer::budget_used;
  const milliseconds base = asked ? first_step_at_once : first_step;
  const milliseconds step = std::min(base * (std::int64_t{1} << std::min(attempts_, 20)), longest_step);
  ++attempts_;
  ++retries_;
  const auto jittered = std::uniform_int_distribution<std::int64_t>(0, step.count())(random_);
  wait = std::min(milliseconds(jittered), left);
  return Answer::again;
}

std::string RetrySchedule::tried() const {
  return retries_ == 0 ? "" : " (tried " + std::to_string(retries_ + 1) + " times)";
}

std::string retry_notice(std::string_view what, milliseconds wait, std::string_view why) {
  const std::int64_t seconds = (wait.count() + 500) / 1'000;
  const std::string when = seconds == 0    ? "at once"
                           : seconds < 120 ? "in " + std::to_string(seconds) + " s"
                                           : "in " + std::to_string((seconds + 30) / 60) + " min";
  return std::string(what) + ", next try " + when + ": " + std::string(why);
}

std::string wait_too_long(const HttpResponse& response) {
  return "it asks for a longer wait (Retry-After " + excerpt(response.header("retry-after"), 40) +
         ") than SENTINEL_INCIDENTS_RETRY_BUDGET leaves; try later";
}

bool is_transient(const HttpResponse& response) {
  if (response.status == 0) return !response.cancelled && !response.too_large && !response.tls_failure;
  return response.status == 429 || response.status >= 500;
}

std::optional<Instant> parse_http_date(std::string_view value) {
  const std::time_t at = curl_getdate(std::string(value).c_str(), nullptr);
  if (at < 0) return {};
  return Instant{static_cast<std::int64_t>(at) * ticks_per_second};
}

std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Instant now) {
  if (value.empty()) return {};
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (end == value.data() + value.size() && value.front() != '-') {
    return std::chrono::seconds(error == std::errc() ? std::min(seconds, longest_retry_after) : longest_retry_after);
  }
  const auto at = parse_http_date(value);
  if (!at) return {};
  const std::int64_t wait = at->ticks / ticks_per_second - now.ticks / ticks_per_second;
  return std::chrono::seconds(std::clamp<std::int64_t>(wait, 0, longest_retry_after));
}

}  // namespace common
