// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace common {

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
/// Parses with libcurl, so the host is the one that a request would go to. Nothing when it is not an absolute http or
/// https URL, or holds a user or password, a control character or a space.
std::optional<Url> parse_url(std::string_view text);
/// The address that a link (RFC 3986: absolute, or relative to `base`, an absolute URL) leads to. Whether that may be
/// asked, the caller decides. A link that is no URL is returned as it is.
std::string resolve_url(std::string_view base, std::string_view link);
/// 127/8, ::1, localhost.
bool is_loopback(std::string_view host);
/// "" when secrets may be sent to this address: https, or http to a loopback host. Else what is wrong, to follow its
/// name.
std::string secret_address_fault(std::string_view url);
/// Percent-encodes everything but RFC 3986's unreserved characters.
std::string url_encode(std::string_view text);

}  // namespace common
