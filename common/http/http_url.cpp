// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_url.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <new>

namespace common {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

struct Freed {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};

// A part of the URL; "" where it has none.
std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  return std::unique_ptr<char, Freed>(text).get();
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  // libcurl also takes "http:host" and "http:///host".
  const auto after_scheme = text.find("://");
  if (after_scheme == std::string_view::npos || text.substr(after_scheme + 3).starts_with('/')) return {};
  const std::unique_ptr<CURLU, Freed> parsed(curl_url());
  if (!parsed) throw std::bad_alloc();
  if (text.find('\0') != std::string_view::npos ||
      curl_url_set(parsed.get(), CURLUPART_URL, std::string(text).c_str(), CURLU_DISALLOW_USER) != CURLUE_OK)
    return {};
  Url url;
  url.scheme = lower(part(parsed.get(), CURLUPART_SCHEME));
  url.host = lower(part(parsed.get(), CURLUPART_HOST));
  if ((url.scheme != "http" && url.scheme != "https") || url.host.empty()) return {};
  const std::string port = part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), url.port);
  if (url.port == 0) return {};
  url.path = part(parsed.get(), CURLUPART_PATH);
  if (const std::string query = part(parsed.get(), CURLUPART_QUERY); !query.empty()) url.path += '?' + query;
  return url;
}

std::string resolve_url(std::string_view base, std::string_view link) {
  const std::unique_ptr<CURLU, Freed> url(curl_url());
  if (!url) throw std::bad_alloc();
  // An absolute link stays as it was written.
  if (parse_url(link)) return std::string(link);
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(base).c_str(), 0) != CURLUE_OK) return std::string(link);
  if (link.empty()) return std::string(base);
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(link).c_str(), 0) != CURLUE_OK) return std::string(link);
  return part(url.get(), CURLUPART_URL);
}

bool is_loopback(std::string_view host) {
  const std::string name(host);
  if (name == "localhost" || name == "[::1]" || name == "::1") return true;
  in_addr address{};
  return ::inet_pton(AF_INET, name.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

std::string secret_address_fault(std::string_view url) {
  const auto parsed = parse_url(url);
  if (!parsed) return "must be an http or https URL, without user name, white space or line end";
  // What is put behind them would not be part of the path.
  if (url.find_first_of("?#") != std::string_view::npos) return "must be an address without a query or fragment";
  if (parsed->scheme == "http" && !is_loopback(parsed->host)) {
    return "must begin with https://, since secrets travel over it (http:// is for loopback addresses only)";
  }
  return {};
}

std::string url_encode(std::string_view text) {
  if (text.empty()) return {};  // a length of 0 would mean "up to NUL"
  const std::unique_ptr<char, Freed> encoded(curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())));
  if (!encoded) throw std::bad_alloc();
  return encoded.get();
}

}  // namespace common
