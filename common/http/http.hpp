// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/console/log.hpp"
#include "common/program/stop_signal.hpp"
#include "common/time.hpp"

namespace common {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  HttpHeaders headers = {};
  std::string_view body = {};  ///< must stay valid during send()
  /// Over a new connection: when a connection that was kept turns out to be dead, libcurl sends the request again by
  /// itself, though the peer may have carried it out.
  bool once = false;
  std::string* body_buffer = nullptr;  ///< memory that the answer's body may take over
};

/// What came back, or why nothing did.
struct HttpResponse {
  long status = 0;           ///< 0 when no whole answer came; then `error` says why
  HttpHeaders headers = {};  ///< names in lower case
  std::string body = {};
  std::string error = {};    ///< what happened, and what to do where that is known
  std::string address = {};  ///< IP address that answered
  bool by_proxy = false;     ///< through a tunnel of a proxy, whose address that is
  bool cancelled = false;    ///< given up: the stop signal came or the output's reader has gone
  bool too_large = false;    ///< the body passed the limit
  bool tls_failure = false;  ///< the certificate was not accepted: final, never retried
  std::string_view header(std::string_view lower_case_name) const;  ///< "" when absent
};

struct HttpOptions {
  bool verify_tls = true;
  std::string ca = {};  ///< a file, or PEM text, trusted besides the system's; unreadable: Failure(settings)
  std::string user_agent = "sentinel-incidents/" PROJECT_VERSION;
  std::chrono::milliseconds connect_timeout{30'000};
  std::chrono::seconds stall_timeout{120};     ///< next to nothing came or went for that long: the request has failed
  std::chrono::milliseconds total_timeout{0};  ///< 0: none
  std::size_t max_body = 256u << 20;
  StopSignal* stop = nullptr;  ///< when it comes, the request in flight is given up
  int output_fd = -1;          ///< when the reader of this pipe goes away, the request in flight is given up
};

/// One connection cache (keep-alive, TLS sessions, HTTP/2); use it from one thread at a time. Redirects are not
/// followed: callers decide. After a 503 the next request takes a new connection, since Graph says that the old one may
/// lead to the same overloaded machine. Proxies come from the environment, never for loopback hosts. TLS 1.2 or later.
class HttpClient {
 public:
  HttpClient(HttpOptions options, Log& log);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Sends the request once. Throws Failure(settings) when a header would not be a header (a line break in its value: a
  /// setting that tries to add headers of its own), Failure(internal) when libcurl itself cannot work.
  HttpResponse send(const HttpRequest& request);

 private:
  struct Handle;
  std::unique_ptr<Handle> handle_;
};

/// One attempt to have a request answered: HttpClient::send, or a test's stand-in for the network.
using HttpSend = std::function<HttpResponse(const HttpRequest&)>;

/// Whether the descriptor is a pipe or socket whose reader has gone away.
bool reader_has_gone(int fd);

/// When a failed request is sent again: Retry-After (seconds or HTTP date) is honoured, else exponential back-off with
/// full jitter from 1 s up to 60 s, within a budget per request.
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
  std::uint64_t random_;
  int attempts_ = 0;
  int retries_ = 0;
};

/// What to say when a peer asks for more time than is left.
std::string wait_too_long(const HttpResponse& response);

/// Whether the status (or the lack of one) is worth another try: none, 429, 5xx.
bool is_transient(const HttpResponse& response);
/// The time that a Date header says; nothing when it cannot be read.
std::optional<Instant> parse_http_date(std::string_view value);
/// Seconds from a Retry-After value: a number, or an HTTP date relative to now.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value, Instant now);

/// The parts of an absolute URL.
struct Url {
  std::string scheme;  ///< lower case
  std::string host;    ///< lower case, brackets of IPv6 kept
  int port = 0;        ///< the scheme's default when none is given
  std::string path;    ///< path and query, "/" at least
  bool same_origin(const Url& other) const {
    return scheme == other.scheme && host == other.host && port == other.port;
  }
};
/// Nothing when it is not an absolute http or https URL, holds user info, or any control character or space.
std::optional<Url> parse_url(std::string_view text);
/// The address that a link (RFC 3986: absolute, or relative to `base`, an absolute URL) leads to. Whether that may be
/// asked, the caller decides; dot segments stay for the HTTP client to remove.
std::string resolve_url(std::string_view base, std::string_view link);
/// 127/8, ::1, localhost.
bool is_loopback(std::string_view host);
/// "" when secrets may be sent to this address: https, or http to a loopback host. Else what is wrong, to follow its
/// name.
std::string secret_address_fault(std::string_view url);
/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string url_encode(std::string_view text);

}  // namespace common
