// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
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
  bool unresolved = false;   ///< the host has no address, and nothing has ever answered: most likely a wrong name
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

}  // namespace common
