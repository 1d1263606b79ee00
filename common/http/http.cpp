// SPDX-License-Identifier: Apache-2.0
#include "common/http/http.hpp"
#include "common/http/http_url.hpp"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>

#include "common/console/printable.hpp"
#include "common/http/http_faults.hpp"
#include "common/http/http_library.hpp"
#include "common/http/http_proxy.hpp"
#include "common/program/failure.hpp"

namespace common {
namespace {

/// More header bytes than any honest answer has.
constexpr std::size_t most_header_bytes = 256u << 10;
/// Bytes a second. An answer that comes slower would hold a tool up for days.
constexpr long least_speed = 100;
constexpr std::string_view pem_start = "-----BEGIN CERTIFICATE-----";

struct EasyDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct MultiDeleter {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

// libcurl starts once in a process; it is never ended, since the process ends with it.
void start_libcurl() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw Failure(ExitStatus::internal, "libcurl cannot be started");
}

void append(HeaderList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) throw Failure(ExitStatus::internal, "no memory for a request header");
  list.release();  // NOLINT: the longer list owns it now
  list.reset(longer);
}

bool is_token(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

bool holds_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; });
}

HeaderList header_list(const HttpHeaders& headers) {
  HeaderList list;
  append(list, "Expect:");  // a body is sent at once, without waiting for "100 Continue"
  for (const auto& [name, value] : headers) {
    if (!is_token(name) || holds_control(value)) {
      // Neither is printed: the value may be a secret.
      throw Failure(ExitStatus::settings,
                    "a request header cannot be sent: its name is not a header name or its value holds "
                    "a line break or another control character; look at the settings it comes from");
    }
    append(list, value.empty() ? name + ";" : name + ": " + value);
  }
  return list;
}

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The certificates to trust: the asked ones and the system's, as PEM text.
std::string trusted_certificates(const std::string& ca, CURL* easy) {
  std::string own = ca.find(pem_start) != std::string::npos ? ca : file_text(ca);
  if (own.find(pem_start) == std::string::npos) {
    throw Failure(
        ExitStatus::settings,
        "HTTPS_CA_CERTIFICATES must be PEM text or a readable file of PEM certificates, not '" + excerpt(ca) + "'");
  }
  char* system_file = nullptr;
  curl_easy_getinfo(easy, CURLINFO_CAINFO, &system_file);
  if (system_file != nullptr) own += '\n' + file_text(system_file);
  return own;
}

bool is_verification_failure(CURLcode code) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_ISSUER_ERROR || code == CURLE_SSL_CACERT_BADFILE;
}

/// What an answer is written into while it comes in.
struct Incoming {
  HttpResponse response;
  std::size_t max_body = 0;
  std::size_t header_bytes = 0;
};

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t on_header(char* bytes, std::size_t, std::size_t length, void* user) {
  auto& incoming = *static_cast<Incoming*>(user);
  incoming.header_bytes += length;
  if (incoming.header_bytes > most_header_bytes) return 0;
  const std::string_view line(bytes, length);
  if (line.starts_with("HTTP/")) {  // a new answer begins; an interim one (1xx) came before
    incoming.response.headers.clear();
    incoming.response.body.clear();
    return length;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return length;
  std::string name(trimmed(line.substr(0, colon)));
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  incoming.response.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  return length;
}

std::size_t on_body(char* bytes, std::size_t, std::size_t length, void* user) {
  auto& incoming = *static_cast<Incoming*>(user);
  auto& body = incoming.response.body;
  if (length > incoming.max_body - body.size()) {
    incoming.response.too_large = true;
    return 0;
  }
  body.append(bytes, length);
  return length;
}

}  // namespace

struct HttpClient::Handle {
  HttpOptions options;
  // The order matters: an easy handle is taken out of its multi handle before either goes.
  std::unique_ptr<CURLM, MultiDeleter> multi;
  std::unique_ptr<CURL, EasyDeleter> easy;
  std::string certificates;
  bool new_connection = false;
  bool answered = false;  ///< something has answered a request, whatever it said
  char message[CURL_ERROR_SIZE] = {};

  template <typename Value>
  void set(CURLoption option, Value value, const char* what) {
    const CURLcode code = curl_easy_setopt(easy.get(), option, value);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    if (code != CURLE_OK)
      throw Failure(ExitStatus::internal, std::string("libcurl cannot set ") + what + ": " + curl_easy_strerror(code));
  }

  void set_lasting_options();
  void set_request(const HttpRequest& request, const HeaderList& headers, Incoming& incoming);
  CURLcode transfer(bool& cancelled);
  std::string explain(CURLcode code) const;
  void note_path(HttpResponse& response) const;
};

void HttpClient::Handle::set_lasting_options() {
  set(CURLOPT_NOSIGNAL, 1L, "that signals are not used");
  set(CURLOPT_PROTOCOLS_STR, "http,https", "the protocols");
  set(CURLOPT_FOLLOWLOCATION, 0L, "that redirects are not followed");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS), "HTTP/2");
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2), "TLS 1.2");
  set(CURLOPT_SSL_VERIFYPEER, options.verify_tls ? 1L : 0L, "certificate checks");
  set(CURLOPT_SSL_VERIFYHOST, options.verify_tls ? 2L : 0L, "host name checks");
  if (options.verify_tls && !options.ca.empty()) {
    certificates = trusted_certificates(options.ca, easy.get());
    curl_blob blob{certificates.data(), certificates.size(), CURL_BLOB_NOCOPY};
    set(CURLOPT_CAINFO_BLOB, &blob, "the CA certificates");
  }
  set(CURLOPT_ACCEPT_ENCODING, "gzip, br", "compression");
  set(CURLOPT_USERAGENT, options.user_agent.c_str(), "the user agent");
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()), "the connect time-out");
  set(CURLOPT_LOW_SPEED_LIMIT, least_speed, "the stall limit");
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()), "the stall time-out");
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout.count()), "the total time-out");
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L, "that a proxy's headers are left out");
  set(CURLOPT_TCP_KEEPALIVE, 1L, "keep-alive");
  set(CURLOPT_BUFFERSIZE, 256L << 10, "the buffer size");
  set(CURLOPT_ERRORBUFFER, message, "the error text");
  set(CURLOPT_HEADERFUNCTION, on_header, "the header reader");
  set(CURLOPT_WRITEFUNCTION, on_body, "the body reader");
}

void HttpClient::Handle::set_request(const HttpRequest& request, const HeaderList& headers, Incoming& incoming) {
  message[0] = '\0';
  set(CURLOPT_URL, request.url.c_str(), "the URL");
  set(CURLOPT_HTTPHEADER, headers.get(), "the headers");
  set(CURLOPT_HEADERDATA, &incoming, "the header reader");
  set(CURLOPT_WRITEDATA, &incoming, "the body reader");
  set(CURLOPT_FRESH_CONNECT, new_connection || request.once ? 1L : 0L, "a new connection");
  const auto url = parse_url(request.url);
  // Null: the no_proxy variable of the environment decides.
  set(CURLOPT_NOPROXY, url && is_loopback(url->host) ? "*" : nullptr, "the proxy exceptions");
  set(CURLOPT_CUSTOMREQUEST, static_cast<const char*>(nullptr), "the method");
  if (request.method == "GET") {
    set(CURLOPT_HTTPGET, 1L, "GET");
    return;
  }
  set(CURLOPT_POST, 1L, "POST");
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()), "the body's size");
  set(CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data(), "the body");
  if (request.method != "POST") set(CURLOPT_CUSTOMREQUEST, request.method.c_str(), "the method");
}

/// Runs the transfer to its end, or until nobody wants its answer any more.
CURLcode HttpClient::Handle::transfer(bool& cancelled) {
  if (curl_multi_add_handle(multi.get(), easy.get()) != CURLM_OK) return CURLE_FAILED_INIT;
  CURLcode result = CURLE_OK;
  for (int running = 1; running > 0;) {
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) {
      result = CURLE_FAILED_INIT;
      break;
    }
    int left = 0;
    while (const CURLMsg* done = curl_multi_info_read(multi.get(), &left)) {
      if (done->msg == CURLMSG_DONE) result = done->data.result;
    }
    if (running == 0) break;
    // Asking for no event still reports that a pipe's reader has gone.
    std::array<curl_waitfd, 2> ends{};
    unsigned count = 0;
    if (options.stop != nullptr) ends[count++] = {options.stop->fd(), CURL_WAIT_POLLIN, 0};
    if (options.output_fd >= 0) ends[count++] = {options.output_fd, 0, 0};
    curl_multi_poll(multi.get(), ends.data(), count, 1'000, nullptr);
    if ((options.stop != nullptr && options.stop->received() != 0) || reader_has_gone(options.output_fd)) {
      cancelled = true;
      break;
    }
  }
  curl_multi_remove_handle(multi.get(), easy.get());
  return result;
}

std::string HttpClient::Handle::explain(CURLcode code) const {
  const std::string text = message[0] != '\0' ? message : curl_easy_strerror(code);
  if (const std::string proxy = code == CURLE_COULDNT_CONNECT ? proxy_named_in(text) : ""; !proxy.empty()) {
    return "the proxy of " + proxy + " cannot be reached: " + text +
           "; check that address and that the proxy runs, or name in no_proxy what needs no proxy";
  }
  long proxy_status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  return text + std::string(advice_for_transfer(code, proxy_status, text));
}

void HttpClient::Handle::note_path(HttpResponse& response) const {
  char* address = nullptr;
  curl_easy_getinfo(easy.get(), CURLINFO_PRIMARY_IP, &address);
  if (address != nullptr) response.address = address;
  long proxy_status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_HTTP_CONNECTCODE, &proxy_status);
  response.by_proxy = proxy_status != 0;
}

HttpClient::HttpClient(HttpOptions options, Log& log) : handle_(std::make_unique<Handle>()) {
  Handle& handle = *handle_;
  start_libcurl();
  handle.options = std::move(options);
  handle.multi.reset(curl_multi_init());
  handle.easy.reset(curl_easy_init());
  if (!handle.multi || !handle.easy) throw Failure(ExitStatus::internal, "libcurl cannot make a connection handle");
  hide_proxy_credentials(log);
  handle.set_lasting_options();
  log.debug("HTTP by " + http_library_version());
  if (!handle.options.verify_tls) {
    log.warning(
        "certificates are not verified, because the settings say so: anyone on the way can read and change the "
        "traffic");
  }
}

HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpResponse HttpClient::send(const HttpRequest& request) {
  Handle& handle = *handle_;
  const HeaderList headers = header_list(request.headers);
  Incoming incoming;
  incoming.max_body = handle.options.max_body;
  if (request.body_buffer != nullptr) {
    incoming.response.body = std::move(*request.body_buffer);
    incoming.response.body.clear();
  }
  handle.set_request(request, headers, incoming);
  const CURLcode code = handle.transfer(incoming.response.cancelled);
  handle.set(CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr), "that there are no headers");

  HttpResponse response = std::move(incoming.response);
  if (response.cancelled) {
    response.error = "given up";
  } else if (response.too_large) {
    response.error = "the answer is larger than " + std::to_string(incoming.max_body) + " bytes";
  } else if (incoming.header_bytes > most_header_bytes) {
    response.error = "the answer's headers are larger than " + std::to_string(most_header_bytes) + " bytes";
  } else if (code != CURLE_OK) {
    response.error = handle.explain(code);
    response.tls_failure = is_verification_failure(code);
    response.unresolved =
        !handle.answered && (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY);
  } else {
    curl_easy_getinfo(handle.easy.get(), CURLINFO_RESPONSE_CODE, &response.status);
    handle.note_path(response);
    handle.answered = true;
  }
  handle.new_connection = response.status == 503;
  return response;
}

bool reader_has_gone(int fd) {
  if (fd < 0) return false;
  pollfd end = {fd, 0, 0};
  return ::poll(&end, 1, 0) > 0 && (end.revents & (POLLERR | POLLHUP)) != 0;
}

std::string_view HttpResponse::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

}  // namespace common
