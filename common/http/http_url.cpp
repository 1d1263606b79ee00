// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>

#include "common/http/http.hpp"

namespace common {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }
bool is_name_character(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_'; }

/// Strict, so that no other parser of the same URL can see another host in it.
bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inside = host.substr(1, host.size() - 2);
    return std::all_of(inside.begin(), inside.end(), [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  }
  return !host.empty() && std::all_of(host.begin(), host.end(), is_name_character);
}

bool is_port(std::string_view text, int& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65'536 &&
         is_digit(text.front());
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  const auto forbidden = [](unsigned char c) { return c <= 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), forbidden)) return {};
  const auto scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return {};
  Url url;
  url.scheme = lower(text.substr(0, scheme_end));
  if (url.scheme != "http" && url.scheme != "https") return {};
  url.port = url.scheme == "https" ? 443 : 80;

  std::string_view rest = text.substr(scheme_end + 3);
  rest = rest.substr(0, rest.find('#'));
  const auto authority_end = std::min(rest.find_first_of("/?"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  url.path = rest.substr(authority_end);
  if (url.path.empty() || url.path.front() != '/') url.path.insert(0, 1, '/');

  const auto bracket = authority.rfind(']');
  const auto colon = authority.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    if (colon + 1 == authority.size() || !is_port(authority.substr(colon + 1), url.port)) return {};
    authority = authority.substr(0, colon);
  }
  url.host = lower(authority);
  if (!is_host(url.host)) return {};
  return url;
}

std::string resolve_url(std::string_view base, std::string_view link) {
  const auto scheme_end = base.find("://");
  const auto link_scheme = link.find_first_of(":/?#");
  const bool absolute = link_scheme != std::string_view::npos && link_scheme > 0 && link[link_scheme] == ':';
  if (absolute || scheme_end == std::string_view::npos) return std::string(link);
  if (link.starts_with("//")) return std::string(base.substr(0, scheme_end + 1)).append(link);
  base = base.substr(0, base.find('#'));
  if (link.empty() || link.front() == '#') return std::string(base);
  const auto path_begin = std::min(base.find_first_of("/?", scheme_end + 3), base.size());
  const std::string_view origin = base.substr(0, path_begin);
  if (link.front() == '/') return std::string(origin).append(link);
  const std::string_view path = base.substr(0, base.find('?'));
  if (link.front() == '?') return std::string(path).append(link);
  const auto folder_end = path.rfind('/');
  const bool has_path = folder_end != std::string_view::npos && folder_end >= path_begin;
  return has_path ? std::string(path.substr(0, folder_end + 1)).append(link)
                  : std::string(origin).append("/").append(link);
}

bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]" || host == "::1") return true;
  int parts = 0;
  int first = -1;
  const char* at = host.data();
  const char* const end = host.data() + host.size();
  while (at != end) {
    int number = -1;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number < 0 || number > 255) return false;
    // To a resolver that is octal: 0127.0.0.1 is 87.0.0.1.
    if (*at == '0' && next - at > 1) return false;
    if (parts++ == 0) first = number;
    at = next;
    if (at == end) break;
    if (*at != '.' || ++at == end) return false;
  }
  return parts == 4 && first == 127;
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
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_name_character(c) || (c >= 'A' && c <= 'Z') || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

}  // namespace common
