// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include "common/http/http.hpp"
#include "common/time.hpp"

namespace common {

/// When a failed request is sent again: Retry-After (seconds or HTTP date) is honoured, else exponential back-off with
/// full jitter from 1 s up to 60 s, within a budget per request. A name that does not resolve gets 30 s of it.
class RetrySchedule {
 public:
  RetrySchedule(std::chrono::seconds budget, Clock& clock, std::uint64_t seed);

  enum class Answer { again, budget_used, wait_too_long };
  /// Called after a failed attempt; on `again` the wait (already cut to what is left) is in `wait`. wait_too_long: the
  /// peer asked for more time than is left. "Retry-After: 0" backs off from 10 ms, so that a peer that always says so
  /// is not asked in a tight loop.
  Answer next(const HttpResponse& response, std::chrono::milliseconds& wait);

  /// " (tried 3 times)", or "" after a single try: for the message of the last failure.
  std::string tried() const;

 private:
  std::chrono::seconds budget_;
  Clock& clock_;
  std::chrono::steady_clock::time_point start_;
  std::minstd_rand random_;
  int attempts_ = 0;
  int retries_ = 0;
};

/// What to say before a request is sent again after `wait`: "no answer from Graph, next try in 11 s: <why>".
std::string retry_notice(std::string_view what, std::chrono::milliseconds wait, std::string_view why);
/// What to say when a peer asks for more time than is left.
std::string wait_too_long(const HttpResponse& response);

/// Whether the status (or the lack of one) is worth another try: none, 429, 5xx.
bool is_transient(const HttpResponse& response);
/// The time that a Date header says; nothing when it cannot be read.
std::optional<Instant> parse_http_date(std::string_view value);
/// Seconds from a Retry-After value: a number, or an HTTP date relative to now.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Instant now);

}  // namespace common
