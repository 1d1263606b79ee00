// SPDX-License-Identifier: Apache-2.0
#include "common/settings/graph_address.hpp"

namespace common {

namespace {

constexpr std::string_view version = "/v1.0";
constexpr std::string_view incidents = "/security/incidents";

}  // namespace

std::string url_origin(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == url.npos) return std::string(url);
  return std::string(url.substr(0, url.find_first_of("/?#", scheme_end + 3)));
}

std::string graph_incidents_address(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  const std::string origin = url_origin(base);
  const std::string_view begun = base.substr(origin.size());
  if (path.empty() && begun.empty()) return origin + std::string(version) + std::string(incidents);
  if (path.empty() && begun.ends_with(incidents)) return std::string(base);
  if (path.empty()) return std::string(base) + std::string(incidents);
  const bool repeats = path.starts_with(begun) && path.substr(begun.size()).starts_with('/');
  return (repeats ? origin : std::string(base)) + std::string(path);
}

}  // namespace common
