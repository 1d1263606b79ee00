// SPDX-License-Identifier: Apache-2.0
#include "tools/map-stix/text/url.hpp"

#include <algorithm>
#include <span>

#include "tools/map-stix/text/address.hpp"
#include "tools/map-stix/text/defanged.hpp"
#include "tools/map-stix/text/host.hpp"
#include "tools/map-stix/text/stix_values.hpp"
#include "tools/map-stix/text/unicode.hpp"

namespace map_stix {

namespace {

constexpr std::string_view sub_delimiters = "!$&'()*+,;=";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_unreserved(char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~'; }
bool in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

// Appends a part; whatever is neither unreserved, a sub-delimiter, in `more`, nor a proper escape is
// percent-encoded.
void append_part(std::string& out, std::string_view part, std::string_view more) {
  static constexpr char hex[] = "0123456789ABCDEF";
  for (std::size_t i = 0; i < part.size(); ++i) {
    const char c = part[i];
    const bool escape = c == '%' && i + 2 < part.size() && is_hex(part[i + 1]) && is_hex(part[i + 2]);
    if (is_unreserved(c) || escape || in(sub_delimiters, c) || in(more, c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
}

// The length of a scheme with its colon at the front, 0 when there is none.
std::size_t scheme_size(std::string_view text) {
  if (text.empty() || !is_letter(text.front())) return 0;
  std::size_t at = 1;
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || in("+-.", text[at]))) ++at;
  return at < text.size() && text[at] == ':' ? at + 1 : 0;
}

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

// "[2001:db8::1]" and what follows it; anything else in brackets is refused.
bool append_bracketed(std::string& out, std::string_view host) {
  const std::size_t close = host.find(']');
  if (close == std::string_view::npos) return false;
  const auto address = parse_address(host.substr(1, close - 1));
  const std::string_view port = host.substr(close + 1);
  if (!address || address->is_v4 || address->is_network || (!port.empty() && port.front() != ':')) return false;
  if (!port.empty() && !all_digits(port.substr(1))) return false;
  out += host;
  return true;
}

bool append_authority(std::string& out, std::string_view authority) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    append_part(out, authority.substr(0, at), ":");
    out += '@';
    authority.remove_prefix(at + 1);
  }
  if (authority.starts_with('[')) return append_bracketed(out, authority);
  const std::size_t colon = authority.find(':');
  append_part(out, authority.substr(0, colon), "");
  if (colon == std::string_view::npos) return true;
  if (!all_digits(authority.substr(colon + 1))) return false;
  out += authority.substr(colon);
  return true;
}

bool looks_like_host(std::string_view text) {
  if (parse_address(text)) return true;
  return std::none_of(text.begin(), text.end(), [](char c) { return in("/?#@: \t\r\n\\<>\"", c); });
}

bool begins_with_port(std::string_view text) {
  const std::string_view port = text.substr(0, text.find_first_of("/?#"));
  return !port.empty() && all_digits(port);
}

// What follows "//", up to the path.
std::string_view authority_of(std::string_view url, std::size_t scheme) {
  std::string_view rest = url.substr(scheme);
  if (!rest.starts_with("//")) return {};
  rest.remove_prefix(2);
  return rest.substr(0, rest.find_first_of("/?#"));
}

bool is_any_of(std::span<const std::string_view> words, std::string_view word) {
  return std::any_of(words.begin(), words.end(),
                     [word](std::string_view other) { return equals_ignoring_case(word, other); });
}

/// Behind these, browsers read a host whatever slashes or backslashes there are.
constexpr std::string_view browser_schemes[] = {"http", "https", "ws", "wss", "ftp"};
/// These name how a host is reached, and nothing on it: only the host counts.
constexpr std::string_view transport_schemes[] = {
    "tcp", "tcp4", "tcp6", "udp",    "udp4",    "udp6",   "tls",     "ssl",         "dtls",        "quic",       "icmp",
    "ip",  "ipv4", "ipv6", "socks4", "socks4a", "socks5", "socks5h", "stratum+tcp", "stratum+ssl", "stratum+tls"};

/// A URL taken apart as browsers do it.
struct UrlParts {
  std::string_view scheme;  // without its colon
  std::string_view user;
  std::string_view host;  // in brackets where it was
  std::string_view port;
  std::string_view rest;  // from the path on
};

UrlParts take_apart(std::string_view url) {
  const std::size_t scheme = scheme_size(url);
  UrlParts parts;
  parts.scheme = url.substr(0, scheme == 0 ? 0 : scheme - 1);
  std::string_view rest = url.substr(scheme);
  const bool by_browser = is_any_of(browser_schemes, parts.scheme);
  if (by_browser) {
    rest.remove_prefix(std::min(rest.find_first_not_of("/\\"), rest.size()));
  } else if (rest.starts_with("//")) {
    rest.remove_prefix(2);
  } else if (begins_with_port(rest)) {  // "host:8080/path" reads as a scheme and a path
    rest = url;
    parts.scheme = {};
  } else {
    return parts;
  }
  const std::size_t end = std::min(rest.find_first_of(by_browser ? "/?#\\" : "/?#"), rest.size());
  std::string_view authority = rest.substr(0, end);
  parts.rest = rest.substr(end);
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  const std::size_t bracket = authority.starts_with('[') ? std::min(authority.find(']'), authority.size()) : 0;
  const std::size_t colon = std::min(authority.find(':', bracket), authority.size());
  parts.host = authority.substr(0, colon);
  parts.port = authority.substr(std::min(colon + 1, authority.size()));
  return parts;
}

Url as_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.remove_suffix(1);
  if (!parse_address(host) && !is_domain_name(host) && !is_host_name(host)) return {};
  return {UrlKind::host, std::string(host)};
}

Url read_plain(std::string_view text) {
  const std::size_t scheme = scheme_size(text);
  if (scheme == 0) return {looks_like_host(text) ? UrlKind::host : UrlKind::text, std::string(text)};
  if (is_any_of(transport_schemes, text.substr(0, scheme - 1)) && text.substr(scheme).starts_with("//"))
    return as_host(take_apart(text).host);
  Url url{UrlKind::url, {}};
  url.value.reserve(text.size());
  url.value = text.substr(0, scheme);
  std::string_view rest = text.substr(scheme);
  if (rest.starts_with("//")) {
    const std::string_view authority = authority_of(text, scheme);
    url.value += "//";
    if (!append_authority(url.value, authority)) return {};
    rest.remove_prefix(2 + authority.size());
  } else if (rest.empty() || rest.front() == '?' || rest.front() == '#') {
    return {};
  }
  const std::size_t fragment = rest.find('#');
  const std::string_view before = rest.substr(0, fragment);
  const std::size_t query = before.find('?');
  append_part(url.value, before.substr(0, query), ":@/");
  if (query != std::string_view::npos) {
    url.value += '?';
    append_part(url.value, before.substr(query + 1), ":@/?");
  }
  if (fragment != std::string_view::npos) {
    url.value += '#';
    append_part(url.value, rest.substr(fragment + 1), ":@/?");
  }
  return url;
}

}  // namespace

Url read_url(std::string_view text) {
  text = strip(text);
  const std::string plain = refanged(text);
  if (plain == text) return read_plain(text);
  const Url url = read_plain(plain);
  const std::string host = url.kind == UrlKind::host ? url.value : host_of_url(url.value);
  const bool is_valid = url.kind != UrlKind::text && (parse_address(host) || is_domain_name(host));
  return is_valid ? url : Url{UrlKind::text, {}};
}

bool is_web_address(std::string_view text) {
  const Url url = read_url(text);
  if (url.kind != UrlKind::url || url.value != text) return false;
  const std::string_view scheme = text.substr(0, text.find(':'));
  return equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "https");
}

std::string host_of_url(std::string_view url) { return read_host(take_apart(url).host); }

std::string one_spelling(std::string_view url) {
  const UrlParts parts = take_apart(url);
  std::string host = read_host(parts.host);
  if (parts.scheme.empty() || host.empty()) return std::string(url);
  const bool is_plain = std::all_of(host.begin(), host.end(), [](char c) { return is_unreserved(c) || c == ':'; });
  if (!is_plain) host = ascii_lower(parts.host);
  const std::string scheme = ascii_lower(parts.scheme);
  const bool is_default = parts.port.empty() || ((scheme == "http" || scheme == "ws") && parts.port == "80") ||
                          ((scheme == "https" || scheme == "wss") && parts.port == "443");
  std::string out = scheme + "://";
  if (!parts.user.empty()) out.append(parts.user).append("@");
  out += is_plain && host.find(':') != std::string::npos ? "[" + host + "]" : host;
  if (!is_default) out.append(":").append(parts.port);
  return out.append(parts.rest);
}

}  // namespace map_stix
