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

}  // namespace

void hide_proxy_credentials(Log& log) {
  for (const char* variable : variables) {
    if (const char* address = std::getenv(variable); address != nullptr)
      log.add_secret(std::string(user_info(address)));
  }
}

}  // namespace common
