// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace map_stix {

/// What a text from a URL field is.
enum class UrlKind {
  url,   ///< has a scheme
  host,  ///< a host name or address alone, without scheme, port or path
  text,  ///< anything else
};

struct Url {
  UrlKind kind = UrlKind::text;
  /// For a URL: the text with what RFC 3986 forbids percent-encoded. For a host: that host.
  std::string value;
};

/// Makes a URL of what Graph holds. Defanged forms are undone where the result is valid, else they are `text`. A scheme
/// that only says how a host is reached, such as tcp, gives the host. Bytes that RFC 3986 forbids in their place, and
/// "%" without two hex digits, are percent-encoded. A text whose host or port cannot be made right is `text`.
Url read_url(std::string_view text);

/// Whether it can stand as it is where a person clicks on a link: a URI, and of http or https. A `javascript:` would be
/// a URI too.
bool is_web_address(std::string_view text);

/// A URL as all its spellings that browsers read alike: scheme and host in lower case, the host as read_host() gives
/// it, no default port. What it does not understand it leaves alone.
std::string one_spelling(std::string_view url);

/// The host of a URL as browsers read it, see read_host(); "" when it has none.
std::string host_of_url(std::string_view url);

}  // namespace map_stix
