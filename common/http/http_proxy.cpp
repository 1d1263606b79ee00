// SPDX-License-Identifier: Apache-2.0
#include "common/http/http_proxy.hpp"

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>

namespace common {
namespace {

constexpr std::array variables = {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};

/// What stands before the last @, so that nothing of a password is left over which holds one, or a slash.
std::string_view user_info(std::string_view address) {
  const auto end = address.rfind('@');
  if (end == std::string_view::npos) return {};
  const auto scheme = address.find("://");
  const auto begin = scheme < end ? scheme + 3 : 0;
  return address.substr(begin, end - begin);
}

/// Host and port as libcurl's messages write them: "HOST port N". A proxy's port defaults to 1080.
std::string host_and_port(std::string_view address) {
  if (const auto scheme = address.find("://"); scheme != std::string_view::npos) address.remove_prefix(scheme + 3);
  if (const auto user = address.rfind('@'); user != std::string_view::npos) address.remove_prefix(user + 1);
  address = address.substr(0, address.find('/'));
  const auto colon = address.rfind(':');
  const bool has_port = colon != std::string_view::npos && address.find(']', colon) == std::string_view::npos;
  std::string host(address.substr(0, has_port ? colon : address.size()));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return host + " port " + (has_port ? std::string(address.substr(colon + 1)) : "1080");
}

}  // namespace

std::string proxy_named_in(std::string_view message) {
  for (const char* variable : variables) {
    const char* address = std::getenv(variable);
    if (address == nullptr || *address == '\0') continue;
    const std::string place = "connect to " + host_and_port(address) + " ";
    if (message.find(place) != std::string_view::npos) return variable;
  }
  return {};
}

void hide_proxy_credentials(Log& log) {
  for (const char* variable : variables) {
    if (const char* address = std::getenv(variable); address != nullptr)
      log.add_secret(std::string(user_info(address)));
  }
}

}  // namespace common
