// SPDX-License-Identifier: Apache-2.0
#include "tools/fetch-incidents/token/token_claims.hpp"

#include <algorithm>
#include <array>

#include "common/json/json_tree.hpp"

namespace fetch_incidents {
namespace {

constexpr std::array<std::string_view, 2> sufficient = {"SecurityIncident.Read.All", "SecurityIncident.ReadWrite.All"};

/// The value of a letter of RFC 4648's alphabet for URLs, -1 for any other.
int value_of(char letter) {
  if (letter >= 'A' && letter <= 'Z') return letter - 'A';
  if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
  if (letter >= '0' && letter <= '9') return letter - '0' + 52;
  return letter == '-' ? 62 : letter == '_' ? 63 : -1;
}

std::optional<std::string> base64url_decoded(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char letter : text) {
    const int value = value_of(letter);
    if (value < 0) return {};
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) found.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return found;
}

TokenClaims claims_of(common::Json payload) {
  TokenClaims claims;
  for (const common::Json role : payload["roles"]) claims.roles.emplace_back(role.text());
  claims.scopes = words(payload["scp"].text());
  claims.application = payload["app_displayname"].text();
  if (claims.application.empty()) claims.application = payload["appid"].text();
  return claims;
}

}  // namespace

std::optional<TokenClaims> read_claims(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return {};
  const auto payload = base64url_decoded(token.substr(first + 1, second - first - 1));
  if (!payload) return {};
  common::JsonTree json;
  if (!json.parse_copy(*payload).empty()) return {};
  return claims_of(json.root());
}

bool may_read_incidents(const TokenClaims& claims) {
  const auto suffices = [](const std::string& permission) {
    return std::find(sufficient.begin(), sufficient.end(), permission) != sufficient.end();
  };
  return std::any_of(claims.roles.begin(), claims.roles.end(), suffices) ||
         std::any_of(claims.scopes.begin(), claims.scopes.end(), suffices);
}

}  // namespace fetch_incidents
